import type { Json } from '../../errors.ts';
import { isList } from '../json.ts';
import { callOf } from '../rule.ts';

/**
 * The one spelling of a rule among those that mean the same to the letter: arguments always in a list, except that of a
 * `var` without a default, whose path is a text (`{"var": ["a"]}`, `{"var": 1}`, `{"var": null}` become `"a"`, `"1"`,
 * `""`). A formula and its rule are exact images of each other in this spelling.
 */
export function normalizeLogic(rule: Json): Json {
  if (isList(rule)) return rule.map(normalizeLogic);
  const call = callOf(rule);
  if (!call) return rule;
  const args = call.args.map(normalizeLogic);
  if (call.name !== 'var') return { [call.name]: args };
  const [path = null, ...fallback] = args;
  const text = path === null || typeof path === 'number' ? String(path ?? '') : path;
  return { var: fallback.length === 0 && !isList(text) ? text : [text, ...fallback] };
}
