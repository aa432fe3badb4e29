import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import type { Json } from '../sdk/index.ts';
import { Budget, decode } from './decode.ts';
import { encode } from './encode.ts';
import { readProtos } from './proto-text.ts';
import { resolveTypes } from './resolve.ts';
import { scalars } from './scalars.ts';
import type { MessageType, Scalar } from './types.ts';
import { WireError } from './wire.ts';

const words = Object.keys(scalars) as readonly Scalar[]; // the keys of a record of them
/** Of maps. The library confuses false and true, and keys of 64 bits, when it writes again what it has read. */
const keys = words.filter((word) => word === 'string' || word.endsWith('32'));
const lines = [
  ...words.map((word, index) => `${word} one_${word} = ${index + 1};`),
  ...words.map((word, index) => `repeated ${word} many_${word} = ${index + 21};`),
  ...words.map((word, index) => `optional ${word} maybe_${word} = ${index + 41};`),
  ...keys.map((word, index) => `map<${word}, All> by_${word} = ${index + 61};`),
  'map<bool, string> flags = 90; map<int64, All> by_int64 = 91; Kind kind = 81; repeated Kind kinds = 82; optional Kind maybe_kind = 83; map<string, Kind> kind_of = 84;',
  'All inner = 85; repeated All inners = 86;',
  'oneof choice { string left = 87; All right = 88; int64 number = 89; }',
];
const proto = `syntax = "proto3"; package t; enum Kind { NONE = 0; SOME = 1; LESS = -1; } message All { ${lines.join('\n')} }`;

const typesOf = async (text: string) => resolveTypes(await readProtos({ 'a.proto': text }));
const typeOf = async (text: string, name: string): Promise<MessageType> =>
  (await typesOf(text)).message(name) ?? expect.fail(`there is no ${name}`);
const all = await typeOf(proto, 't.All');
const oracle = protobuf.parse(proto, { keepCase: true }).root.resolveAll().lookupTypeOrEnum('t.All') as protobuf.Type; // it is one
const asJson = {
  longs: String,
  enums: String,
  bytes: String,
  defaults: true,
  arrays: true,
  objects: true,
  json: true,
} as const;

const whole = (min: bigint, max: bigint) => fc.bigInt(min, max);
const int32 = fc.integer();
const uint32 = fc.nat(0xffff_ffff);
const int64 = whole(-(2n ** 63n), 2n ** 63n - 1n).map(String);
const uint64 = whole(0n, 2n ** 64n - 1n).map(String);
const values: Readonly<Record<Scalar, fc.Arbitrary<Json>>> = {
  double: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom('NaN', 'Infinity', '-Infinity'),
  ),
  // What the shortest text of a float says in full.
  float: fc.integer({ min: -30_000, max: 30_000 }).map((quarters) => quarters / 4),
  int32,
  sint32: int32,
  sfixed32: int32,
  uint32,
  fixed32: uint32,
  int64,
  sint64: int64,
  sfixed64: int64,
  uint64,
  fixed64: uint64,
  bool: fc.boolean(),
  string: fc.string({ unit: 'binary' }),
  bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
};
const kind = fc.constantFrom('NONE', 'SOME', 'LESS');
const mapKey = (word: Scalar) => values[word].map(String).filter((key) => key !== '__proto__');
const { message } = fc.letrec((tie) => ({
  message: fc.record(
    {
      ...Object.fromEntries(words.map((word) => [`one_${word}`, values[word]])),
      ...Object.fromEntries(words.map((word) => [`many_${word}`, fc.array(values[word], { maxLength: 3 })])),
      ...Object.fromEntries(words.map((word) => [`maybe_${word}`, values[word]])),
      ...Object.fromEntries(
        keys.map((word) => [`by_${word}`, fc.dictionary(mapKey(word), tie('leaf'), { maxKeys: 2 })]),
      ),
      kind,
      kinds: fc.array(kind, { maxLength: 3 }),
      maybe_kind: kind,
      kind_of: fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        kind,
        { maxKeys: 2 },
      ),
      inner: tie('leaf'),
      inners: fc.array(tie('leaf'), { maxLength: 2 }),
      right: tie('leaf'),
    },
    { requiredKeys: [] },
  ),
  leaf: fc.record({ one_string: values.string, maybe_int64: int64, number: int64 }, { requiredKeys: [] }),
}));

