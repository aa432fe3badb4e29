import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../errors.ts';
import { dataOf, outcome } from '../fixture.ts';
import { evaluateLogic } from '../index.ts';

const data = dataOf({ input: { amounts: ['0.1', '0.2', 3] } });
const result = (rule: Json) => outcome(() => evaluateLogic(rule, data));

test.each<{ rule: Json; expected: Json }>([
  { rule: { 'dec+': ['0.1', '0.2'] }, expected: '0.3' },
  { rule: { 'dec+': ['99999999999999999999.99', '0.01', 1] }, expected: '100000000000000000001' },
  { rule: { 'dec-': ['0.3', '0.1'] }, expected: '0.2' },
  { rule: { 'dec-': ['5'] }, expected: '-5' },
  { rule: { 'dec-': ['0'] }, expected: '0' },
  { rule: { 'dec*': ['1.1', '1.1', '1.1'] }, expected: '1.331' },
  { rule: { 'dec*': ['0.0000000001', '0.0000000001'] }, expected: '0.00000000000000000001' },
  {
    rule: { 'dec*': ['123456789012345678901234567890', '10000000000'] },
    expected: '1234567890123456789012345678900000000000',
  },
  { rule: { 'dec/': ['2', '3'] }, expected: '0.66666666666666666667' },
  { rule: { 'dec/': ['2', '3', 4] }, expected: '0.6667' },
  { rule: { 'dec/': ['2', '3', 4, 'DOWN'] }, expected: '0.6666' },
  { rule: { 'dec/': ['1', '8', 2, 'HALF_EVEN'] }, expected: '0.12' },
  { rule: { 'dec/': ['1', '3', 0, 'UP'] }, expected: '1' },
  { rule: { 'dec/': ['-1', '3', 0] }, expected: '0' },
  { rule: { decRound: ['2.345', 2] }, expected: '2.35' },
  { rule: { decRound: ['-2.345', 2] }, expected: '-2.35' },
  { rule: { decRound: ['2.345', 2, 'HALF_EVEN'] }, expected: '2.34' },
  { rule: { decRound: ['2', 2] }, expected: '2.00' },
  { rule: { decRound: ['-0.001', 2] }, expected: '0.00' },
  { rule: { decCmp: ['1.10', '1.1'] }, expected: 0 },
  { rule: { decCmp: ['9', '10'] }, expected: -1 },
  { rule: { decAbs: ['-1.5'] }, expected: '1.5' },
  { rule: { decSum: [{ var: 'input.amounts' }] }, expected: '3.3' },
  { rule: { decSum: [[]] }, expected: '0' },
  { rule: { decMin: ['9', '10', '9.5'] }, expected: '9' },
  { rule: { decMax: [{ var: 'input.amounts' }] }, expected: '3' },
  { rule: { decMax: [[]] }, expected: 'EXPRESSION_TYPE' },
  { rule: { 'dec+': [0.1, '0.2'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { 'dec+': [9007199254740992, '1'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { 'dec+': ['1e3', '1'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { 'dec+': ['', '1'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { 'dec+': ['1,000', '1'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { 'dec+': ['NaN', '1'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { 'dec+': [null, '1'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { 'dec/': ['1', '0.00'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { decRound: ['1', { '+': [0, 0.5] }] }, expected: 'EXPRESSION_TYPE' },
])('$rule is $expected', ({ rule, expected }) => {
  expect(result(rule)).toBe(expected);
});

test('a product that has lost digits on the way is not brought back by small factors', () => {
  const huge = String(2n ** 1300n);
  const small = `0.${String(5n ** 390n).padStart(390, '0')}`;
  expect(result({ 'dec*': [huge, huge, small, small] })).toBe('EXPRESSION_BUDGET');
  expect(result({ 'dec*': [...Array(5).fill(huge), ...Array(16).fill(small)] })).toBe('EXPRESSION_BUDGET');
  expect(result({ 'dec*': [huge, small, String(2n ** 390n)] })).toBe(huge);
});

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, scale]) => {
    const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
    return `${digits < 0n ? '-' : ''}${text.slice(0, text.length - scale)}${scale > 0 ? `.${text.slice(-scale)}` : ''}`;
  });

/** A decimal as a whole number of units of 10^-24. */
function units(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(24, '0'));
}

test('sums, differences and products are exact', () => {
  fc.assert(
    fc.property(decimal, decimal, (left, right) => {
      expect(units(String(result({ 'dec+': [left, right] })))).toBe(units(left) + units(right));
      expect(units(String(result({ 'dec-': [left, right] })))).toBe(units(left) - units(right));
      expect(units(String(result({ 'dec*': [left, right] }))) * 10n ** 24n).toBe(units(left) * units(right));
    }),
  );
});

test('a quotient is rounded once, from its exact value', () => {
  const Wide = Decimal.clone({ precision: 500 });
  fc.assert(
    fc.property(decimal, decimal, fc.integer({ min: 0, max: 12 }), (left, right, scale) => {
      fc.pre(units(right) !== 0n);
      const rounded = new Wide(String(result({ 'dec/': [left, right, scale] })));
      const twice = rounded.times(right).minus(left).abs().times(2);
      expect(twice.lessThanOrEqualTo(new Wide(right).abs().times(new Wide(10).pow(-scale)))).toBe(true);
    }),
  );
});
