import { eager, type Operator, type Operators } from '../scope.ts';
import { finite, toNumber } from './number.ts';

const many = [1, Number.POSITIVE_INFINITY] as const;

function fold(combine: (left: number, right: number) => number): Operator {
  return eager({
    args: many,
    apply: (args, scope, name) => {
      scope.budget.spend(args.length);
      return finite(args.map((arg) => toNumber(arg, scope, name)).reduce(combine), name);
    },
  });
}

function binary(combine: (left: number, right: number) => number): Operator {
  return eager({
    args: [2, 2],
    apply: ([left, right], scope, name) =>
      finite(combine(toNumber(left, scope, name), toNumber(right, scope, name)), name),
  });
}

export const arithmetic: Operators = {
  '+': fold((left, right) => left + right),
  '*': fold((left, right) => left * right),
  '-': eager({
    args: [1, 2],
    apply: (args, scope, name) => {
      const left = toNumber(args[0], scope, name);
      return finite(args.length === 1 ? -left : left - toNumber(args[1], scope, name), name);
    },
  }),
  '/': binary((left, right) => left / right),
  '%': binary((left, right) => left % right),
  min: fold((left, right) => Math.min(left, right)),
  max: fold((left, right) => Math.max(left, right)),
};