test('messages are the same bytes and the same JSON as the reference library makes of them', () => {
  fc.assert(
    fc.property(message, (json) => {
      const bytes = encode(all, json as Json);
      // The library reads what was written here …
      const theirs = oracle.toObject(oracle.decode(bytes), asJson);
      // … and what it writes is read here.
      const ours = decode(all, Buffer.from(oracle.encode(oracle.decode(bytes)).finish()));
      expect(ours).toEqual(decode(all, bytes));
      expect(plain(ours)).toEqual(plain(theirs as Json));
      for (const [name, value] of Object.entries(json as object))
        expect(plain((ours as never)[name])).toEqual(plain(filled(name, value)));
    }),
    { numRuns: 200 },
  );
});

/** Without what only one of the two shows: absent parts, and the sign of zero. */
function plain(value: Json | undefined): Json {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const entries = Object.entries(value).filter(
    ([name, item]) => !name.startsWith('_') && name !== 'choice' && item !== null,
  );
  return Object.fromEntries(entries.map(([name, item]) => [name, plain(item as Json)]));
}

/** What is given in part comes back whole. */
function filled(name: string, value: Json): Json {
  const whole = (leaf: Json) => decode(all, encode(all, leaf));
  if (/^(?:inner|right)$/.test(name)) return whole(value);
  if (name === 'inners') return (value as readonly Json[]).map(whole);
  if (!name.startsWith('by_')) return value;
  return Object.fromEntries(Object.entries(value as object).map(([key, leaf]) => [key, whole(leaf)]));
}

test('keys that are no texts are written as texts', () => {
  const json = { flags: { true: 'yes', false: 'no' }, by_int64: { '-9007199254740993': {} } };
  expect(decode(all, encode(all, json))).toMatchObject(json);
  expect(() => encode(all, { flags: { maybe: 'x' } })).toThrow('true or false as its key');
});

test('whatever bytes come, they are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decode(all, Buffer.from(bytes), new Budget(100_000));
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a message cut off anywhere is read in part or refused', () => {
  const bytes = encode(all, { one_string: '您好', by_string: { a: { one_int64: '-1' } }, many_double: [1.5, 'NaN'] });
  for (let length = 0; length < bytes.length; length += 1) {
    try {
      decode(all, bytes.subarray(0, length));
    } catch (error) {
      expect(error).toBeInstanceOf(WireError);
    }
  }
});

test('messages within each other without end are refused on both ways', () => {
  let json: Json = {};
  for (let depth = 0; depth < 80; depth += 1) json = { inner: json };
  expect(() => encode(all, json)).toThrow('nested deeper than 64');
  let bytes: Uint8Array = new Uint8Array();
  for (let depth = 0; depth < 80; depth += 1) bytes = oracle.encode({ inner: oracle.decode(bytes) }).finish();
  expect(() => decode(all, Buffer.from(bytes))).toThrow('nested deeper than 64');
});

test('two of a oneof are refused; of those that come the last counts', () => {
  expect(() => encode(all, { left: 'a', number: 1 })).toThrow('cannot be set together with left');
  const both = Buffer.concat([encode(all, { left: 'a' }), encode(all, { number: 0 })]);
  expect(decode(all, both)).toMatchObject({ number: '0' });
  expect(decode(all, both)).not.toHaveProperty('left');
});

test('a value of an enumeration that is not known keeps its number', () => {
  expect(decode(all, encode(all, { kind: 7 }))).toMatchObject({ kind: 7 });
  expect(() => encode(all, { kind: 'OTHER' })).toThrow('must be one of NONE, SOME, LESS');
});

