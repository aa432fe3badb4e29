import type { Json } from '../errors.ts';
import { isList, isObject } from './json.ts';

/** What of a JSON Schema matters here; anything else in it is allowed and ignored. */
export type JsonSchema = boolean | { readonly [keyword: string]: Json };

/** A path that an author may want next. */
export interface PathCandidate {
  /** As in a `var`: `steps.cif.name`. */
  readonly path: string;
  /** `string`, `array`…, several joined by `|`, or `any` if the schema does not say. */
  readonly type: string;
  /** The schema promises that something is there if its parent is. */
  readonly isRequired: boolean;
  readonly title?: string;
}

const maxCandidates = 200;

/**
 * The paths one step below a prefix: under `input.customer.` its fields, under `input.cus` those of `input` that start
 * so, under nothing the roots. Sorted as the schemas are.
 *
 * @param schemas - A JSON Schema for each root; for `steps` and `vars` an object schema with one property for each node
 * or variable.
 */
export function completePaths(schemas: Readonly<Record<string, JsonSchema>>, prefix: string): PathCandidate[] {
  const keys = prefix.split('.');
  const start = keys.pop() ?? '';
  const roots: JsonSchema = { properties: schemas, required: Object.keys(schemas) };
  let parents: readonly Located[] = [{ schema: roots, document: roots }];
  keys.forEach((key, depth) => {
    const children = parents.flatMap(variants).flatMap((parent) => childOf(parent, key, depth === 0));
    // Variants often share a child: kept apart they would multiply with every key.
    parents = [...new Map(children.map((child) => [child.schema, child])).values()];
  });
  const candidates = new Map<string, PathCandidate>();
  for (const parent of parents.flatMap(variants)) {
    for (const key of keysOf(parent)) {
      const path = [...keys, key].join('.');
      if (!key.startsWith(start) || key.includes('.') || key === '' || candidates.has(path)) continue;
      const [child] = childOf(parent, key, keys.length === 0);
      if (child) candidates.set(path, candidate(path, child, isNamed(parent, 'required', key)));
      if (candidates.size >= maxCandidates) return [...candidates.values()];
    }
  }
  return [...candidates.values()];
}

/** A schema and the document in which its references are looked up. */
interface Located {
  readonly schema: JsonSchema;
  readonly document: JsonSchema;
}

function keyword({ schema }: Located, name: string): Json | undefined {
  return typeof schema === 'object' && Object.hasOwn(schema, name) ? schema[name] : undefined;
}

function isNamed(located: Located, list: string, key: string): boolean {
  const names = keyword(located, list);
  return isList(names) && names.includes(key);
}

const isSchema = (value: Json | undefined): value is JsonSchema => typeof value === 'boolean' || isObject(value);

/** The schema itself and those that it is put together from, each once: references may go in circles. */
function variants({ schema, document }: Located): Located[] {
  const seen = new Set<JsonSchema>([schema]);
  // A set may grow while it is walked: what is added is visited too.
  for (const part of seen) {
    const located = { schema: part, document };
    const lists = ['allOf', 'anyOf', 'oneOf'].map((name) => keyword(located, name));
    const ref = keyword(located, '$ref');
    const parts = lists.filter(isList).flat();
    for (const inner of typeof ref === 'string' ? [...parts, resolve(document, ref)] : parts) {
      if (isSchema(inner)) seen.add(inner);
    }
  }
  return [...seen].map((part) => ({ schema: part, document }));
}

function resolve(document: JsonSchema, ref: string): Json {
  if (!ref.startsWith('#')) return true;
  let value: Json | undefined = document;
  for (const part of ref.slice(1).split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value ?? true;
}

function keysOf(located: Located): string[] {
  const properties = keyword(located, 'properties');
  const names = isObject(properties) ? Object.keys(properties) : [];
  return keyword(located, 'items') === undefined ? names : [...names, '0'];
}

function childOf(parent: Located, key: string, isRoot: boolean): Located[] {
  const properties = keyword(parent, 'properties');
  const isIndex = /^\d+$/.test(key);
  const named = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  const schema = named ?? (isIndex ? keyword(parent, 'items') : keyword(parent, 'additionalProperties'));
  if (!isSchema(schema) || schema === false) return [];
  return [{ schema, document: isRoot ? schema : parent.document }];
}

function candidate(path: string, located: Located, isRequired: boolean): PathCandidate {
  const all = variants(located);
  const types = all.flatMap((variant) => keyword(variant, 'type') ?? []).filter((type) => typeof type === 'string');
  const title = all.map((variant) => keyword(variant, 'title')).find((text) => typeof text === 'string');
  const type = types.length > 0 ? [...new Set(types)].join('|') : 'any';
  return { path, type, isRequired, ...(typeof title === 'string' && { title }) };
}
