import type { Json, JsonObject } from '@heddle/engine/errors';
import { isList, isObject, typeOfJson, typesOf } from './data-schema.ts';

/**
 * A JSON Schema that a sample fits: every property of an object is required, the elements of a list are taken together,
 * whole numbers are `integer`. Formats and lengths are not guessed.
 */
export function inferSchema(sample: Json): JsonObject {
  return loosened(infer(sample));
}

/** The schema with every plain value of the sample as an example of its property, so that trying begins with real data. */
export function withExamples(schema: JsonObject, sample: Json): JsonObject {
  if (isList(sample)) {
    const { items } = schema;
    return isObject(items) && sample[0] !== undefined ? { ...schema, items: withExamples(items, sample[0]) } : schema;
  }
  if (!isObject(sample)) return sample === null ? schema : { ...schema, examples: [sample] };
  const properties = Object.entries(objectOf(schema['properties'])).map(([name, part]) => {
    const value = sample[name];
    return [name, value === undefined || !isObject(part) ? part : withExamples(part, value)];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

function infer(sample: Json): JsonObject {
  if (isList(sample)) {
    return { type: 'array', ...(sample.length === 0 ? {} : { items: sample.map(infer).reduce(merge) }) };
  }
  if (!isObject(sample)) return { type: typeOfJson(sample) };
  const names = Object.keys(sample);
  return {
    type: 'object',
    ...(names.length === 0 ? {} : { required: names }),
    properties: Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, infer(value)])),
  };
}

/** What was only ever null may be anything: nothing is known of it. */
function loosened(schema: JsonObject): JsonObject {
  if (schema['type'] === 'null') return {};
  const { items, properties } = schema;
  return {
    ...schema,
    ...(isObject(items) ? { items: loosened(items) } : {}),
    ...(isObject(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, part]) => [name, loosened(objectOf(part))]),
          ),
        }
      : {}),
  };
}

/** A schema that fits what either fits. Required is what both require. */
function merge(a: JsonObject, b: JsonObject): JsonObject {
  const types = [...new Set([...typesOf(a), ...typesOf(b)])];
  // Every integer is a number.
  const plain = types.includes('number') ? types.filter((type) => type !== 'integer') : types;
  const [only] = plain;
  return {
    ...mergeLists(a, b),
    ...mergeObjects(a, b),
    type: plain.length === 1 && only !== undefined ? only : plain,
  };
}

function mergeLists(a: JsonObject, b: JsonObject): JsonObject {
  const items = [a['items'], b['items']].filter(isObject);
  return items.length === 0 ? {} : { items: items.reduce(merge) };
}

function mergeObjects(a: JsonObject, b: JsonObject): JsonObject {
  const objects = [a, b].filter((schema) => typesOf(schema).includes('object'));
  if (objects.length === 0) return {};
  const [left = {}, right = {}] = objects.map((schema) => objectOf(schema['properties']));
  const required = objects
    .map((schema) => namesOf(schema['required']))
    .reduce((all, names) => all.filter((name) => names.includes(name)));
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const properties = names.map((name) => [name, [left[name], right[name]].filter(isObject).reduce(merge)]);
  return { ...(required.length === 0 ? {} : { required }), properties: Object.fromEntries(properties) };
}

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const namesOf = (value: Json | undefined): readonly string[] =>
  isList(value) ? value.filter((name): name is string => typeof name === 'string') : [];
