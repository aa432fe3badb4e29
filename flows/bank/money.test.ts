import fc from 'fast-check';
import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { PositiveAmount } from './fields.ts';
import { fromFen, toFen } from './money.ts';

test.each([
  ['0.01', 1],
  ['0.1', 10],
  ['12', 1_200],
  ['12.5', 1_250],
  ['-0.05', -5],
  ['999999999999.99', 99_999_999_999_999],
])('reads %s as %i fen', (amount, fen) => {
  expect(toFen(amount)).toBe(fen);
});

test('writes every number of fen so that it is read back the same', () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (fen) => toFen(fromFen(fen)) === fen));
});

test.each(['0', '0.00', '-1', '1.234', '01', '1e3', '', '.5', '1000000000000'])(
  'refuses %j as an amount to move',
  (amount) => {
    expect(Check(PositiveAmount, amount)).toBe(false);
  },
);
