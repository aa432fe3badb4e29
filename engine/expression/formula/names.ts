import { roots } from '../scope.ts';
import type { Context } from './grammar.ts';

const rootNames: ReadonlySet<string> = new Set(roots);
const folded: ReadonlySet<string> = new Set(['current', 'accumulator']);

// What jsep takes for a name: it counts every character past ASCII as a letter.
const identifier = /^[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*$/;
const position = /^(?:0|[1-9]\d{0,14})$/;

export type Named = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string };

/** The path that a name and the keys after it stand for. */
export function pathOfName(name: string, keys: readonly string[], context: Context): Named {
  const named = (...parts: readonly string[]): Named => ({ ok: true, path: [...parts, ...keys].join('.') });
  if (keys.some((key) => key === '' || key.includes('.'))) {
    return { ok: false, message: 'a key that is empty or has a dot in it cannot be reached' };
  }
  if (context === 'flow') return named(name);
  if (name === '$') return keys.length > 0 ? named('$') : { ok: false, message: '"$" needs a root: $.item' };
  if (context === 'reduce' && folded.has(name)) return named(name);
  if (name !== 'item') {
    if (rootNames.has(name)) return named('$', name);
    const own = context === 'reduce' ? 'item, current, accumulator' : 'item';
    return { ok: false, message: `unknown name "${name}": here there are ${own} and the roots` };
  }
  // A relative path that starts with "$." would mean the root.
  if (keys[0] === '$' && keys.length > 1)
    return { ok: false, message: 'a key "$" with more behind it cannot be reached' };
  return named();
}

/** Writes a path, the opposite of `pathOfName`. */
export function nameOfPath(path: string, context: Context): string {
  const [first = '', ...rest] = path === '' ? [] : path.split('.');
  if (context === 'flow') return first + keysText(rest);
  if (first === '$' && rest.length > 0) {
    const [root = '', ...keys] = rest;
    return (root === 'item' ? '$.item' : root) + keysText(keys);
  }
  if (context === 'reduce' && folded.has(first)) return first + keysText(rest);
  return `item${keysText(first === '' ? [] : [first, ...rest])}`;
}

function keysText(keys: readonly string[]): string {
  return keys
    .map((key) => (identifier.test(key) ? `.${key}` : position.test(key) ? `[${key}]` : `[${quote(key)}]`))
    .join('');
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

/** A text literal with the escapes that jsep knows; JSON's `\u` is not among them. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"\n\r\t\b\f\v]/g, (char) => escapes[char] ?? char)}"`;
}
