import { checkText, type Json, refused } from '../sdk/index.ts';

const FIELD = /\{([^{}]+)\}/g;

/** The fields that a template of a key names; `undefined` if it is malformed. */
export function fieldsOf(template: string): readonly string[] | undefined {
  if (/[{}]/.test(template.replaceAll(FIELD, ''))) return undefined;
  return [...template.matchAll(FIELD)].map((match) => match[1] ?? '');
}

/**
 * The key for an input. Two inputs never make the same key by having the separator in a field: `:` in a value is refused.
 *
 * @throws {CallError} `refused` if a field is missing, or cannot stand in a key.
 */
export function keyOf(template: string, input: { readonly [field: string]: Json }): string {
  return template.replaceAll(FIELD, (_, field: string) => {
    const value = Object.hasOwn(input, field) ? input[field] : undefined;
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw refused(`input field ${field} must be a text or a number: it is part of the key`);
    }
    const text = checkText(`input field ${field}`, String(value));
    if (text === '' || text.includes(':')) throw refused(`input field ${field} must not be empty or contain a colon`);
    return text;
  });
}
