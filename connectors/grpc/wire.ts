/** Bytes that are no message of the expected type. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** How a field's value is laid out; the lower three bits of its tag. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** Reads the wire format of Protocol Buffers within one message; nothing is read past its end. */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** Number and layout of the next field. */
  tag(): { readonly number: number; readonly wire: number } {
    const tag = this.uint32();
    const number = tag >>> 3;
    if (number === 0) throw new WireError('a field has the number 0');
    return { number, wire: tag & 7 };
  }

  /** The lower 32 bits of a varint, as the format wants it of every type that has no more. */
  uint32(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new WireError('a varint has more than 10 bytes');
  }

  int32(): number {
    return this.uint32() | 0;
  }

  uint64(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError('a varint has more than 10 bytes');
  }

  fixed32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  sfixed32(): number {
    return this.#bytes.readInt32LE(this.#take(4));
  }

  fixed64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#take(8));
  }

  float(): number {
    return this.#bytes.readFloatLE(this.#take(4));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const length = this.uint32();
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The message, packed list or text that comes next. */
  within(): WireReader {
    const length = this.uint32();
    const start = this.#take(length);
    return new WireReader(this.#bytes, start, start + length);
  }

  skip(wire: number, number: number, depth = 0): void {
    if (wire === WIRE.varint) this.uint32();
    else if (wire === WIRE.fixed64) this.#take(8);
    else if (wire === WIRE.bytes) this.#take(this.uint32());
    else if (wire === WIRE.fixed32) this.#take(4);
    else if (wire === WIRE.startGroup) this.#skipGroup(number, depth + 1);
    else throw new WireError(`field ${number} has a layout that there is not here (${wire})`);
  }

  #skipGroup(group: number, depth: number): void {
    if (depth > 64) throw new WireError('groups are nested deeper than 64 levels');
    for (;;) {
      const { number, wire } = this.tag();
      if (wire === WIRE.endGroup && number === group) return;
      this.skip(wire, number, depth);
    }
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? 0;
  }

  /** Where `length` bytes begin that are there. */
  #take(length: number): number {
    const start = this.#at;
    if (length > this.#end - start) throw new WireError('it ends in the middle of a field');
    this.#at = start + length;
    return start;
  }
}

/** Writes the wire format into a buffer that grows. */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  tag(number: number, wire: number): void {
    this.uint32(((number << 3) | wire) >>> 0);
  }

  uint32(value: number): void {
    this.#room(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Negative numbers take ten bytes, as the format has it. */
  int32(value: number): void {
    if (value < 0) this.uint64(BigInt.asUintN(64, BigInt(value)));
    else this.uint32(value);
  }

  uint64(value: bigint): void {
    this.#room(10);
    let rest = value;
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  fixed32(value: number): void {
    this.#room(4);
    this.#length = this.#bytes.writeUInt32LE(value >>> 0, this.#length);
  }

  fixed64(value: bigint): void {
    this.#room(8);
    this.#length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length);
  }

  float(value: number): void {
    this.#room(4);
    this.#length = this.#bytes.writeFloatLE(value, this.#length);
  }

  double(value: number): void {
    this.#room(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
