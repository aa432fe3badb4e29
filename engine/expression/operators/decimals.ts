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

// Wide enough to hold every sum and product of two arguments, so those are exact; and to show, of every quotient, a
// digit past the one that decides how it is rounded. Rounding down here never makes a tie of what is none.
const Exact = Decimal.clone({ defaults: true, precision: 4 * maxDecimalLength, rounding: Decimal.ROUND_DOWN });
const Quotient = Decimal.clone({ defaults: true, precision: 20, rounding: Decimal.ROUND_HALF_UP });

const plain = /^[+-]?\d+(?:\.\d+)?$/;

function decimal(value: Json | undefined, operator: string): Decimal {
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

function written(value: Decimal, scale?: number, rounding?: Decimal.Rounding): string {
  const text = scale === undefined || rounding === undefined ? value.toFixed() : value.toFixed(scale, rounding);
  if (text.length > maxDecimalLength) {
    throw new FlowError('EXPRESSION_BUDGET', `a decimal grows past ${maxDecimalLength} digits: round on the way`, {
      details: { limit: maxDecimalLength },
    });
  }
  return /^-0(?:\.0*)?$/.test(text) ? text.slice(1) : text;
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

// A decimal costs some microseconds, a number some nanoseconds.
const cost = 4;

function fold(args: Operator['args'], combine: (left: Decimal, right: Decimal) => Decimal): Operator {
  return eager({
    args,
    cost,
    apply: (values, scope, name) => {
      const [first, ...rest] = readAll(values, scope, name);
      return written(rest.reduce(combine, first ?? new Exact(0)));
    },
  });
}

/** The arguments, or the elements of the only argument if that is a list. */
function readAll(values: readonly Json[], { budget }: Scope, name: string): Decimal[] {
  const [only] = values;
  const list = values.length === 1 && isList(only) ? only : values;
  budget.spend(list.length * cost);
  return list.map((value) => decimal(value, name));
}

/** The smallest or greatest: of nothing there is none. */
function extreme(better: (left: Decimal, right: Decimal) => boolean): Operator {
  return eager({
    args: [1, Number.POSITIVE_INFINITY],
    cost,
    apply: (values, scope, name) => {
      const [first, ...rest] = readAll(values, scope, name);
      if (!first) throw wrongType(`"${name}" needs at least one decimal`, { operator: name });
      return written(rest.reduce((best, next) => (better(next, best) ? next : best), first));
    },
  });
}

const divide = eager({
  args: [2, 4],
  cost: 5 * cost,
  literal: literalRounding(2),
  apply: ([left, right, scale, rounding], _scope, name) => {
    const [dividend, divisor] = [decimal(left, name), decimal(right, name)];
    if (divisor.isZero()) throw wrongType(`"${name}" by zero`, { operator: name });
    if (scale === undefined) return written(new Quotient(dividend).div(divisor));
    return written(dividend.div(divisor), scaleOf(scale, name), roundingOf(rounding, name));
  },
});

const two = [2, Number.POSITIVE_INFINITY] as const;

/** Exact arithmetic on decimal texts. Results are plain decimal texts without exponent or trailing zeros. */
export const decimals: Operators = {
  'dec+': fold(two, (left, right) => left.plus(right)),
  'dec*': fold(two, (left, right) => left.times(right)),
  'dec-': eager({
    args: [1, 2],
    cost,
    apply: (args, _scope, name) => {
      const left = decimal(args[0], name);
      return written(args.length === 1 ? left.negated() : left.minus(decimal(args[1], name)));
    },
  }),
  'dec/': divide,
  decRound: eager({
    args: [2, 3],
    cost,
    literal: literalRounding(1),
    apply: ([value, scale, rounding], _scope, name) =>
      written(decimal(value, name), scaleOf(scale, name), roundingOf(rounding, name)),
  }),
  decCmp: eager({
    args: [2, 2],
    cost,
    apply: ([left, right], _scope, name) => decimal(left, name).comparedTo(decimal(right, name)),
  }),
  decAbs: eager({ args: [1, 1], cost, apply: ([value], _scope, name) => written(decimal(value, name).abs()) }),
  decSum: fold([1, Number.POSITIVE_INFINITY], (left, right) => left.plus(right)),
  decMin: extreme((left, right) => left.lessThan(right)),
  decMax: extreme((left, right) => left.greaterThan(right)),
};
