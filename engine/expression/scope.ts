import { FlowError, type Json, type JsonObject } from '../errors.ts';
import type { Budget } from './budget.ts';

/** Where a path may start. */
export const roots = ['input', 'steps', 'vars', 'item', 'index', 'error', 'run', 'event'] as const;

export type Root = (typeof roots)[number];

/** What an expression can see. */
export interface Data {
  /**
   * The whole value of a root. For `steps` the key is a node id and always given; for `vars` it is a variable's name,
   * or absent for all of them. `undefined` means missing.
   */
  read(root: Root, key?: string): Json | undefined;
  /** Epoch milliseconds, journaled: a replay must see the same. */
  readonly now: number;
}

/** What a compiled rule runs on. */
export interface Scope {
  readonly data: Data;
  readonly budget: Budget;
  /** What relative paths start at, inside the body of `map` and its kin. */
  readonly element: Json;
}

export type Closure = (scope: Scope) => Json;

/** Where an operator was written. */
export interface Site {
  readonly name: string;
  readonly raw: readonly Json[];
  /** Paths here are relative to the element. */
  readonly inBody: boolean;
}

/** One operator of the language. */
export interface Operator {
  readonly args: readonly [min: number, max: number];
  /** Whether the argument at an index is a path or a list of paths. */
  readonly isPath?: (index: number) => boolean;
  /** The second argument runs once per element of the first. */
  readonly hasBody?: true;
  /** Judges a literal argument when the flow is parsed: says what is wrong with it. */
  readonly literal?: (index: number, value: Json) => string | undefined;
  readonly build: (args: readonly Closure[], site: Site) => Closure;
}

export type Operators = Readonly<Record<string, Operator>>;

export function wrongType(message: string, details: JsonObject = {}): FlowError {
  return new FlowError('EXPRESSION_TYPE', message, { details });
}

interface Eager {
  readonly args: Operator['args'];
  readonly literal?: Operator['literal'];
  /** Operations that one call counts for; 1 unless told. */
  readonly cost?: number;
  readonly apply: (args: readonly Json[], scope: Scope, name: string) => Json;
}

/** An operator whose arguments are all evaluated first, from left to right. */
export function eager({ args, literal, cost = 1, apply }: Eager): Operator {
  return {
    args,
    ...(literal && { literal }),
    build: (closures, { name }) => {
      const [first, second] = closures;
      if (closures.length === 2 && first && second) {
        return (scope) => {
          scope.budget.spend(cost);
          return apply([first(scope), second(scope)], scope, name);
        };
      }
      return (scope) => {
        scope.budget.spend(cost);
        return apply(
          closures.map((closure) => closure(scope)),
          scope,
          name,
        );
      };
    },
  };
}

/** A short name of a value's type, for messages: never the value itself, which may be sensitive. */
export function typeName(value: Json | undefined): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
