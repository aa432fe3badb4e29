import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { FakeGroup } from './fake-group.ts';

/**
 * A stand-in for a Kafka broker, for tests only: it speaks as much of the wire protocol as the connector needs, in old
 * versions of it, and keeps everything in memory. It shows that the connector does its part of the protocol; it is **no
 * proof** that a real broker does its own. Set HEDDLE_TEST_KAFKA to test against one.
 */
export interface FakeBroker {
  readonly port: number;
  createTopic(name: string, partitions: number): void;
  close(): Promise<void>;
}

/** What of the library's own wire primitives is used here; they are not in its types. */
interface Encoder {
  readonly buffer: Buffer;
  writeInt8(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: number | bigint | string): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeString(value: string | null): Encoder;
  writeBytes(value: Buffer): Encoder;
  writeArray(values: readonly Encoder[] | readonly number[]): Encoder;
}
interface Decoder {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readString(): string;
  readBytes(): Buffer;
  readArray<Item>(read: (decoder: Decoder) => Item): Item[];
}

const load = createRequire(import.meta.url);
const EncoderClass = load('kafkajs/src/protocol/encoder.js') as new () => Encoder; // what that file exports
const DecoderClass = load('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => Decoder;

const NONE = 0;
const OFFSET_OUT_OF_RANGE = 1;
const UNKNOWN_TOPIC = 3;
/** Where a record batch has the offset of its last record, relative to its first. */
const LAST_OFFSET_DELTA_AT = 23;

interface Partition {
  readonly batches: { readonly first: number; readonly last: number; readonly bytes: Buffer }[];
  end: number;
}

interface Request {
  readonly decoder: Decoder;
  /** The port by which the client came, proxy or not: brokers tell clients where to go, and the tests cut that way. */
  readonly port: number;
}

/** Versions are the lowest that have record batches, and with them headers. */
const VERSIONS = [
  [0, 'produce', 3],
  [1, 'fetch', 4],
  [2, 'listOffsets', 1],
  [3, 'metadata', 1],
  [8, 'offsetCommit', 2],
  [9, 'offsetFetch', 1],
  [10, 'findCoordinator', 0],
  [11, 'joinGroup', 1],
  [12, 'heartbeat', 0],
  [13, 'leaveGroup', 0],
  [14, 'syncGroup', 0],
  [18, 'apiVersions', 0],
] as const;
type Api = (typeof VERSIONS)[number][1];

export async function startFakeBroker(): Promise<FakeBroker> {
  const topics = new Map<string, Partition[]>();
  const groups = new Map<string, FakeGroup>();
  const waiting = new Set<() => void>();
  const sockets = new Set<Socket>();
  const enc = () => new EncoderClass();
  const groupOf = (name: string) => {
    const group = groups.get(name) ?? new FakeGroup();
    groups.set(name, group);
    return group;
  };
  const inTopics = <Item>(decoder: Decoder, read: (within: Decoder, topic: string) => Item) =>
    decoder.readArray((within) => {
      const topic = within.readString();
      return { topic, items: within.readArray((inner) => read(inner, topic)) };
    });
  const outTopics = (list: readonly { readonly topic: string; readonly items: readonly Encoder[] }[]) =>
    list.map(({ topic, items }) => enc().writeString(topic).writeArray(items));

  function append(topic: string, index: number, bytes: Buffer): Encoder {
    const partition = topics.get(topic)?.[index];
    if (!partition) return enc().writeInt32(index).writeInt16(UNKNOWN_TOPIC).writeInt64(-1).writeInt64(-1);
    const first = partition.end;
    const last = first + bytes.readInt32BE(LAST_OFFSET_DELTA_AT);
    const kept = Buffer.from(bytes);
    kept.writeBigInt64BE(BigInt(first), 0); // not covered by the checksum
    partition.batches.push({ first, last, bytes: kept });
    partition.end = last + 1;
    return enc().writeInt32(index).writeInt16(NONE).writeInt64(first).writeInt64(-1);
  }

  function read(topic: string, index: number, from: number, maxBytes: number): { found: boolean; out: Encoder } {
    const partition = topics.get(topic)?.[index];
    const end = partition?.end ?? -1;
    const chosen: Buffer[] = [];
    let size = 0;
    for (const { last, bytes } of partition?.batches ?? []) {
      if (last < from || size > maxBytes) continue;
      chosen.push(bytes);
      size += bytes.length;
    }
    const error = partition ? (from > end ? OFFSET_OUT_OF_RANGE : NONE) : UNKNOWN_TOPIC;
    const out = enc().writeInt32(index).writeInt16(error).writeInt64(end).writeInt64(end).writeArray([]);
    return { found: chosen.length > 0 || error !== NONE, out: out.writeBytes(Buffer.concat(chosen)) };
  }

  const answers: { readonly [api in Api]: (request: Request) => Encoder | Promise<Encoder> } = {
    apiVersions: () =>
      enc()
        .writeInt16(NONE)
        .writeArray(VERSIONS.map(([key, , version]) => enc().writeInt16(key).writeInt16(version).writeInt16(version))),
    metadata({ decoder, port }) {
      const wanted = decoder.readArray((within) => within.readString());
      const names = wanted.length > 0 ? wanted : [...topics.keys()];
      return enc()
        .writeArray([enc().writeInt32(1).writeString('127.0.0.1').writeInt32(port).writeString(null)])
        .writeInt32(1)
        .writeArray(
          names.map((name) => {
            const partitions = topics.get(name);
            return enc()
              .writeInt16(partitions ? NONE : UNKNOWN_TOPIC)
              .writeString(name)
              .writeBoolean(false)
              .writeArray(
                (partitions ?? []).map((_, index) =>
                  enc().writeInt16(NONE).writeInt32(index).writeInt32(1).writeArray([1]).writeArray([1]),
                ),
              );
          }),
        );
    },
    produce({ decoder }) {
      decoder.readString();
      decoder.readInt16();
      decoder.readInt32();
      const list = inTopics(decoder, (within, topic) => append(topic, within.readInt32(), within.readBytes()));
      for (const wake of [...waiting]) wake();
      return enc().writeArray(outTopics(list)).writeInt32(0);
    },
    async fetch({ decoder }) {
      decoder.readInt32();
      const maxWaitMs = decoder.readInt32();
      decoder.readInt32();
      decoder.readInt32();
      decoder.readInt8();
      const wanted = inTopics(decoder, (within) => ({
        partition: within.readInt32(),
        from: Number(within.readInt64()),
        maxBytes: within.readInt32(),
      }));
      const look = () =>
        wanted.map(({ topic, items }) => ({
          topic,
          items: items.map(({ partition, from, maxBytes }) => read(topic, partition, from, maxBytes)),
        }));
      let seen = look();
      if (!seen.some(({ items }) => items.some(({ found }) => found))) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            clearTimeout(timer);
            waiting.delete(wake);
            resolve();
          };
          const timer = setTimeout(wake, maxWaitMs);
          waiting.add(wake);
        });
        seen = look();
      }
      const list = seen.map(({ topic, items }) => ({ topic, items: items.map(({ out }) => out) }));
      return enc().writeInt32(0).writeArray(outTopics(list));
    },
    listOffsets({ decoder }) {
      decoder.readInt32();
      const list = inTopics(decoder, (within, topic) => {
        const index = within.readInt32();
        const isEarliest = Number(within.readInt64()) === -2;
        const end = topics.get(topic)?.[index]?.end ?? 0;
        return enc()
          .writeInt32(index)
          .writeInt16(NONE)
          .writeInt64(-1)
          .writeInt64(isEarliest ? 0 : end);
      });
      return enc().writeArray(outTopics(list));
    },
    findCoordinator: ({ port }) => enc().writeInt16(NONE).writeInt32(1).writeString('127.0.0.1').writeInt32(port),
    async joinGroup({ decoder }) {
      const group = groupOf(decoder.readString());
      const sessionMs = decoder.readInt32();
      const rebalanceMs = decoder.readInt32();
      const id = decoder.readString();
      decoder.readString();
      const [protocol] = decoder.readArray((within) => ({ name: within.readString(), metadata: within.readBytes() }));
      const metadata = protocol?.metadata ?? Buffer.alloc(0);
      const joined = await group.join(id, { sessionMs, rebalanceMs, metadata });
      return enc()
        .writeInt16(joined.error)
        .writeInt32(joined.generation)
        .writeString(protocol?.name ?? '')
        .writeString(joined.leader)
        .writeString(joined.id)
        .writeArray(joined.members.map((member) => enc().writeString(member.id).writeBytes(member.metadata)));
    },
    async syncGroup({ decoder }) {
      const group = groupOf(decoder.readString());
      const generation = decoder.readInt32();
      const id = decoder.readString();
      const given = decoder.readArray((within) => [within.readString(), within.readBytes()] as const);
      const { error, assignment } = await group.sync(id, generation, new Map(given));
      return enc().writeInt16(error).writeBytes(assignment);
    },
    heartbeat({ decoder }) {
      const group = groupOf(decoder.readString());
      const generation = decoder.readInt32();
      return enc().writeInt16(group.heartbeat(decoder.readString(), generation));
    },
    leaveGroup({ decoder }) {
      const group = groupOf(decoder.readString());
      group.leave(decoder.readString());
      return enc().writeInt16(NONE);
    },
    offsetCommit({ decoder }) {
      const group = groupOf(decoder.readString());
      const generation = decoder.readInt32();
      const error = group.check(decoder.readString(), generation);
      decoder.readInt64();
      const list = inTopics(decoder, (within, topic) => {
        const index = within.readInt32();
        const offset = Number(within.readInt64());
        within.readString();
        if (error === NONE) group.offsets.set(`${topic}/${index}`, offset);
        return enc().writeInt32(index).writeInt16(error);
      });
      return enc().writeArray(outTopics(list));
    },
    offsetFetch({ decoder }) {
      const group = groupOf(decoder.readString());
      const list = inTopics(decoder, (within, topic) => {
        const index = within.readInt32();
        const offset = group.offsets.get(`${topic}/${index}`) ?? -1;
        return enc().writeInt32(index).writeInt64(offset).writeString('').writeInt16(NONE);
      });
      return enc().writeArray(outTopics(list));
    },
  };

  async function answer(socket: Socket, frame: Buffer): Promise<void> {
    const decoder = new DecoderClass(frame);
    const key = decoder.readInt16();
    decoder.readInt16();
    const correlation = decoder.readInt32();
    // The tests put the port into the client's id, for a proxy does not tell by which of its ports one came.
    const port = Number(/via-(\d+)/.exec(decoder.readString())?.[1]);
    const api = VERSIONS.find(([wanted]) => wanted === key)?.[1];
    if (!api) return void socket.destroy();
    const body = (await answers[api]({ decoder, port })).buffer;
    const head = Buffer.alloc(8);
    head.writeInt32BE(body.length + 4, 0);
    head.writeInt32BE(correlation, 4);
    if (socket.writable) socket.write(Buffer.concat([head, body]));
    return undefined;
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    let rest = Buffer.alloc(0);
    // Answers leave in the order of the requests, as Kafka's do.
    let last = Promise.resolve();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const frame = rest.subarray(4, 4 + rest.readInt32BE(0));
        rest = rest.subarray(4 + frame.length);
        last = last.then(() => answer(socket, frame));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // what a server that listens on a port has
    createTopic(name, partitions) {
      topics.set(
        name,
        Array.from({ length: partitions }, () => ({ batches: [], end: 0 })),
      );
    },
    async close() {
      for (const group of groups.values()) group.close();
      for (const wake of [...waiting]) wake();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
