import type { Json, JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';

export type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** `Array.isArray` for read-only lists, which it does not narrow by itself. */
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);

const isSchema = (value: Json | undefined): value is JsonSchema => typeof value === 'boolean' || isObject(value);

/** A keyword of a schema; undefined if it has none. */
export const keyword = (schema: JsonSchema | undefined, name: string): Json | undefined =>
  isObject(schema) && Object.hasOwn(schema, name) ? schema[name] : undefined;

/** A text keyword, such as `title` or `format`, of the schema or of what it is put together from. */
export function textKeyword(schema: JsonSchema | undefined, name: string): string | undefined {
  return schema === undefined
    ? undefined
    : variantsOf(schema)
        .map((variant) => keyword(variant, name))
        .find((value) => typeof value === 'string');
}

/** The schema itself and every schema that it is put together from by allOf, anyOf and oneOf. */
function variantsOf(schema: JsonSchema): readonly JsonSchema[] {
  const seen = new Set([schema]);
  // A set may grow while it is walked: what is added is visited too.
  for (const part of seen) {
    for (const name of ['allOf', 'anyOf', 'oneOf']) {
      const parts = keyword(part, name);
      if (isList(parts)) for (const inner of parts) if (isSchema(inner)) seen.add(inner);
    }
  }
  return [...seen];
}

/** The types that a schema allows; none if it does not say. */
export function typesOf(schema: JsonSchema | undefined): readonly SchemaType[] {
  if (schema === undefined) return [];
  const found = variantsOf(schema).flatMap((variant): Json[] => {
    const type = keyword(variant, 'type');
    if (type !== undefined) return isList(type) ? [...type] : [type];
    const constant = keyword(variant, 'const');
    if (constant !== undefined) return [typeOfJson(constant)];
    const values = keyword(variant, 'enum');
    if (isList(values)) return values.map(typeOfJson);
    if (keyword(variant, 'properties') !== undefined) return ['object'];
    return keyword(variant, 'items') === undefined ? [] : ['array'];
  });
  return [...new Set(found)].filter((type): type is SchemaType => typeof type === 'string');
}

export function typeOfJson(value: Json): SchemaType {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'object') return 'object';
  return typeof value as 'string' | 'boolean';
}

/** The values that a schema names one by one; undefined if there are others. */
export function choicesOf(schema: JsonSchema | undefined): readonly Json[] | undefined {
  if (schema === undefined) return undefined;
  const constant = keyword(schema, 'const');
  if (constant !== undefined) return [constant];
  const values = keyword(schema, 'enum');
  if (isList(values)) return values;
  const union = keyword(schema, 'anyOf') ?? keyword(schema, 'oneOf');
  if (!isList(union)) return undefined;
  const parts = union.map((part) => (isSchema(part) ? choicesOf(part) : undefined));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** One property of an object schema. */
export interface PropertySchema {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** The properties that a schema names, those of all its variants, in order. */
export function propertiesOf(schema: JsonSchema | undefined): readonly PropertySchema[] {
  const found = new Map<string, PropertySchema>();
  for (const variant of schema === undefined ? [] : variantsOf(schema)) {
    const properties = keyword(variant, 'properties');
    const required = keyword(variant, 'required');
    if (!isObject(properties)) continue;
    for (const [name, property] of Object.entries(properties)) {
      if (found.has(name) || !isSchema(property)) continue;
      found.set(name, { name, schema: property, required: isList(required) && required.includes(name) });
    }
  }
  return [...found.values()];
}

/** The schema of an array's elements. */
export function itemsOf(schema: JsonSchema | undefined): JsonSchema {
  const items = (schema === undefined ? [] : variantsOf(schema)).map((variant) => keyword(variant, 'items'));
  return items.find(isSchema) ?? {};
}

/** The schema one step below; undefined if the schema rules that step out. */
function childSchema(schema: JsonSchema, key: string): JsonSchema | undefined {
  const variants = variantsOf(schema);
  for (const variant of variants) {
    const properties = keyword(variant, 'properties');
    const named = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isSchema(named)) return named;
    const items = keyword(variant, 'items');
    if (/^\d+$/.test(key) && isSchema(items)) return items;
  }
  for (const variant of variants) {
    const rest = keyword(variant, 'additionalProperties');
    if (isSchema(rest) && rest !== false) return rest;
  }
  const types = typesOf(schema);
  const isOpen = types.length === 0 || (types.includes('object') && propertiesOf(schema).length === 0);
  return isOpen && schema !== false ? {} : undefined;
}

/** The schema at the end of a path; undefined if there can be nothing. */
export function schemaAt(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  let here: JsonSchema | undefined = schema;
  for (const key of path) {
    if (here === undefined) return undefined;
    here = childSchema(here, key);
  }
  return here;
}

/** Whether the texts of a schema are decimals, as amounts of money are: it takes `100` or `100.00` and no letters. */
export function isDecimalText(schema: JsonSchema): boolean {
  if (textKeyword(schema, 'format') === 'decimal') return true;
  const pattern = textKeyword(schema, 'pattern');
  if (pattern === undefined || !typesOf(schema).includes('string')) return false;
  try {
    const tested = new RegExp(pattern, 'u');
    return tested.test('100.00') && !tested.test('abc') && !tested.test('100-00');
  } catch {
    return false;
  }
}
