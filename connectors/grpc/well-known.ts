import type { Json } from '../sdk/index.ts';
import { ValueError } from './scalars.ts';
import type { MessageType } from './types.ts';
import { WireError } from './wire.ts';

type JsonObject = { readonly [key: string]: Json };
type JsonSchema = { readonly [keyword: string]: Json };

/** A type of `google.protobuf` whose JSON form is not that of its fields. */
interface WellKnown {
  /** @throws {ValueError} */
  toMessage(json: Json, at: string, type: MessageType, encode: (type: MessageType, json: Json) => Buffer): Json;
  fromMessage(plain: JsonObject, type: MessageType, decode: (type: MessageType, bytes: Buffer) => Json): Json;
  readonly schema: JsonSchema | true | ((direction: 'request' | 'response') => JsonSchema | true);
}

export function wellKnown(type: MessageType): WellKnown | undefined {
  return type.name.startsWith('google.protobuf.') ? forms.get(type.name) : undefined;
}

const wrapper = (schema: WellKnown['schema']): WellKnown => ({
  toMessage: (json) => ({ value: json }),
  fromMessage: (plain) => plain['value'] ?? null,
  schema,
});

const whole64 = (direction: 'request' | 'response', min: bigint): JsonSchema =>
  direction === 'request'
    ? { type: ['string', 'integer'], pattern: min < 0n ? '^-?[0-9]{1,19}$' : '^[0-9]{1,20}$' }
    : { type: 'string' };

const real = (direction: 'request' | 'response'): JsonSchema =>
  direction === 'request'
    ? { type: 'number' }
    : { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] };

const anyJson: WellKnown = {
  toMessage(json) {
    if (json === null) return { null_value: null };
    if (typeof json === 'number') return { number_value: json };
    if (typeof json === 'string') return { string_value: json };
    if (typeof json === 'boolean') return { bool_value: json };
    return Array.isArray(json) ? { list_value: json } : { struct_value: json };
  },
  fromMessage: (plain) => Object.values(plain)[0] ?? null,
  schema: true,
};

const forms: ReadonlyMap<string, WellKnown> = new Map<string, WellKnown>([
  ['google.protobuf.Timestamp', { toMessage: toTimestamp, fromMessage: fromTimestamp, schema: timestampSchema() }],
  ['google.protobuf.Duration', { toMessage: toDuration, fromMessage: fromDuration, schema: durationSchema() }],
  ['google.protobuf.DoubleValue', wrapper(real)],
  ['google.protobuf.FloatValue', wrapper(real)],
  ['google.protobuf.Int64Value', wrapper((direction) => whole64(direction, -1n))],
  ['google.protobuf.UInt64Value', wrapper((direction) => whole64(direction, 0n))],
  ['google.protobuf.Int32Value', wrapper({ type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 })],
  ['google.protobuf.UInt32Value', wrapper({ type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 })],
  ['google.protobuf.BoolValue', wrapper({ type: 'boolean' })],
  ['google.protobuf.StringValue', wrapper({ type: 'string' })],
  ['google.protobuf.BytesValue', wrapper({ type: 'string', contentEncoding: 'base64' })],
  ['google.protobuf.Value', anyJson],
  [
    'google.protobuf.Struct',
    {
      toMessage: (json) => ({ fields: json }),
      fromMessage: (plain) => plain['fields'] ?? {},
      schema: { type: 'object' },
    },
  ],
  [
    'google.protobuf.ListValue',
    {
      toMessage: (json) => ({ values: json }),
      fromMessage: (plain) => plain['values'] ?? [],
      schema: { type: 'array' },
    },
  ],
  [
    'google.protobuf.FieldMask',
    {
      toMessage(json, at) {
        if (typeof json !== 'string') throw new ValueError(at, 'must be names of fields in one text, with commas');
        return { paths: json === '' ? [] : json.split(',') };
      },
      fromMessage: (plain) => String(plain['paths'] ?? ''),
      schema: { type: 'string', description: 'Names of fields, with commas between them' },
    },
  ],
  ['google.protobuf.Any', { toMessage: toAny, fromMessage: fromAny, schema: anySchema() }],
]);

