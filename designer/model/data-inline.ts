import type { Json } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { isList, isObject } from './data-schema.ts';

const inlined = new WeakMap<object, JsonSchema>();

/**
 * The schema with its references into itself replaced by what they point at, so that a part of it can be used alone. A
 * reference that comes back to itself becomes `{}`: anything.
 */
export function inlineReferences(schema: JsonSchema): JsonSchema {
  if (!isObject(schema)) return schema;
  const known = inlined.get(schema);
  if (known !== undefined) return known;
  const whole: JsonSchema = schema;
  const resolved = new Map<string, Json>();
  const open = new Set<string>();

  function visit(value: Json): Json {
    if (isList(value)) return value.map(visit);
    if (!isObject(value)) return value;
    const ref = value['$ref'];
    if (typeof ref !== 'string' || !ref.startsWith('#'))
      return Object.fromEntries(
        Object.entries(value).flatMap(([key, part]) =>
          key === '$defs' || key === 'definitions' ? [] : [[key, visit(part)]],
        ),
      );
    const done = resolved.get(ref);
    if (done !== undefined) return done;
    if (open.has(ref)) return {};
    open.add(ref);
    const target = visit(lookUp(whole, ref));
    open.delete(ref);
    resolved.set(ref, target);
    return target;
  }

  // What is visited is a schema, and stays one.
  const result = visit(schema) as JsonSchema;
  inlined.set(schema, result);
  return result;
}

function lookUp(document: Json, ref: string): Json {
  let value: Json | undefined = document;
  for (const part of ref.slice(1).split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value ?? {};
}
