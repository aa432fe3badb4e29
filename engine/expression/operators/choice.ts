import type { Json } from '../../errors.ts';
import { type Closure, eager, type Operator, type Operators } from '../scope.ts';

/** Truth as JSONLogic defines it: as in JavaScript, but an empty list is false. */
export const truthy = (value: Json): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

const either: Operator = {
  args: [0, Number.POSITIVE_INFINITY],
  build: (args) => (scope) => {
    scope.budget.spend(1);
    for (let at = 0; at + 1 < args.length; at += 2) {
      if (truthy(args[at]?.(scope) ?? null)) return args[at + 1]?.(scope) ?? null;
    }
    return args.length % 2 === 1 ? (args.at(-1)?.(scope) ?? null) : null;
  },
};

/** Returns the first value whose truth is `stopsAt`, or the last: the rest is not evaluated. */
function shortCircuit(stopsAt: boolean): Operator {
  return {
    args: [1, Number.POSITIVE_INFINITY],
    build: (args: readonly Closure[]) => (scope) => {
      scope.budget.spend(1);
      let value: Json = null;
      for (const arg of args) {
        value = arg(scope);
        if (truthy(value) === stopsAt) return value;
      }
      return value;
    },
  };
}

export const choice: Operators = {
  if: either,
  '?:': either,
  and: shortCircuit(false),
  or: shortCircuit(true),
  '!': eager({ args: [1, 1], apply: ([value = null]) => !truthy(value) }),
  '!!': eager({ args: [1, 1], apply: ([value = null]) => truthy(value) }),
};
