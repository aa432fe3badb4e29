import type { Json, JsonObject } from '@heddle/engine/errors';
import { type JsonSchema, normalizeLogic } from '@heddle/engine/expression/index';
import { choicesOf, isDecimalText, isList, isObject, typesOf } from './data-schema.ts';
import { pathOfLogic } from './value.ts';

/**
 * How a row compares. `dec…` compares decimal texts exactly, `holds` and `fails` take the value itself as true or false,
 * `missing` and `present` ask whether there is anything.
 */
export type ConditionOperator =
  | '=='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'dec=='
  | 'dec!='
  | 'dec>'
  | 'dec>='
  | 'dec<'
  | 'dec<='
  | 'in'
  | 'contains'
  | 'holds'
  | 'fails'
  | 'missing'
  | 'present';

/** What a row compares with. */
export type ConditionOperand =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'path'; readonly path: string; readonly fallback?: Json };

export interface ConditionRow {
  readonly kind: 'row';
  readonly path: string;
  readonly fallback?: Json;
  readonly operator: ConditionOperator;
  /** Absent for operators that take none. */
  readonly operand?: ConditionOperand;
}

/** Rows of which all, or any, must hold. */
export interface ConditionGroup {
  readonly kind: 'group';
  readonly join: 'and' | 'or';
  readonly rows: readonly (ConditionRow | ConditionGroup)[];
}

const plain: ReadonlySet<string> = new Set(['==', '!=', '>', '>=', '<', '<=']);

/** The condition as JSONLogic. A group without rows always holds. */
export function logicOfCondition(group: ConditionGroup): Json {
  const [first, ...others] = group.rows;
  if (first === undefined) return true;
  return others.length === 0 ? logicOfPart(first) : { [group.join]: group.rows.map(logicOfPart) };
}

const logicOfPart = (part: ConditionRow | ConditionGroup): Json =>
  part.kind === 'group' ? logicOfCondition(part) : logicOfRow(part);

function logicOfRow({ path, fallback, operator, operand }: ConditionRow): Json {
  const read = readOf(path, fallback);
  const other = operand === undefined ? null : operandLogic(operand);
  if (operator === 'holds') return read;
  if (operator === 'fails') return { '!': [read] };
  if (operator === 'missing') return { '==': [readOf(path, null), null] };
  if (operator === 'present') return { '!=': [readOf(path, null), null] };
  if (operator === 'contains') return { in: [other, read] };
  if (operator.startsWith('dec')) return { [operator.slice(3)]: [{ decCmp: [read, other] }, 0] };
  return { [operator]: [read, other] };
}

const readOf = (path: string, fallback: Json | undefined): JsonObject => ({
  var: fallback === undefined ? path : [path, fallback],
});

const operandLogic = (operand: ConditionOperand): Json =>
  operand.kind === 'literal' ? operand.value : readOf(operand.path, operand.fallback);

/**
 * The condition as rows; undefined if rows cannot say all of it, to the letter. So a builder that shows them never loses
 * a term.
 */
export function conditionOf(logic: Json): ConditionGroup | undefined {
  const part = partOf(logic);
  if (part === undefined) return undefined;
  const group: ConditionGroup = part.kind === 'group' ? part : { kind: 'group', join: 'and', rows: [part] };
  return sameLogic(logicOfCondition(group), logic) ? group : undefined;
}

/** Whether two rules mean the same to the letter. */
export const sameLogic = (a: Json, b: Json): boolean =>
  JSON.stringify(normalizeLogic(a)) === JSON.stringify(normalizeLogic(b));

function partOf(logic: Json): ConditionRow | ConditionGroup | undefined {
  if (logic === true) return { kind: 'group', join: 'and', rows: [] };
  if (!isObject(logic)) return undefined;
  const [[operator, given] = ['', null], ...more] = Object.entries(logic);
  if (more.length > 0) return undefined;
  if (operator === 'and' || operator === 'or') {
    const rows = (isList(given) ? given : []).map(partOf);
    return rows.every((row) => row !== undefined) ? { kind: 'group', join: operator, rows } : undefined;
  }
  const read = pathOfLogic(logic);
  if (read !== undefined) return { kind: 'row', ...read, operator: 'holds' };
  const args = isList(given) ? given : [given];
  if (operator === '!' && args.length === 1) {
    const denied = pathOfLogic(args[0]);
    return denied && { kind: 'row', ...denied, operator: 'fails' };
  }
  return args.length === 2 ? comparison(operator, args[0] ?? null, args[1] ?? null) : undefined;
}

function comparison(operator: string, left: Json, right: Json): ConditionRow | undefined {
  if (operator === 'in') return inclusion(left, right);
  if (!plain.has(operator)) return undefined;
  const exact = isObject(left) && Object.keys(left).length === 1 ? left['decCmp'] : undefined;
  if (isList(exact) && exact.length === 2 && right === 0)
    return rowOf(`dec${operator}` as ConditionOperator, exact[0] ?? null, exact[1] ?? null);
  const read = pathOfLogic(left);
  if (read?.fallback === null && right === null && (operator === '==' || operator === '!='))
    return { kind: 'row', path: read.path, operator: operator === '==' ? 'missing' : 'present' };
  return rowOf(operator as ConditionOperator, left, right);
}

function inclusion(left: Json, right: Json): ConditionRow | undefined {
  const read = pathOfLogic(left);
  if (read !== undefined && isList(right) && !right.some((value) => isObject(value) || isList(value)))
    return { kind: 'row', ...read, operator: 'in', operand: { kind: 'literal', value: right } };
  return rowOf('contains', right, left);
}

function rowOf(operator: ConditionOperator, left: Json, right: Json): ConditionRow | undefined {
  const read = pathOfLogic(left);
  const other = pathOfLogic(right);
  if (read === undefined) return undefined;
  if (other !== undefined) return { kind: 'row', ...read, operator, operand: { kind: 'path', ...other } };
  if (isObject(right) || isList(right)) return undefined;
  return { kind: 'row', ...read, operator, operand: { kind: 'literal', value: right } };
}

/** The operators that make sense for a field, the most likely first. */
export function operatorsFor(schema: JsonSchema | undefined): readonly ConditionOperator[] {
  const types = typesOf(schema).filter((type) => type !== 'null');
  const asks: readonly ConditionOperator[] = ['missing', 'present'];
  if (schema !== undefined && (choicesOf(schema)?.length ?? 0) > 1) return ['==', '!=', 'in', ...asks];
  if (schema !== undefined && isDecimalText(schema))
    return ['dec>=', 'dec>', 'dec<=', 'dec<', 'dec==', 'dec!=', ...asks];
  switch (types.length === 1 ? types[0] : undefined) {
    case 'boolean':
      return ['holds', 'fails', '==', ...asks];
    case 'integer':
    case 'number':
      return ['>=', '>', '<=', '<', '==', '!=', 'in', ...asks];
    case 'string':
      return ['==', '!=', 'in', 'contains', '>=', '<=', ...asks];
    case 'array':
      return ['contains', 'holds', 'fails', ...asks];
    case 'object':
      return asks;
    default:
      return ['==', '!=', '>=', '>', '<=', '<', 'in', 'contains', 'holds', 'fails', ...asks];
  }
}

/** Whether an operator compares with something. */
export const takesOperand = (operator: ConditionOperator): boolean =>
  !['holds', 'fails', 'missing', 'present'].includes(operator);
