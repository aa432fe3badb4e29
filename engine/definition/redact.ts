import type { Json, JsonObject } from '../errors.ts';
import type { Flow } from './flow.ts';

export const MASK = '***';

/** Text as long as an account number, and nothing shorter, is taken for one. */
const LONG_NUMBER = /\d{8,}/g;
const WORD = /[\p{L}\p{N}]{4,}/gu;

/**
 * Masks free text, such as what a service says of a failure: in flows that name anything `sensitive`, long numbers and
 * the words given. A service quotes what it refuses, so its words are not safer than the values themselves.
 */
export function redactText(flow: Flow, text: string, words: ReadonlySet<string> = new Set()): string {
  if (!flow.sensitive?.length) return text;
  const masked = words.size === 0 ? text : text.replace(WORD, (word) => (words.has(word) ? MASK : word));
  return masked.replace(LONG_NUMBER, MASK);
}

/** Adds the texts of a value to a set, word by word. */
export function collectWords(value: Json, words: Set<string>): void {
  if (typeof value === 'string') for (const [word] of value.matchAll(WORD)) words.add(word);
  else if (Array.isArray(value)) for (const item of value as readonly Json[]) collectWords(item, words);
  else if (value !== null && typeof value === 'object')
    for (const member of Object.values(value as JsonObject)) collectWords(member, words);
}
