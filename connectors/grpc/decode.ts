import type { Json } from '../sdk/index.ts';
import { scalars } from './scalars.ts';
import type { EnumType, Field, FieldType, MessageType } from './types.ts';
import { wellKnown } from './well-known.ts';
import { WIRE, WireError, WireReader } from './wire.ts';

const MAX_DEPTH = 64;

/** How much JSON may become of a message; a few bytes can stand for many defaults. */
export class Budget {
  #left: number;

  /** @param characters of JSON, roughly */
  constructor(characters: number) {
    this.#left = characters;
  }

  /** @throws {BudgetError} once it is spent. */
  take(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw new BudgetError('it makes more JSON than is allowed');
  }
}

export class BudgetError extends Error {
  override readonly name = 'BudgetError';
}

/**
 * The JSON form of a message: fields without presence are always there, others if they are set. What the type does not
 * know is passed over.
 *
 * @throws {WireError} if the bytes are no such message, {@link BudgetError} if they make too much JSON.
 */
export function decode(type: MessageType, bytes: Buffer, budget = new Budget(64 * 1_048_576)): Json {
  return readMessage(new WireReader(bytes), type, { budget, depth: 0 });
}

interface Reading {
  readonly budget: Budget;
  readonly depth: number;
}

type Draft = { [name: string]: Json };

function readMessage(reader: WireReader, type: MessageType, reading: Reading, group?: number): Json {
  if (reading.depth > MAX_DEPTH) throw new WireError(`it is nested deeper than ${MAX_DEPTH} levels`);
  const draft: Draft = {};
  readFields(reader, type, draft, reading, group);
  reading.budget.take(2);
  const form = wellKnown(type);
  if (!form) return withZeros(type, draft, reading.budget);
  const plain = withZeros(type, draft, undefined);
  return form.fromMessage(plain, type, (inner, bytes) =>
    readMessage(new WireReader(bytes), inner, { ...reading, depth: reading.depth + 1 }),
  );
}

function readFields(
  reader: WireReader,
  type: MessageType,
  draft: Draft,
  reading: Reading,
  group: number | undefined,
): void {
  while (!reader.isAtEnd) {
    const { number, wire } = reader.tag();
    if (wire === WIRE.endGroup) {
      if (number === group) return;
      throw new WireError('a group ends that has not begun');
    }
    const field = type.byNumber.get(number);
    if (!field || !fits(field, wire)) reader.skip(wire, number);
    else readField(reader, field, wire, draft, { ...reading, depth: reading.depth + 1 }, type);
  }
  if (group !== undefined) throw new WireError('a group does not end');
}

/** Lists of numbers come packed or one by one, whatever the type says. */
function fits({ type, isRepeated }: Field, wire: number): boolean {
  if (type.kind === 'message') return wire === (type.isGroup ? WIRE.startGroup : WIRE.bytes);
  const own = type.kind === 'enum' ? WIRE.varint : scalars[type.scalar].wire;
  return wire === own || (isRepeated && wire === WIRE.bytes);
}

function readField(
  reader: WireReader,
  field: Field,
  wire: number,
  draft: Draft,
  reading: Reading,
  type: MessageType,
): void {
  const { name } = field;
  if (field.map) {
    const map = (draft[name] ?? {}) as Draft; // made here
    draft[name] = map;
    return readEntry(reader, field.map, map, reading);
  }
  if (!field.isRepeated) {
    if (field.oneof !== undefined) clearOneof(type, field, draft);
    draft[name] = readValue(reader, field, reading);
    return;
  }
  const list = (draft[name] ?? []) as Json[]; // made here
  draft[name] = list;
  const isPacked = wire === WIRE.bytes && !isLong(field.type);
  if (!isPacked) {
    list.push(readValue(reader, field, reading));
    return;
  }
  const packed = reader.within();
  while (!packed.isAtEnd) list.push(readValue(packed, field, reading));
}

/** The last one counts. */
function clearOneof(type: MessageType, { oneof, name }: Field, draft: Draft): void {
  for (const other of type.fields) if (other.oneof === oneof && other.name !== name) delete draft[other.name];
}

const isLong = (type: FieldType) =>
  type.kind === 'message' || (type.kind === 'scalar' && scalars[type.scalar].wire === WIRE.bytes);

function readEntry(
  reader: WireReader,
  { key, value }: { readonly key: Field; readonly value: Field },
  map: Draft,
  reading: Reading,
): void {
  const entry = reader.within();
  let name: Json = zeroOf(key);
  let item: Json | undefined;
  while (!entry.isAtEnd) {
    const { number, wire } = entry.tag();
    if (number === key.number && fits(key, wire)) name = readValue(entry, key, reading);
    else if (number === value.number && fits(value, wire)) item = readValue(entry, value, reading);
    else entry.skip(wire, number);
  }
  const text = String(name);
  if (text === '__proto__') throw new WireError('a map has the key __proto__');
  reading.budget.take(text.length + 4);
  map[text] =
    item ?? (value.type.kind === 'message' ? readMessage(EMPTY(), value.type.message, reading) : zeroOf(value));
}

const EMPTY = () => new WireReader(Buffer.alloc(0));

function readValue(reader: WireReader, field: Field, reading: Reading): Json {
  const { type } = field;
  if (type.kind === 'message')
    return type.isGroup
      ? readMessage(reader, type.message, reading, field.number)
      : readMessage(reader.within(), type.message, reading);
  const value = type.kind === 'enum' ? enumName(type.enum, reader.int32()) : scalars[type.scalar].read(reader);
  reading.budget.take(typeof value === 'string' ? value.length + 3 : 5);
  return value;
}

/** A value that the type does not know, from a newer service, keeps its number. */
function enumName(type: EnumType, number: number): Json {
  if (type.name === 'google.protobuf.NullValue') return null;
  return type.byNumber.get(number) ?? number;
}

function zeroOf({ type }: Field): Json {
  if (type.kind === 'scalar') return scalars[type.scalar].zero;
  return type.kind === 'enum' ? type.enum.zero : {};
}

/** In the order of the type. */
function withZeros(type: MessageType, draft: Draft, budget: Budget | undefined): Draft {
  const whole: Draft = {};
  for (const field of type.fields) {
    const value = Object.hasOwn(draft, field.name) ? draft[field.name] : zero(field);
    if (value === undefined) {
      if (field.isRequired) throw new WireError(`the field ${field.name} is missing`);
      continue;
    }
    budget?.take(field.name.length + 4);
    whole[field.name] = value;
  }
  return whole;
}

function zero(field: Field): Json | undefined {
  if (field.map) return {};
  if (field.isRepeated) return [];
  return field.hasPresence ? undefined : zeroOf(field);
}
