import type { Json } from '../../errors.ts';
import { type Scope, typeName, wrongType } from '../scope.ts';

const numeric = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A long text costs as much as its length: one operation per 256 characters. */
export function spendOn(text: string, { budget }: Scope): void {
  if (text.length > 255) budget.spend(text.length >> 8);
}

/** Whether a number read from a text has lost digits: then two different ids would look the same. */
export const losesDigits = (value: number): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);

/** The number that an argument of arithmetic is: a number, or a text that is wholly a number. */
export function toNumber(value: Json | undefined, scope: Scope, operator: string): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw wrongType(`"${operator}" needs numbers, not ${typeName(value)}`, { operator });
  spendOn(value, scope);
  const number = numeric.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) throw wrongType(`"${operator}" needs numbers, and this text is not one`, { operator });
  if (losesDigits(number)) {
    throw wrongType(`"${operator}" would lose digits of this text: use the dec operators`, { operator });
  }
  return number;
}

/** Refuses what JSON cannot hold, and makes 0 of -0: a journal would forget its sign, and then a replay would differ. */
export function finite(value: number, operator: string): number {
  if (Number.isFinite(value)) return value + 0;
  throw wrongType(`"${operator}" has no finite result`, { operator });
}
