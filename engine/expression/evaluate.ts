import { FlowError, type Json } from '../errors.ts';
import { maxDepth } from './budget.ts';
import { compile, run } from './compile.ts';
import { isList, isObject } from './json.ts';
import { truthy } from './operators/choice.ts';
import type { Closure, Data } from './scope.ts';
import { ruleOf } from './value.ts';

const rules = new WeakMap<object, Closure>();
const values = new WeakMap<object, Closure | 'literal'>();

/**
 * The result of a value: every `{"$": rule}` inside it is replaced by its result, everything else stays. A value without
 * expressions is returned itself. Compiled once per object, so a value must not change after its first use.
 *
 * @throws {FlowError} `EXPRESSION_MISSING_PATH`, `EXPRESSION_TYPE`, `EXPRESSION_BUDGET`, or `EXPRESSION_INVALID` for a
 * rule that `checkValue` would refuse.
 */
export function evaluate(value: Json, data: Data): Json {
  if (typeof value !== 'object' || value === null) return value;
  let compiled = values.get(value);
  if (compiled === undefined) {
    compiled = compileValue(value, 0) ?? 'literal';
    values.set(value, compiled);
  }
  return compiled === 'literal' ? value : run(compiled, data);
}

/** The result of a rule. Throws as `evaluate` does. */
export function evaluateLogic(rule: Json, data: Data): Json {
  if (typeof rule !== 'object' || rule === null) return rule;
  let compiled = rules.get(rule);
  if (compiled === undefined) {
    compiled = compile(rule);
    rules.set(rule, compiled);
  }
  return run(compiled, data);
}

/** Whether a condition holds: an empty list, an empty text, 0, false and null do not. Throws as `evaluate` does. */
export function test(rule: Json, data: Data): boolean {
  return truthy(evaluateLogic(rule, data));
}

/** The closure of a value, or `undefined` if there is nothing to evaluate in it. */
function compileValue(value: Json, depth: number): Closure | undefined {
  if (depth > maxDepth) throw new FlowError('EXPRESSION_INVALID', `the value nests deeper than ${maxDepth}`);
  const rule = ruleOf(value);
  if (rule !== undefined) return compile(rule);
  if (!isList(value) && !isObject(value)) return undefined;
  const compiled = Object.entries(value).map(([key, part]) => ({ key, part, closure: compileValue(part, depth + 1) }));
  if (compiled.every(({ closure }) => !closure)) return undefined;
  const parts = compiled.map(({ key, part, closure }) => ({ key, closure: closure ?? (() => part) }));
  if (isList(value)) return (scope) => parts.map(({ closure }) => closure(scope));
  // fromEntries defines own properties: a key `__proto__` stays data.
  if (parts.some(({ key }) => key === '__proto__'))
    return (scope) => Object.fromEntries(parts.map(({ key, closure }) => [key, closure(scope)]));
  return (scope) => {
    const built: Record<string, Json> = {};
    for (const { key, closure } of parts) built[key] = closure(scope);
    return built;
  };
}
