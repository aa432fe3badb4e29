import type { Json } from '../sdk/index.ts';

/** Whole numbers that a double holds are numbers, others keep their digits as text: an id or an amount stays exact. */
export function integer(digits: string | bigint): Json {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : String(digits);
}

/** NaN and infinity have no place in JSON numbers. */
export function real(number: number): Json {
  return Number.isFinite(number) ? number : String(number);
}
