import type { JsonProblem } from './json-problem.ts';
import { pointerTo } from './pointer.ts';

interface Level {
  /** `undefined` in an array. */
  readonly keys: Set<string> | undefined;
  /** The key or index that is being read. */
  at: string | number;
}

/** Strings and structure of a text that JSON.parse has taken; everything else needs no look. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gy;

/**
 * Names the first key that occurs twice in its object. For the error message only: the text is known to be well-formed
 * and to have a duplicate.
 */
export function findDuplicateKey(text: string): JsonProblem {
  const levels: Level[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at += 1) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) continue;
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      levels.push({ keys: token === '{' ? new Set() : undefined, at: 0 });
      isKey = token === '{';
    } else if (token === '}' || token === ']') {
      levels.pop();
      isKey = false;
    } else if (token === ',' && level) {
      isKey = level.keys !== undefined;
      if (typeof level.at === 'number') level.at += 1;
    } else if (token === ':') {
      isKey = false;
    } else if (isKey && level?.keys) {
      const key: string = JSON.parse(token);
      level.at = key;
      if (level.keys.has(key)) {
        return { pointer: pointerOf(levels), offset: at, message: 'the key occurs twice in its object' };
      }
      level.keys.add(key);
    }
    at += token.length - 1;
  }
  return { pointer: '', offset: 0, message: 'a key occurs twice in its object' };
}

function pointerOf(levels: readonly Level[]): string {
  return pointerTo(...levels.map(({ at }) => at));
}
