import { type Json, pointer as join, type Problem } from '../errors.ts';
import { maxDepth } from './budget.ts';
import { isList, isObject } from './json.ts';

interface Found {
  readonly rule: Json;
  readonly pointer: string;
}

/** The rule of an expression, `{"$": rule}`; `undefined` for anything else. */
export function ruleOf(value: Json): Json | undefined {
  return isObject(value) && Object.hasOwn(value, '$') && Object.keys(value).length === 1 ? value['$'] : undefined;
}

/** All expressions inside a value, in document order. */
export function expressionsIn(value: Json, prefix: string): { readonly found: Found[]; readonly problems: Problem[] } {
  const found: Found[] = [];
  const problems: Problem[] = [];
  const visit = (part: Json, pointer: string, depth: number): void => {
    const rule = ruleOf(part);
    if (rule !== undefined) {
      found.push({ rule, pointer: `${pointer}/$` });
    } else if (depth > maxDepth) {
      const message = `the value nests deeper than ${maxDepth}`;
      problems.push({ pointer, code: 'EXPRESSION_INVALID', message });
    } else if (isList(part) || isObject(part)) {
      for (const [key, inner] of Object.entries(part)) visit(inner, pointer + join(key), depth + 1);
    }
  };
  visit(value, prefix, 0);
  return { found, problems };
}
