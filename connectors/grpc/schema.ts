import type { Json } from '../sdk/index.ts';
import type { EnumType, Field, FieldType, MessageType, Scalar } from './types.ts';
import { wellKnown } from './well-known.ts';

type Schema = { readonly [keyword: string]: Json };
type Direction = 'request' | 'response';

/**
 * The JSON Schema of a message; those within it are under `$defs`.
 *
 * A request has no fields but those of the message, and requires none, since Protocol Buffers have a value for what is
 * absent. A response may have more tomorrow, and always has the fields without presence.
 *
 * @throws {TypesError} if a type leads nowhere.
 */
export function schemaOf(type: MessageType, direction: Direction): Json {
  return new SchemaMaker(direction).whole(type);
}

/** Of the answer of a method that streams. @throws {TypesError} as {@link schemaOf} does. */
export function collectedSchemaOf(type: MessageType, maxMessages: number): Json {
  return new SchemaMaker('response').collected(type, maxMessages);
}

class SchemaMaker {
  readonly #direction: Direction;
  readonly #defs = new Map<string, Json>();
  readonly #names = new Map<string, string>();

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  whole(type: MessageType): Json {
    if (wellKnown(type)) return this.#message(type);
    const root = this.#object(type);
    if (this.#defs.size === 0) return root;
    return { ...root, $defs: Object.fromEntries(this.#defs) };
  }

  collected(type: MessageType, maxMessages: number): Json {
    const items = this.#message(type);
    return {
      type: 'object',
      properties: { messages: { type: 'array', items, maxItems: maxMessages } },
      required: ['messages'],
      ...(this.#defs.size > 0 && { $defs: Object.fromEntries(this.#defs) }),
    };
  }

  #message(type: MessageType): Json {
    const form = wellKnown(type);
    if (form) return typeof form.schema === 'function' ? form.schema(this.#direction) : form.schema;
    let name = this.#names.get(type.name);
    if (name === undefined) {
      name = type.name;
      this.#names.set(type.name, name);
      // Its place first: it may hold itself.
      this.#defs.set(name, true);
      this.#defs.set(name, this.#object(type));
    }
    return { $ref: `#/$defs/${name}` };
  }

  #object(type: MessageType): Schema {
    const always = type.fields.filter(
      (field) => field.isRequired || (this.#direction === 'response' && !field.hasPresence && !field.oneof),
    );
    const exclusive = this.#direction === 'request' ? oneofsOf(type).map(atMostOne) : [];
    return {
      type: 'object',
      ...(type.description !== undefined && { description: type.description }),
      properties: Object.fromEntries(type.fields.map((field) => [field.name, this.#field(field)])),
      ...(always.length > 0 && { required: always.map(({ name }) => name) }),
      ...(this.#direction === 'request' && { additionalProperties: false }),
      ...(exclusive.length > 0 && { allOf: exclusive }),
    };
  }

  #field(field: Field): Json {
    const schema = this.#valueOrList(field);
    const words = [field.description, field.oneof && `At most one of the group ${field.oneof} is set.`];
    const description = words.filter((each) => each !== undefined && each !== '').join(' ');
    if (description === '' || typeof schema !== 'object') return schema;
    return { ...(schema as Schema), description };
  }

  #valueOrList(field: Field): Json {
    if (field.map) return this.#map(field.map);
    const value = this.#value(field.type);
    return field.isRepeated ? { type: 'array', items: value } : value;
  }

  #map({ key, value }: { readonly key: Field; readonly value: Field }): Json {
    const pattern = key.type.kind === 'scalar' ? KEY_PATTERNS[key.type.scalar] : undefined;
    return {
      type: 'object',
      ...(pattern !== undefined && { propertyNames: { pattern } }),
      additionalProperties: this.#value(value.type),
    };
  }

  #value(type: FieldType): Json {
    if (type.kind === 'message') return this.#message(type.message);
    if (type.kind === 'enum') return this.#enum(type.enum);
    return SCALARS[type.scalar](this.#direction);
  }

  /** A newer service can answer with a value that is not known here: then it is its number. */
  #enum(type: EnumType): Json {
    if (type.name === 'google.protobuf.NullValue') return { type: 'null' };
    const names = { enum: [...type.byName.keys()] };
    const description = type.description === undefined ? {} : { description: type.description };
    return this.#direction === 'request'
      ? { ...names, ...description }
      : { anyOf: [names, { type: 'integer' }], ...description };
  }
}

/** Past this the pairs get long; the connector refuses two of them anyway. */
const MAX_ONEOF = 8;

function oneofsOf({ fields }: MessageType): readonly (readonly Field[])[] {
  const names = new Set(fields.flatMap(({ oneof }) => (oneof === undefined ? [] : [oneof])));
  return [...names]
    .map((name) => fields.filter(({ oneof }) => oneof === name))
    .filter(({ length }) => length > 1 && length <= MAX_ONEOF);
}

function atMostOne(fields: readonly Field[]): Json {
  return {
    not: {
      anyOf: fields.flatMap((first, index) =>
        fields.slice(index + 1).map((second) => ({ required: [first.name, second.name] })),
      ),
    },
  };
}

const whole = (minimum: number, maximum: number) => () => ({ type: 'integer', minimum, maximum });
const signed = whole(-(2 ** 31), 2 ** 31 - 1);
const unsigned = whole(0, 2 ** 32 - 1);
/** Answered as a text of digits; taken as a number too. */
const long = (pattern: string) => (direction: Direction) =>
  direction === 'response' ? { type: 'string' } : { type: ['string', 'integer'], pattern };
const real = (direction: Direction) =>
  direction === 'response'
    ? { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] }
    : { type: 'number' };

const SCALARS: Readonly<Record<Scalar, (direction: Direction) => Json>> = {
  double: real,
  float: real,
  int32: signed,
  sint32: signed,
  sfixed32: signed,
  uint32: unsigned,
  fixed32: unsigned,
  int64: long('^-?[0-9]{1,19}$'),
  sint64: long('^-?[0-9]{1,19}$'),
  sfixed64: long('^-?[0-9]{1,19}$'),
  uint64: long('^[0-9]{1,20}$'),
  fixed64: long('^[0-9]{1,20}$'),
  bool: () => ({ type: 'boolean' }),
  string: () => ({ type: 'string' }),
  bytes: () => ({ type: 'string', contentEncoding: 'base64' }),
};

const KEY_PATTERNS: Readonly<Partial<Record<Scalar, string>>> = {
  bool: '^(true|false)$',
  ...Object.fromEntries(['int32', 'sint32', 'sfixed32'].map((each) => [each, '^-?[0-9]{1,10}$'])),
  ...Object.fromEntries(['uint32', 'fixed32'].map((each) => [each, '^[0-9]{1,10}$'])),
  ...Object.fromEntries(['int64', 'sint64', 'sfixed64'].map((each) => [each, '^-?[0-9]{1,19}$'])),
  ...Object.fromEntries(['uint64', 'fixed64'].map((each) => [each, '^[0-9]{1,20}$'])),
};