const MIN_SECONDS = -62_135_596_800;
const MAX_SECONDS = 253_402_300_799;
const INSTANT = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

function toTimestamp(json: Json, at: string): Json {
  const [, whole, fraction = '', zone] = (typeof json === 'string' && INSTANT.exec(json)) || [];
  const seconds = Date.parse(`${whole}${zone}`.toUpperCase()) / 1_000;
  if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS))
    throw new ValueError(at, 'must be an instant such as 2026-03-09T08:30:00Z, of the years 1 to 9999');
  return { seconds, nanos: Number(fraction.padEnd(9, '0')) };
}

function fromTimestamp(plain: JsonObject): Json {
  const [seconds, nanos] = [Number(plain['seconds']), Number(plain['nanos'])];
  if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS && nanos >= 0 && nanos < 1e9))
    throw new WireError('a Timestamp is outside the years 1 to 9999');
  return new Date(seconds * 1_000).toISOString().replace('.000Z', `${fractionOf(nanos)}Z`);
}

/** With 0, 3, 6 or 9 digits. */
function fractionOf(nanos: number): string {
  if (nanos === 0) return '';
  return `.${String(nanos)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '')}`;
}

const MAX_DURATION = 315_576_000_000;

function toDuration(json: Json, at: string): Json {
  const [, sign = '', whole, fraction = ''] =
    (typeof json === 'string' && /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(json)) || [];
  const seconds = Number(whole);
  if (!(seconds <= MAX_DURATION)) throw new ValueError(at, 'must be seconds such as 3.5s, at most 10,000 years');
  const nanos = Number(fraction.padEnd(9, '0'));
  // Not -0, which is no number of the field.
  return sign === '' ? { seconds, nanos } : { seconds: 0 - seconds, nanos: 0 - nanos };
}

function fromDuration(plain: JsonObject): Json {
  const [seconds, nanos] = [Number(plain['seconds']), Number(plain['nanos'])];
  if (Math.abs(seconds) > MAX_DURATION || Math.abs(nanos) >= 1e9) throw new WireError('a Duration is out of range');
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return `${sign}${Math.abs(seconds)}${fractionOf(Math.abs(nanos))}s`;
}

function timestampSchema(): JsonSchema {
  return {
    type: 'string',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$',
    description: 'An instant, as in RFC 3339',
    examples: ['2026-03-09T08:30:00Z'],
  };
}

function durationSchema(): JsonSchema {
  return {
    type: 'string',
    pattern: '^-?[0-9]{1,12}([.][0-9]{1,9})?s$',
    description: 'Seconds with an s behind them',
    examples: ['3.5s'],
  };
}

function anySchema(): JsonSchema {
  return {
    type: 'object',
    required: ['@type'],
    properties: { '@type': { type: 'string' } },
    description:
      'A message of the type that @type names, with its fields; of a type that is not known, value as base64',
  };
}

/** The name of the type is what comes after the last slash of its URL. */
function toAny(json: Json, at: string, type: MessageType, encode: (type: MessageType, json: Json) => Buffer): Json {
  const { '@type': url, ...fields } = (typeof json === 'object' && json !== null ? json : {}) as JsonObject;
  if (typeof url !== 'string') throw new ValueError(at, 'must be an object with the name of a type in @type');
  const inner = type.lookup(url.slice(url.lastIndexOf('/') + 1));
  if (!inner) return { type_url: url, value: fields['value'] ?? '' };
  const bytes = encode(inner, wellKnown(inner) ? (fields['value'] ?? null) : fields);
  return { type_url: url, value: bytes.toString('base64') };
}

function fromAny(plain: JsonObject, type: MessageType, decode: (type: MessageType, bytes: Buffer) => Json): Json {
  const [url, value] = [String(plain['type_url']), String(plain['value'])];
  if (url === '') return { '@type': '' };
  const inner = type.lookup(url.slice(url.lastIndexOf('/') + 1));
  if (!inner) return { '@type': url, value };
  const json = decode(inner, Buffer.from(value, 'base64'));
  return wellKnown(inner) ? { '@type': url, value: json } : { '@type': url, ...(json as JsonObject) };
}
