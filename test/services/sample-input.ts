import type { Json } from '@heddle/engine/errors';

type Schema = { readonly [keyword: string]: unknown };

const MAX_DEPTH = 12;
const texts: Readonly<Record<string, string>> = {
  date: '2026-03-01',
  'date-time': '2026-03-01T08:00:00Z',
  time: '08:00:00Z',
  duration: 'P1D',
  email: 'a@bank.example',
  hostname: 'bank.example',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://bank.example/a',
  'uri-reference': '/a',
  uuid: '1725ff48-ab45-4bb5-9d02-88745177dedb',
};

/** Tried in this order on a pattern; patterns are not solved. */
const words = ['a', '1.0', 'a'.repeat(24), 'a.json', '/branches/1.0/categories/guides/a', '2026-03-01', '00'];

interface Way {
  readonly definitions: Schema;
  /** All members that are described, or only those that are required. */
  readonly isFull: boolean;
  readonly depth: number;
}

/**
 * Inputs that a request schema of an imported operation should take, one of them at least: what the schema offers as an
 * example, else the required members, or all of them, with the smallest values that it describes.
 */
export function sampleInputs(schema: unknown): readonly Json[] {
  const definitions = isSchema(schema) && isSchema(schema['$defs']) ? schema['$defs'] : {};
  return [false, true].map((isFull) => sample(schema, { definitions, isFull, depth: 0 }));
}

function sample(schema: unknown, way: Way): Json {
  if (!isSchema(schema) || way.depth > MAX_DEPTH) return {};
  const said = [schema['const'], listOf(schema['enum'])[0], schema['default'], listOf(schema['examples'])[0]];
  const [given] = said.filter((value) => value !== undefined);
  if (given !== undefined) return given as Json; // of a JSON document
  const inner = (part: unknown) => sample(part, { ...way, depth: way.depth + 1 });
  if (typeof schema['$ref'] === 'string') return inner(way.definitions[schema['$ref'].replace('#/$defs/', '')]);
  const parts = [...listOf(schema['allOf']), listOf(schema['oneOf'])[0], listOf(schema['anyOf'])[0]].filter(isSchema);
  const own = ownSample(schema, inner, way.isFull && way.depth < 3);
  if (parts.length === 0) return own ?? {};
  const all = [own, ...parts.map(inner)].filter((value) => value !== undefined);
  const isObjects = all.every((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  return isObjects ? Object.assign({}, ...all) : (all.at(-1) ?? {});
}

function ownSample(schema: Schema, inner: (part: unknown) => Json, isFull: boolean): Json | undefined {
  const [type] = listOf(schema['type'] ?? (schema['properties'] ? 'object' : undefined));
  switch (type) {
    case 'object': {
      const properties = isSchema(schema['properties']) ? schema['properties'] : {};
      const names = [...listOf(schema['required']), ...(isFull ? Object.keys(properties) : [])].map(String);
      return Object.fromEntries(names.map((name) => [name, inner(properties[name])]));
    }
    case 'array':
      return Array.from({ length: numberOf(schema['minItems'], 0) }, () => inner(schema['items']));
    case 'string': {
      const pattern = new RegExp(typeof schema['pattern'] === 'string' ? schema['pattern'] : '', 'u');
      const text = texts[String(schema['format'])] ?? words.find((word) => pattern.test(word)) ?? 'a';
      return text.padEnd(numberOf(schema['minLength'], 1), 'a');
    }
    case 'integer':
    case 'number':
      return numberOf(schema['minimum'], numberOf(schema['exclusiveMinimum'], 0) + 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return undefined;
  }
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const numberOf = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);
