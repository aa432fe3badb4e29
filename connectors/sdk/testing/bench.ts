import assert from 'node:assert/strict';
import type { Connection, ConnectorHost, Listening, ListenOptions, Message } from '../connector.ts';
import type { Json } from '../json.ts';
import { type Link, startLink } from './link.ts';
import type { ListenSubject } from './subject.ts';
import { gate, until } from './waiting.ts';

/** A test of the contract: what it says, and what it does with a broker that is ready for it. */
export type Check = (sentence: string, body: (bench: Bench) => Promise<void>, timeoutMs?: number) => unknown;

/** A topic of its own, connections to its broker, and readers; all of them are closed when the test is over. */
export interface Bench {
  readonly subject: ListenSubject;
  /** Stands before the broker for connections opened `by: 'link'`. */
  readonly link: Link;
  open(options?: {
    readonly by: 'link';
  }): Promise<{ readonly connection: Connection; readonly subject: ListenSubject }>;
  listen(connection: Connection, options?: ReaderOptions): Promise<Reader>;
}

interface ReaderOptions {
  readonly source?: Json;
  readonly prefetch?: number;
  take?(message: Message): Promise<void>;
}

interface Reader {
  readonly listening: Listening;
  readonly taken: readonly Message[];
  readonly states: readonly string[];
  /** How many were being taken at a time, at most. */
  readonly most: number;
  ids(): (string | undefined)[];
  until(count: number, withinMs?: number): Promise<readonly Message[]>;
  untilTaken(isEnough: (ids: readonly (string | undefined)[]) => boolean, withinMs?: number): Promise<void>;
}

export const host: ConnectorHost = { secret: (name) => `secret-${name}`, warn() {} };

export async function withBench(
  setUp: () => Promise<ListenSubject>,
  body: (bench: Bench) => Promise<void>,
): Promise<void> {
  const subject = await setUp();
  const link = await startLink(subject.port);
  const opened: Connection[] = [];
  const gates = new Set<() => void>();
  const bench: Bench = {
    subject,
    link,
    async open(options) {
      const config = subject.config(options?.by === 'link' ? link.port : subject.port);
      const connection = await subject.connector.open(config, host);
      opened.push(connection);
      // In an object, because a connection could have a `then` of its own.
      return { connection, subject };
    },
    listen: (connection, options = {}) => startReading(connection, subject, options, gates),
  };
  try {
    await body(bench);
  } finally {
    // A test that failed must not wait for messages that it holds.
    for (const release of gates) release();
    link.cut();
    await Promise.all(opened.map((connection) => connection.close()));
    await link.close();
    await subject.close();
  }
}

async function startReading(
  connection: Connection,
  subject: ListenSubject,
  { source = subject.source, prefetch = 10, take = async () => {} }: ReaderOptions,
  gates: Set<() => void>,
): Promise<Reader> {
  const taken: Message[] = [];
  const states: string[] = [];
  let most = 0;
  let out = 0;
  const options: ListenOptions = { prefetch, onState: (state) => states.push(state) };
  const taking = async (message: Message) => {
    taken.push(message);
    out += 1;
    most = Math.max(most, out);
    const ended = gate();
    gates.add(ended.open);
    try {
      await Promise.race([take(message), ended.opened]);
    } finally {
      gates.delete(ended.open);
      out -= 1;
    }
  };
  assert.ok(connection.listen, 'the connection cannot listen');
  const listening = await connection.listen(source, taking, options);
  const ids = () => taken.map(({ id }) => id);
  const seen = () => `${taken.length} came: ${ids().slice(0, 20).join()}`;
  return {
    listening,
    taken,
    states,
    get most() {
      return most;
    },
    ids,
    async until(count, withinMs = 10_000) {
      await until(() => taken.length >= count, withinMs, seen);
      return taken;
    },
    untilTaken: (isEnough, withinMs = 15_000) => until(() => isEnough(ids()), withinMs, seen),
  };
}
