import type { Json } from '../sdk/index.ts';
import type { Scalar } from './types.ts';
import { WIRE, WireError, type WireReader, type WireWriter } from './wire.ts';

/** A value that a field cannot hold; the pointer leads to it from the whole input. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
  readonly pointer: string;

  constructor(pointer: string, message: string) {
    super(message);
    this.pointer = pointer;
  }
}

interface Codec {
  readonly wire: number;
  /** What an absent field without presence stands for. */
  readonly zero: Json;
  /** @throws {ValueError} */
  write(writer: WireWriter, value: Json, at: string): void;
  read(reader: WireReader): Json;
  /** Whether the value is the zero value, which is not sent unless the field has presence. */
  isZero(value: Json): boolean;
}

const RANGES = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  sint32: [-(2 ** 31), 2 ** 31 - 1],
  sfixed32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  fixed32: [0, 2 ** 32 - 1],
} as const;

function whole32(scalar: keyof typeof RANGES): (value: Json, at: string) => number {
  const [min, max] = RANGES[scalar];
  return (value, at) => {
    const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
    throw new ValueError(at, `must be a whole number from ${min} to ${max}`);
  };
}

/** 64 bits as a text of digits; a number only if a double has not rounded it. */
function whole64(isSigned: boolean): (value: Json, at: string) => bigint {
  const [min, max] = isSigned ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  return (value, at) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw new ValueError(at, 'must be a whole number; beyond ±(2^53 − 1) a text of its digits');
    const isText = typeof value === 'string' && /^-?\d{1,20}$/.test(value);
    if (!isText && typeof value !== 'number')
      throw new ValueError(at, 'must be a whole number or a text of its digits');
    const number = BigInt(value);
    if (number < min || number > max) throw new ValueError(at, `must be from ${min} to ${max}`);
    return number;
  };
}

function real(value: Json, at: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity' || value === '-Infinity') return value === 'Infinity' ? Infinity : -Infinity;
  const number = typeof value === 'string' && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : NaN;
  if (Number.isFinite(number)) return number;
  throw new ValueError(at, 'must be a number, or NaN, Infinity or -Infinity as a text');
}

const fromReal = (value: number): Json => (Number.isFinite(value) ? value : String(value));
const isZeroNumber = (value: Json) => value === 0 || value === '0' || value === '-0';
const zigzag32 = (value: number) => ((value << 1) ^ (value >> 31)) >>> 0;
const zigzag64 = (value: bigint) => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function text(value: Json, at: string): Buffer {
  if (typeof value !== 'string') throw new ValueError(at, 'must be a string');
  if (/\p{Surrogate}/u.test(value)) throw new ValueError(at, 'has half of a surrogate pair, which is no text');
  return Buffer.from(value, 'utf8');
}

function readText(reader: WireReader): string {
  const bytes = reader.bytes();
  try {
    return utf8.decode(bytes);
  } catch {
    throw new WireError('a string is not UTF-8');
  }
}

function base64(value: Json, at: string): Buffer {
  // Written with + and / or, as in URLs, with - and _; with or without the padding.
  if (typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return Buffer.from(value, 'base64');
  throw new ValueError(at, 'must be bytes as base64');
}

function numeric32(
  scalar: keyof typeof RANGES,
  wire: number,
  codec: {
    write(writer: WireWriter, value: number): void;
    read(reader: WireReader): number;
  },
): Codec {
  const parse = whole32(scalar);
  return {
    wire,
    zero: 0,
    write: (writer, value, at) => codec.write(writer, parse(value, at)),
    read: codec.read,
    isZero: isZeroNumber,
  };
}

function numeric64(
  isSigned: boolean,
  wire: number,
  codec: {
    write(writer: WireWriter, value: bigint): void;
    read(reader: WireReader): bigint;
  },
): Codec {
  const parse = whole64(isSigned);
  return {
    wire,
    zero: '0',
    write: (writer, value, at) => codec.write(writer, parse(value, at)),
    read: (reader) => codec.read(reader).toString(),
    isZero: isZeroNumber,
  };
}

/** JSON form and layout of every scalar: 64 bits are texts of digits, bytes base64. */
export const scalars: Readonly<Record<Scalar, Codec>> = {
  int32: numeric32('int32', WIRE.varint, {
    write: (writer, value) => writer.int32(value),
    read: (reader) => reader.int32(),
  }),
  uint32: numeric32('uint32', WIRE.varint, {
    write: (writer, value) => writer.uint32(value),
    read: (reader) => reader.uint32(),
  }),
  sint32: numeric32('sint32', WIRE.varint, {
    write: (writer, value) => writer.uint32(zigzag32(value)),
    read: (reader) => {
      const value = reader.uint32();
      return (value >>> 1) ^ -(value & 1);
    },
  }),
  fixed32: numeric32('fixed32', WIRE.fixed32, {
    write: (writer, value) => writer.fixed32(value),
    read: (reader) => reader.fixed32(),
  }),
  sfixed32: numeric32('sfixed32', WIRE.fixed32, {
    write: (writer, value) => writer.fixed32(value),
    read: (reader) => reader.sfixed32(),
  }),
  int64: numeric64(true, WIRE.varint, {
    write: (writer, value) => writer.uint64(BigInt.asUintN(64, value)),
    read: (reader) => BigInt.asIntN(64, reader.uint64()),
  }),
  uint64: numeric64(false, WIRE.varint, {
    write: (writer, value) => writer.uint64(value),
    read: (reader) => reader.uint64(),
  }),
  sint64: numeric64(true, WIRE.varint, {
    write: (writer, value) => writer.uint64(zigzag64(value)),
    read: (reader) => {
      const value = reader.uint64();
      return (value >> 1n) ^ -(value & 1n);
    },
  }),
  fixed64: numeric64(false, WIRE.fixed64, {
    write: (writer, value) => writer.fixed64(value),
    read: (reader) => reader.fixed64(),
  }),
  sfixed64: numeric64(true, WIRE.fixed64, {
    write: (writer, value) => writer.fixed64(value),
    read: (reader) => BigInt.asIntN(64, reader.fixed64()),
  }),
  float: {
    wire: WIRE.fixed32,
    zero: 0,
    write: (writer, value, at) => {
      const number = real(value, at);
      if (Number.isFinite(number) && !Number.isFinite(Math.fround(number)))
        throw new ValueError(at, 'is too large for a float');
      writer.float(number);
    },
    // The shortest number that is the same float: 0.1, not 0.10000000149011612.
    read: (reader) => {
      const value = reader.float();
      return Number.isFinite(value) ? shortest(value) : String(value);
    },
    isZero: isZeroNumber,
  },
  double: {
    wire: WIRE.fixed64,
    zero: 0,
    write: (writer, value, at) => writer.double(real(value, at)),
    read: (reader) => fromReal(reader.double()),
    isZero: isZeroNumber,
  },
  bool: {
    wire: WIRE.varint,
    zero: false,
    write: (writer, value, at) => {
      if (typeof value !== 'boolean') throw new ValueError(at, 'must be true or false');
      writer.uint32(value ? 1 : 0);
    },
    read: (reader) => reader.uint64() !== 0n,
    isZero: (value) => value === false,
  },
  string: {
    wire: WIRE.bytes,
    zero: '',
    write: (writer, value, at) => writer.bytes(text(value, at)),
    read: readText,
    isZero: (value) => value === '',
  },
  bytes: {
    wire: WIRE.bytes,
    zero: '',
    write: (writer, value, at) => writer.bytes(base64(value, at)),
    read: (reader) => reader.bytes().toString('base64'),
    isZero: (value) => value === '',
  },
};

function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}
