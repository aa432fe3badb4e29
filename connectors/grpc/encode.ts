import { type Json, pointerTo } from '../sdk/index.ts';
import { scalars, ValueError } from './scalars.ts';
import type { EnumType, Field, FieldType, MessageType } from './types.ts';
import { wellKnown } from './well-known.ts';
import { WIRE, WireWriter } from './wire.ts';

const MAX_DEPTH = 64;

/**
 * A message of its JSON form; fields are called as in the `.proto` file, `null` is as good as absent.
 *
 * @throws {ValueError} naming the first value that does not fit.
 */
export function encode(type: MessageType, value: Json, at = '', depth = 0): Buffer {
  const writer = new WireWriter();
  writeMessage(writer, type, value, at, depth);
  return writer.finish();
}

function writeMessage(writer: WireWriter, type: MessageType, value: Json, at: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new ValueError(at, `is nested deeper than ${MAX_DEPTH} levels`);
  const form = wellKnown(type);
  if (form) {
    const plain = form.toMessage(value, at, type, (inner, json) => encode(inner, json, at, depth + 1));
    // Fields that the JSON form does not show have no place in a pointer.
    return writeFields(writer, type, plain, { at, depth, isHidden: true });
  }
  writeFields(writer, type, value, { at, depth, isHidden: false });
}

interface Place {
  readonly at: string;
  readonly depth: number;
  readonly isHidden: boolean;
}

function writeFields(writer: WireWriter, type: MessageType, value: Json, { at, depth, isHidden }: Place): void {
  const object = objectOf(value, at);
  const taken = new Map<string, string>();
  for (const [name, item] of Object.entries(object)) {
    const here = isHidden ? at : at + pointerTo(name);
    const field = type.byName.get(name);
    if (!field) throw new ValueError(here, `${type.name} has no field of this name`);
    if (item === undefined || (item === null && !takesNull(field))) continue;
    if (field.oneof !== undefined) {
      const other = taken.get(field.oneof);
      if (other !== undefined) throw new ValueError(here, `cannot be set together with ${other}`);
      taken.set(field.oneof, name);
    }
    writeField(writer, field, item, here, depth);
  }
  for (const field of type.fields) {
    if (field.isRequired && (object[field.name] ?? null) === null)
      throw new ValueError(at, `the field ${field.name} is required`);
  }
}

function writeField(writer: WireWriter, field: Field, value: Json, at: string, depth: number): void {
  if (field.map) return writeMap(writer, field, field.map, value, at, depth);
  if (!field.isRepeated) {
    if (field.hasPresence || !isZero(field.type, value)) writeValue(writer, field.number, field.type, value, at, depth);
    return;
  }
  if (!Array.isArray(value)) throw new ValueError(at, 'must be a list');
  if (!field.isPacked || field.type.kind === 'message') {
    for (const [index, item] of value.entries())
      writeValue(writer, field.number, field.type, item as Json, `${at}/${index}`, depth);
    return;
  }
  if (value.length === 0) return;
  const packed = new WireWriter();
  for (const [index, item] of value.entries()) writeScalar(packed, field.type, item as Json, `${at}/${index}`);
  writer.tag(field.number, WIRE.bytes);
  writer.bytes(packed.finish());
}

function writeMap(
  writer: WireWriter,
  field: Field,
  { key, value }: { readonly key: Field; readonly value: Field },
  json: Json,
  at: string,
  depth: number,
): void {
  for (const [name, item] of Object.entries(objectOf(json, at))) {
    const here = at + pointerTo(name);
    const entry = new WireWriter();
    writeValue(entry, key.number, key.type, keyOf(key, name, here), here, depth);
    writeValue(entry, value.number, value.type, item ?? null, here, depth);
    writer.tag(field.number, WIRE.bytes);
    writer.bytes(entry.finish());
  }
}

/** Keys of an object are texts; those of a map may be numbers or booleans. */
function keyOf({ type }: Field, name: string, at: string): Json {
  if (type.kind !== 'scalar' || type.scalar !== 'bool') return name;
  if (name === 'true' || name === 'false') return name === 'true';
  throw new ValueError(at, 'must have true or false as its key');
}

function writeValue(writer: WireWriter, number: number, type: FieldType, value: Json, at: string, depth: number): void {
  if (type.kind !== 'message') {
    writer.tag(number, type.kind === 'enum' ? WIRE.varint : scalars[type.scalar].wire);
    writeScalar(writer, type, value, at);
  } else if (type.isGroup) {
    writer.tag(number, WIRE.startGroup);
    writeMessage(writer, type.message, value, at, depth + 1);
    writer.tag(number, WIRE.endGroup);
  } else {
    writer.tag(number, WIRE.bytes);
    writer.bytes(encode(type.message, value, at, depth + 1));
  }
}

function writeScalar(writer: WireWriter, type: FieldType, value: Json, at: string): void {
  if (type.kind === 'scalar') scalars[type.scalar].write(writer, value, at);
  else if (type.kind === 'enum') writer.int32(enumNumber(type.enum, value, at));
}

function enumNumber(type: EnumType, value: Json, at: string): number {
  const number = typeof value === 'string' ? type.byName.get(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number;
  if (type.name === 'google.protobuf.NullValue' && value === null) return 0;
  throw new ValueError(at, `must be one of ${[...type.byName.keys()].slice(0, 20).join(', ')}`);
}

function isZero(type: FieldType, value: Json): boolean {
  if (type.kind === 'scalar') return scalars[type.scalar].isZero(value);
  return type.kind === 'enum' && (type.enum.byName.get(String(value)) ?? value) === 0;
}

/** `null` is a value of its own where any JSON goes. */
function takesNull({ type }: Field): boolean {
  if (type.kind === 'message') return type.message.name === 'google.protobuf.Value';
  return type.kind === 'enum' && type.enum.name === 'google.protobuf.NullValue';
}

function objectOf(value: Json, at: string): { readonly [key: string]: Json } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as { [key: string]: Json };
  throw new ValueError(at, 'must be an object');
}
