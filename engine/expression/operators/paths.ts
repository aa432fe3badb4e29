import type { Json } from '../../errors.ts';
import { isList } from '../json.ts';
import { computedPath, missingPath, parsePath, readPath } from '../path.ts';
import { type Closure, type Operator, type Operators, type Scope, wrongType } from '../scope.ts';
import { toNumber } from './number.ts';

const many = Number.POSITIVE_INFINITY;

/** The path as written, when it is a literal; `null` and nothing mean the whole element. */
function literalPath(raw: Json | undefined): string | undefined {
  if (raw === undefined || raw === null) return '';
  return typeof raw === 'string' || typeof raw === 'number' ? String(raw) : undefined;
}

const variable: Operator = {
  args: [0, 2],
  isPath: (index) => index === 0,
  build: ([path, fallback], { raw, inBody }) => {
    const text = literalPath(raw[0]);
    const parsed = text === undefined ? undefined : parsePath(text, inBody);
    const known = parsed?.ok ? parsed.path : undefined;
    return (scope) => {
      scope.budget.spend(1);
      const at = known ?? computedPath(path?.(scope) ?? null, inBody);
      const value = readPath(at, scope);
      if (value !== undefined) return value;
      if (!fallback) throw missingPath(at.text);
      return fallback(scope);
    };
  },
};

/** The paths at which there is nothing, null or an empty text. */
function absent(paths: readonly Json[], inBody: boolean, scope: Scope): readonly Json[] {
  scope.budget.elements(paths.length);
  return paths.filter((path) => {
    scope.budget.spend(1);
    const value = readPath(computedPath(path, inBody), scope);
    return value === undefined || value === null || value === '';
  });
}

const missing: Operator = {
  args: [0, many],
  isPath: () => true,
  build: (args, { inBody }) => {
    return (scope) => {
      scope.budget.spend(1);
      const values = args.map((arg) => arg(scope));
      const [first] = values;
      return absent(isList(first) ? first : values, inBody, scope);
    };
  },
};

const missingSome: Operator = {
  args: [2, 2],
  isPath: (index) => index === 1,
  build: ([need, options]: readonly Closure[], { inBody, name }) => {
    return (scope) => {
      scope.budget.spend(1);
      const needed = toNumber(need?.(scope), scope, name);
      const paths = options?.(scope);
      if (!isList(paths)) throw wrongType('"missing_some" needs a list of paths', {});
      const found = absent(paths, inBody, scope);
      return paths.length - found.length >= needed ? [] : found;
    };
  },
};

export const paths: Operators = { var: variable, missing, missing_some: missingSome };
