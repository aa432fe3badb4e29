import type { Json } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { isList, isObject, itemsOf, schemaAt } from './data-schema.ts';
import { inferSchema } from './infer-schema.ts';
import { anyOf } from './reach-output.ts';
import { pathOfLogic } from './value.ts';

const boolean = '== != === !== < <= > >= ! !! in all some none isBusinessDay'.split(' ');
const number = '+ - * / % min max'.split(' ');
const integer = 'decCmp dateDiff'.split(' ');
const text =
  'cat substr dec+ dec- dec* dec/ decRound decAbs decSum decMin decMax now addDuration formatDate addBusinessDays nextBusinessDay'.split(
    ' ',
  );
const list = 'map merge missing missing_some'.split(' ');

const results: ReadonlyMap<string, JsonSchema> = new Map(
  [
    [boolean, 'boolean'] as const,
    [number, 'number'] as const,
    [integer, 'integer'] as const,
    [text, 'string'] as const,
    [list, 'array'] as const,
  ].flatMap(([operators, type]) => operators.map((operator) => [operator, { type }] as const)),
);

/** The schema of what a rule gives, where `roots` has a property for each root. */
export function logicSchema(rule: Json, roots: JsonSchema): JsonSchema {
  if (isList(rule)) return { type: 'array', items: anyOf(rule.map((part) => logicSchema(part, roots))) };
  if (!isObject(rule)) return inferSchema(rule);
  const read = pathOfLogic(rule);
  if (read !== undefined) {
    const schema = schemaAt(roots, read.path.split('.')) ?? {};
    if (read.fallback === undefined) return schema;
    return anyOf([schema, read.fallback === null ? { type: 'null' } : inferSchema(read.fallback)]);
  }
  const [operator = '', given = null] = Object.entries(rule)[0] ?? [];
  const args = isList(given) ? given : [given];
  const known = results.get(operator);
  if (known !== undefined) return known;
  if (operator === 'if' || operator === '?:') {
    const outcomes = args.filter((_, index) => index % 2 === 1 || index === args.length - 1);
    return anyOf(outcomes.map((part) => logicSchema(part, roots)));
  }
  if (operator === 'and' || operator === 'or') return anyOf(args.map((part) => logicSchema(part, roots)));
  if (operator === 'filter') {
    const [source = null] = args;
    return { type: 'array', items: itemsOf(logicSchema(source, roots)) };
  }
  return {};
}
