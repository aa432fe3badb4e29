import { FlowError, type Json } from '../errors.ts';
import { type Root, roots, type Scope } from './scope.ts';

/** A path, taken apart. */
export interface Path {
  readonly from: Root | 'element';
  readonly keys: readonly string[];
  readonly text: string;
}

export type ParsedPath = { readonly ok: true; readonly path: Path } | { readonly ok: false; readonly message: string };

const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const rootNames: ReadonlySet<string> = new Set(roots);
const isRoot = (name: string | undefined): name is Root => name !== undefined && rootNames.has(name);

const refuse = (message: string): ParsedPath => ({ ok: false, message });

/** Takes a path apart. In a body it is relative to the element, unless it starts with `$.`. */
export function parsePath(text: string, inBody: boolean): ParsedPath {
  const isAbsolute = inBody ? text.startsWith('$.') : true;
  const full = inBody && isAbsolute ? text.slice(2) : text;
  const keys = full === '' ? [] : full.split('.');
  const bad = keys.find((key) => forbidden.has(key));
  if (bad !== undefined) return refuse(`"${bad}" cannot be part of a path`);
  if (keys.includes('')) return refuse(`"${text}" has an empty part: remove the extra dot`);
  if (!isAbsolute) return { ok: true, path: { from: 'element', keys, text } };
  const [root, ...rest] = keys;
  if (!isRoot(root)) {
    return refuse(
      `"${text}" does not start at input, steps.<nodeId>, vars, item, index, error, run or event; nothing else exists`,
    );
  }
  if (root === 'steps' && rest.length === 0) return refuse('"steps" needs a node id: steps.<nodeId>');
  return { ok: true, path: { from: root, keys: rest, text } };
}

/** The value at a path, or `undefined` when it is missing. Sees own properties only. */
export function readPath({ from, keys }: Path, { data, element }: Scope): Json | undefined {
  const isKeyed = from === 'steps' || (from === 'vars' && keys.length > 0);
  let value: Json | undefined;
  if (from === 'element') value = element;
  else value = isKeyed ? data.read(from, keys[0]) : data.read(from);
  for (let at = isKeyed ? 1 : 0; at < keys.length; at += 1) {
    value = child(value, keys[at]);
    if (value === undefined) return undefined;
  }
  return value;
}

function child(value: Json | undefined, key: string | undefined): Json | undefined {
  if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  if (Array.isArray(value) && key === 'length') return undefined;
  // An own key of a list other than `length` is an index: lists come from JSON.
  return (value as { readonly [key: string]: Json })[key];
}

export function missingPath(path: string): FlowError {
  return new FlowError(
    'EXPRESSION_MISSING_PATH',
    `nothing at ${path || 'the element'}: give a default if that is expected`,
    {
      details: { path },
    },
  );
}

/** Parses a path that was computed while running. */
export function computedPath(value: Json, inBody: boolean): Path {
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new FlowError('EXPRESSION_TYPE', 'a path must be a text');
  }
  const parsed = parsePath(String(value), inBody);
  if (!parsed.ok) throw new FlowError('EXPRESSION_INVALID', parsed.message, { details: { path: String(value) } });
  return parsed.path;
}
