import type { Json, JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { inlineReferences } from './data-inline.ts';
import { choicesOf, isList, isObject, itemsOf, keyword, propertiesOf, typesOf } from './data-schema.ts';
import { sampleText } from './sample-text.ts';

const maxDepth = 6;

/**
 * A value that fits a schema, as far as that can be had cheaply: what the schema itself gives as example, default or
 * constant, else the smallest value of its type. Always the same for the same schema. Properties that are not required
 * are given too if they are at hand (an example, a default), so that a mock shows what can be read.
 */
export function sampleOf(schema: JsonSchema | undefined): Json {
  return schema === undefined ? null : sample(inlineReferences(schema), 0);
}

function sample(schema: JsonSchema, depth: number): Json {
  const given = givenBy(schema);
  if (given !== undefined) return given;
  const merged = merge(schema);
  const [type] = typesOf(merged).filter((name) => name !== 'null');
  switch (type) {
    case 'object':
      return depth >= maxDepth ? {} : sampleObject(merged, depth);
    case 'array':
      return depth >= maxDepth ? [] : sampleArray(merged, depth);
    case 'string':
      return sampleText(merged);
    case 'integer':
    case 'number':
      return sampleNumber(merged, type === 'integer');
    case 'boolean':
      return true;
    default:
      return null;
  }
}

/** What the schema itself gives as a value. */
function givenBy(schema: JsonSchema): Json | undefined {
  const examples = keyword(schema, 'examples');
  if (isList(examples) && examples[0] !== undefined) return examples[0];
  const example = keyword(schema, 'example') ?? keyword(schema, 'default');
  return example ?? choicesOf(schema)?.[0];
}

/** allOf laid over the schema; of anyOf and oneOf the first that is not null. */
function merge(schema: JsonSchema): JsonSchema {
  if (!isObject(schema)) return schema;
  const all = keyword(schema, 'allOf');
  const some = keyword(schema, 'anyOf') ?? keyword(schema, 'oneOf');
  const parts = isList(all) ? [...all] : [];
  const chosen = isList(some) ? some.find((part) => !(typesOf(part as JsonSchema).join() === 'null')) : undefined;
  if (chosen !== undefined) parts.push(chosen);
  const inner = parts.map((part) => merge(part as JsonSchema)).filter(isObject);
  if (inner.length === 0) return schema;
  const schemas = [schema, ...inner];
  const required = schemas.flatMap((part) => listOf(part['required']));
  const properties: JsonObject = Object.assign({}, ...schemas.map((part) => part['properties']).filter(isObject));
  return {
    ...Object.assign({}, ...schemas),
    ...(required.length > 0 ? { required } : {}),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
  };
}

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

function sampleObject(schema: JsonSchema, depth: number): JsonObject {
  return Object.fromEntries(
    propertiesOf(schema)
      .filter(({ schema: inner, required }) => required || givenBy(inner) !== undefined)
      .map(({ name, schema: inner }) => [name, sample(inner, depth + 1)]),
  );
}

function sampleArray(schema: JsonSchema, depth: number): Json {
  const least = keyword(schema, 'minItems');
  const most = keyword(schema, 'maxItems');
  const count = Math.min(typeof least === 'number' ? Math.max(least, 1) : 1, typeof most === 'number' ? most : 10, 10);
  return Array.from({ length: count }, () => sample(itemsOf(schema), depth + 1));
}

function sampleNumber(schema: JsonSchema, isInteger: boolean): number {
  const number = (name: string) => {
    const value = keyword(schema, name);
    return typeof value === 'number' ? value : undefined;
  };
  const step = number('multipleOf') ?? (isInteger ? 1 : 0);
  const above = number('exclusiveMinimum');
  const below = number('exclusiveMaximum');
  const low = number('minimum') ?? (above === undefined ? undefined : above + (step || 0.5));
  const high = number('maximum') ?? (below === undefined ? undefined : below - (step || 0.5));
  let value = low ?? (high !== undefined && high < 1 ? high : 1);
  if (high !== undefined && value > high) value = high;
  return step > 0 ? Math.ceil(value / step) * step : value;
}
