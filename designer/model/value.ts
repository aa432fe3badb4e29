import { type Json, type JsonObject, pointer } from '@heddle/engine/errors';
import { placesOf } from './data-place.ts';
import { isList, isObject } from './data-schema.ts';
import type { FlowDocument } from './flow-document.ts';

/** Keys and indexes from a node, or from the flow, to a part of it. */
export type PropertyPath = readonly (string | number)[];

/** How a value is written: as it stands, as a path alone, or as any other expression. */
export type ValueKind = 'literal' | 'path' | 'formula';

/** The rule of an expression; undefined for a literal. */
export function logicOf(value: Json | undefined): Json | undefined {
  return isObject(value) && Object.keys(value).length === 1 ? value['$'] : undefined;
}

/** The path of a value, or of a rule, that is a path and nothing else. */
export function pathOfLogic(rule: Json | undefined): { readonly path: string; readonly fallback?: Json } | undefined {
  if (!isObject(rule) || Object.keys(rule).length !== 1) return undefined;
  const read = rule['var'];
  if (typeof read === 'string') return read === '' ? undefined : { path: read };
  if (!isList(read) || typeof read[0] !== 'string' || read[0] === '' || read.length > 2) return undefined;
  const [path, fallback] = read;
  if (fallback === undefined) return { path };
  return isObject(fallback) || isList(fallback) ? undefined : { path, fallback };
}

export const kindOfValue = (value: Json | undefined): ValueKind => {
  const logic = logicOf(value);
  if (logic === undefined) return 'literal';
  return pathOfLogic(logic) === undefined ? 'formula' : 'path';
};

/** A value that reads a path. */
export const readPath = (path: string): JsonObject => ({ $: { var: path } });

export const toPointer = (path: PropertyPath): string => pointer(...path);

/** Takes a JSON pointer apart (RFC 6901). What looks like an index stays a text. */
export const fromPointer = (text: string): string[] =>
  text === ''
    ? []
    : text
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A part of a value; undefined if it is not there. */
export function partOf(value: Json | undefined, path: PropertyPath): Json | undefined {
  let here = value;
  for (const key of path) {
    if (isList(here)) here = here[Number(key)];
    else here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return here;
}

/**
 * The value with one part replaced, or removed if `part` is undefined. Objects that are missing on the way are made;
 * what is not on the way keeps its identity, and so does the whole if nothing changes.
 */
export function withPart(value: Json | undefined, path: PropertyPath, part: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return part;
  if (isList(value)) {
    const index = Number(key);
    const next = withPart(value[index], rest, part);
    if (next === value[index]) return value;
    if (next === undefined) return value.filter((_, at) => at !== index);
    return index >= value.length ? [...value, next] : value.map((item, at) => (at === index ? next : item));
  }
  const owner = isObject(value) ? value : {};
  const old = Object.hasOwn(owner, key) ? owner[key] : undefined;
  const next = withPart(old, rest, part);
  if (next === old) return value;
  if (next !== undefined) return { ...owner, [key]: next };
  return Object.fromEntries(Object.entries(owner).filter(([name]) => name !== String(key)));
}

/** Sets a part of a node, or removes it if `value` is undefined. An unknown node changes nothing. */
export function setProperty(
  document: FlowDocument,
  nodeId: string,
  path: PropertyPath,
  value: Json | undefined,
): FlowDocument {
  const place = placesOf(document).get(nodeId);
  return place === undefined ? document : setFlowProperty(document, [...fromPointer(place.pointer), ...path], value);
}

/** Sets a part of the flow itself, or removes it if `value` is undefined. */
export function setFlowProperty(document: FlowDocument, path: PropertyPath, value: Json | undefined): FlowDocument {
  // A flow in the making is a JSON object, and stays one as long as the path is not empty.
  return withPart(document as unknown as JsonObject, path, value) as unknown as FlowDocument;
}

/** A part of the flow itself. */
export const flowProperty = (document: FlowDocument, path: PropertyPath): Json | undefined =>
  partOf(document as unknown as JsonObject, path);
