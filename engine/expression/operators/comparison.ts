import type { Json } from '../../errors.ts';
import { eager, type Operator, type Operators, type Scope, typeName, wrongType } from '../scope.ts';
import { losesDigits, spendOn } from './number.ts';

const isContainer = (value: Json | undefined): boolean => typeof value === 'object' && value !== null;

/** Orders two numbers or two texts; anything else would be a guess. */
function compare(left: Json | undefined, right: Json | undefined, scope: Scope, operator: string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') {
    spendOn(left.length < right.length ? left : right, scope);
    return left < right ? -1 : left > right ? 1 : 0;
  }
  throw wrongType(
    `"${operator}" compares two numbers or two texts, not ${typeName(left)} with ${typeName(right)}: convert one`,
    { operator },
  );
}

function ordering(max: 2 | 3, holds: (order: number) => boolean): Operator {
  return eager({
    args: [2, max],
    apply: (args, scope, name) => {
      const [left, middle, right] = args;
      const first = compare(left, middle, scope, name);
      // Judged before the first result is used: a type error must not depend on the data.
      const second = args.length > 2 ? compare(middle, right, scope, name) : undefined;
      return holds(first) && (second === undefined || holds(second));
    },
  });
}

/** Refuses an empty text, which JavaScript takes for 0, and a text whose digits a number cannot hold. */
function checkCoercion(text: string, operator: string): void {
  if (text.trim() === '') throw wrongType(`"${operator}" would take an empty text for 0`, { operator });
  if (losesDigits(Number(text))) throw wrongType(`"${operator}" would lose digits of this text`, { operator });
}

function isEqual(left: Json | undefined, right: Json | undefined, isStrict: boolean, scope: Scope, operator: string) {
  if (left === null || right === null) return left === right;
  if (isContainer(left) || isContainer(right)) {
    if (isStrict && !(isContainer(left) && isContainer(right))) return false;
    // json-logic-js compares them by identity, which a replay cannot reproduce.
    throw wrongType(`"${operator}" cannot compare lists or objects: compare their parts`, { operator });
  }
  if (typeof left === 'string' && typeof right === 'string') spendOn(left, scope);
  if (isStrict || typeof left === typeof right) return left === right;
  for (const side of [left, right]) {
    if (typeof side !== 'string') continue;
    spendOn(side, scope);
    checkCoercion(side, operator);
  }
  return Number(left) === Number(right);
}

function equality(isStrict: boolean, expected: boolean): Operator {
  return eager({
    args: [2, 2],
    apply: ([left, right], scope, name) => isEqual(left, right, isStrict, scope, name) === expected,
  });
}

export const comparison: Operators = {
  '<': ordering(3, (order) => order < 0),
  '<=': ordering(3, (order) => order <= 0),
  '>': ordering(2, (order) => order > 0),
  '>=': ordering(2, (order) => order >= 0),
  '==': equality(false, true),
  '!=': equality(false, false),
  '===': equality(true, true),
  '!==': equality(true, false),
};
