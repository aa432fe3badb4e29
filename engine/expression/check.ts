import type { Json, Problem } from '../errors.ts';
import { inspect, type PathUse } from './inspect.ts';
import { expressionsIn } from './value.ts';

/** Everything wrong with a condition or rule; `prefix` is the JSON pointer at which it stands. */
export function checkLogic(rule: Json, prefix: string): Problem[] {
  return inspect(rule, prefix).problems;
}

/** Everything wrong with the expressions inside a value. */
export function checkValue(value: Json, prefix: string): Problem[] {
  const { found, problems } = expressionsIn(value, prefix);
  return [...problems, ...found.flatMap(({ rule, pointer }) => checkLogic(rule, pointer))];
}

/** Every path that a rule uses, except those relative to an element. */
export function pathsOfLogic(rule: Json): PathUse[] {
  return inspect(rule, '').uses;
}

/** Every path that the expressions inside a value use. Pointers start at the value. */
export function pathsOf(value: Json): PathUse[] {
  return expressionsIn(value, '').found.flatMap(({ rule, pointer }) => inspect(rule, pointer).uses);
}
