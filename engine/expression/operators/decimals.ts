import { Decimal } from 'decimal.js';
import { FlowError, type Json } from '../../errors.ts';
import { isList } from '../json.ts';
import { eager, type Operator, type Operators, type Scope, typeName, wrongType } from '../scope.ts';

/** Characters of a decimal, as argument and as result. Real amounts stay far below. */
export const maxDecimalLength = 400;

const maxScale = 100;
const roundings = {
  UP: Decimal.ROUND_UP,
  DOWN: Decimal.ROUND_DOWN,
  CEIL: Decimal.ROUND_CEIL,
  FLOOR: Decimal.ROUND_FLOOR,
  HALF_UP: Decimal.ROUND_HALF_UP,
  HALF_DOWN: Decimal.ROUND_HALF_DOWN,
  HALF_EVEN: Decimal.ROUND_HALF_EVEN,
} as const;
const roundingByName: ReadonlyMap<Json, Decimal.Rounding> = new Map(Object.entries(roundings));

// Wide enough to hold every sum and product of two arguments, so those are exact. A quotient is cut here and rounded
// once more by its scale; that is harmless, since at this width it differs visibly from every tie that it is not.
const Exact = Decimal.clone({ defaults: true, precision: 4 * maxDecimalLength });
const Quotient = Decimal.clone({ defaults: true, precision: 20, rounding: Decimal.ROUND_HALF_UP });

const plain = /^[+-]?\d+(?:\.\d+)?$/;

function decimal(value: Json | undefined, { budget }: Scope, operator: string): Decimal {
  // A decimal costs some microseconds, and the more the longer it is; a number costs some nanoseconds.
  budget.spend(4 + (typeof value === 'string' ? value.length >> 3 : 0));
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return new Exact(value);
    throw wrongType(`"${operator}" takes a number only if it is a whole one: write "0.1", not 0.1`, { operator });
  }
  if (typeof value !== 'string') throw wrongType(`"${operator}" needs decimals, not ${typeName(value)}`, { operator });
  if (value.length > maxDecimalLength || !plain.test(value)) {
    throw wrongType(`"${operator}" needs decimals such as "12.50", and this text is not one`, { operator });
  }
  return new Exact(value);
}

function tooLong(): FlowError {
  const message = `a decimal grows past ${maxDecimalLength} digits: round on the way`;
  return new FlowError('EXPRESSION_BUDGET', message, { details: { limit: maxDecimalLength } });
}

function written(value: Decimal, scale?: number, rounding?: Decimal.Rounding): string {
  const text = scale === undefined || rounding === undefined ? value.toFixed() : value.toFixed(scale, rounding);
  if (text.length > maxDecimalLength) throw tooLong();
  return /^-0(?:\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** A product, refused on the way to more digits than are exact: later factors could hide that it no longer is. */
function times(left: Decimal, right: Decimal): Decimal {
  const product = left.times(right);
  if (product.precision() > 2 * maxDecimalLength) throw tooLong();
  return product;
}

function isScale(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxScale;
}

function scaleOf(value: Json | undefined, operator: string): number {
  if (isScale(value)) return value;
  throw wrongType(`"${operator}" needs a scale from 0 to ${maxScale}`, { operator });
}

function roundingOf(value: Json | undefined, operator: string): Decimal.Rounding {
  const rounding = value === undefined ? roundings.HALF_UP : roundingByName.get(value);
  if (rounding !== undefined) return rounding;
  throw wrongType(`"${operator}" rounds by one of ${Object.keys(roundings).join(', ')}`, { operator });
}

/** Judges the literals of an operator whose scale and rounding start at `first`. */
function literalRounding(first: number): Operator['literal'] {
  return (index, value) => {
    if (index === first && !isScale(value)) return `the scale is a whole number from 0 to ${maxScale}`;
    if (index === first + 1 && !roundingByName.has(value))
      return `the rounding is one of ${Object.keys(roundings).join(', ')}`;
    return undefined;
  };
}

function fold(args: Operator['args'], combine: (left: Decimal, right: Decimal) => Decimal): Operator {
  return eager({
    args,
    apply: (values, scope, name) => {
      const [first, ...rest] = readAll(values, scope, name);
      return written(rest.reduce(combine, first ?? new Exact(0)));
    },
  });
}

/** The arguments, or the elements of the only argument if that is a list. */
function readAll(values: readonly Json[], scope: Scope, name: string): Decimal[] {
  const [only] = values;
  const list = values.length === 1 && isList(only) ? only : values;
  return list.map((value) => decimal(value, scope, name));
}

/** The smallest or greatest: of nothing there is none. */
function extreme(better: (left: Decimal, right: Decimal) => boolean): Operator {
  return eager({
    args: [1, Number.POSITIVE_INFINITY],
    apply: (values, scope, name) => {
      const [first, ...rest] = readAll(values, scope, name);
      if (!first) throw wrongType(`"${name}" needs at least one decimal`, { operator: name });
      return written(rest.reduce((best, next) => (better(next, best) ? next : best), first));
    },
  });
}

const divide = eager({
  args: [2, 4],
  cost: 20,
  literal: literalRounding(2),
  apply: ([left, right, scale, rounding], scope, name) => {
    const [dividend, divisor] = [decimal(left, scope, name), decimal(right, scope, name)];
    if (divisor.isZero()) throw wrongType(`"${name}" by zero`, { operator: name });
    if (scale === undefined) return written(new Quotient(dividend).div(divisor));
    return written(dividend.div(divisor), scaleOf(scale, name), roundingOf(rounding, name));
  },
});

const two = [2, Number.POSITIVE_INFINITY] as const;

/** Exact arithmetic on decimal texts. Results are plain decimal texts without exponent or trailing zeros. */
export const decimals: Operators = {
  'dec+': fold(two, (left, right) => left.plus(right)),
  'dec*': fold(two, times),
  'dec-': eager({
    args: [1, 2],
    apply: (args, scope, name) => {
      const left = decimal(args[0], scope, name);
      return written(args.length === 1 ? left.negated() : left.minus(decimal(args[1], scope, name)));
    },
  }),
  'dec/': divide,
  decRound: eager({
    args: [2, 3],
    literal: literalRounding(1),
    apply: ([value, scale, rounding], scope, name) =>
      written(decimal(value, scope, name), scaleOf(scale, name), roundingOf(rounding, name)),
  }),
  decCmp: eager({
    args: [2, 2],
    apply: ([left, right], scope, name) => decimal(left, scope, name).comparedTo(decimal(right, scope, name)),
  }),
  decAbs: eager({ args: [1, 1], apply: ([value], scope, name) => written(decimal(value, scope, name).abs()) }),
  decSum: fold([1, Number.POSITIVE_INFINITY], (left, right) => left.plus(right)),
  decMin: extreme((left, right) => left.lessThan(right)),
  decMax: extreme((left, right) => left.greaterThan(right)),
};
