import type { Json } from '../errors.ts';
import { isObject } from './json.ts';
import type { Data } from './scope.ts';

/** What tests let an expression see. */
export function dataOf(values: Readonly<Record<string, Json>>, now = Date.parse('2026-09-30T10:00:00Z')): Data {
  return {
    now,
    read: (root, key) => {
      const value = Object.hasOwn(values, root) ? values[root] : undefined;
      if (key === undefined) return value;
      return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    },
  };
}

/** The code of the error that a function throws, or its result. */
export function outcome(act: () => Json): Json {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}
