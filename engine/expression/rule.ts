import type { Json } from '../errors.ts';
import { isList, isObject } from './json.ts';

/** An operator with its arguments, as written. */
export interface Call {
  readonly name: string;
  readonly args: readonly Json[];
  /** `{"!": x}` stands for `{"!": [x]}`: then the only argument has no index in the document. */
  readonly isUnary: boolean;
}

const calendarKeys: ReadonlySet<string> = new Set(['holidays', 'workdays', 'timeZone']);

/**
 * The call that a rule is, or `undefined` for a literal. As in json-logic-js an object with one key is a call; a
 * calendar with one key is the exception, since no operator will ever have such a name.
 */
export function callOf(rule: Json): Call | undefined {
  if (!isObject(rule)) return undefined;
  const [name, ...more] = Object.keys(rule);
  if (name === undefined || more.length > 0 || calendarKeys.has(name)) return undefined;
  const value = rule[name] ?? null;
  return isList(value) ? { name, args: value, isUnary: false } : { name, args: [value], isUnary: true };
}

/** The JSON pointer of one argument. */
export function argumentPointer({ name, isUnary }: Call, at: string, index: number): string {
  const key = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return isUnary ? `${at}/${key}` : `${at}/${key}/${index}`;
}