test('a key that no object should have is refused', () => {
  const writer = new protobuf.Writer();
  const number = all.byName.get('by_string')?.number ?? 0;
  writer
    .uint32((number << 3) | 2)
    .fork()
    .uint32(10)
    .string('__proto__')
    .ldelim();
  expect(() => decode(all, Buffer.from(writer.finish()))).toThrow('the key __proto__');
});

describe('types that everybody has', () => {
  const text = `syntax = "proto3"; package t;
    import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/wrappers.proto";
    import "google/protobuf/struct.proto"; import "google/protobuf/any.proto"; import "google/protobuf/field_mask.proto";
    message W { google.protobuf.Timestamp at = 1; google.protobuf.Duration for = 2; google.protobuf.Int64Value n = 3;
      google.protobuf.BoolValue b = 4; google.protobuf.Struct s = 5; google.protobuf.Value v = 6; google.protobuf.ListValue l = 7;
      google.protobuf.Any a = 8; google.protobuf.FieldMask m = 9; google.protobuf.BytesValue y = 10; }
    message Part { string id = 1; }`;

  test.each([
    { at: '2026-03-09T08:30:00Z' },
    { at: '1969-12-31T23:59:59.500Z' },
    { at: '9999-12-31T23:59:59.999999999Z' },
    { for: '3.500s' },
    { for: '-0.000000001s' },
    { for: '0s' },
    { n: '9007199254740993' },
    { n: '0' },
    { b: false },
    { y: 'AAE=' },
    { s: { a: [1, 'x', null, true, { b: {} }], c: -0.5 } },
    { v: null },
    { v: [[], {}] },
    { l: [null, 1] },
    { m: 'a.b,c' },
    { a: { '@type': 'type.googleapis.com/t.Part', id: '7' } },
    { a: { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' } },
    { a: { '@type': 'type.googleapis.com/t.Gone', value: 'AAE=' } },
  ])('%j comes back as it went', async (json) => {
    const type = await typeOf(text, 't.W');
    expect(decode(type, encode(type, json))).toEqual(json);
  });

  test.each([
    [{ at: 'yesterday' }, '/at must be an instant'],
    [{ at: '2026-13-01T00:00:00Z' }, '/at must be an instant'],
    [{ for: '3 s' }, '/for must be seconds'],
    [{ s: [] }, '/s must be an object'],
    [{ a: {} }, '/a must be an object with the name of a type'],
  ])('%j is refused', async (json, words) => {
    const type = await typeOf(text, 't.W');
    const error = await Promise.resolve()
      .then(() => encode(type, json))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ValueError' });
    const { pointer, message: said } = error as { pointer: string; message: string };
    expect(`${pointer} ${said}`).toContain(words);
  });

  test('an instant with another zone is the same instant', async () => {
    const type = await typeOf(text, 't.W');
    expect(decode(type, encode(type, { at: '2026-03-09T16:30:00.5+08:00' }))).toEqual({
      at: '2026-03-09T08:30:00.500Z',
    });
  });
});

test('groups, required fields and closed enumerations of proto2 are read and written', async () => {
  const text = `syntax = "proto2"; package t; message Old { required string id = 1; repeated group Row = 2 { optional int32 n = 3; } }`;
  const type = await typeOf(text, 't.Old');
  const theirs = protobuf.parse(text, { keepCase: true }).root.resolveAll().lookupTypeOrEnum('t.Old') as protobuf.Type; // it is one
  const [, rows] = type.fields;
  const json = { id: 'a', [rows?.name ?? '']: [{ n: 1 }, {}] };
  const bytes = encode(type, json);
  expect(theirs.toObject(theirs.decode(bytes))).toEqual(json);
  expect(decode(type, bytes)).toEqual(json);
  expect(() => encode(type, {})).toThrow('the field id is required');
  expect(() => decode(type, Buffer.alloc(0))).toThrow('the field id is missing');
});
