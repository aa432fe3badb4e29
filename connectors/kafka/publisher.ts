import type { Producer } from 'kafkajs';
import {
  bytesOf,
  type CallContext,
  type CallError,
  closed,
  headersOf,
  isCallError,
  type Outgoing,
  reasonOf,
  refused,
  rejected,
  unavailable,
  within,
} from '../sdk/index.ts';
import { answered, type Client, type ClientConfig, leave, openClient } from './client.ts';
import { ID_HEADER } from './incoming.ts';
import { NAME } from './schemas.ts';

const GOODBYE_MS = 2_000;
/** What a batch of one message adds to key, value and headers, at most. */
const OVERHEAD_BYTES = 200;

interface Open {
  readonly client: Client;
  readonly producer: Producer;
}

/**
 * Publishes so that all replicas in step have it (`acks = -1`). One attempt a message, by a producer without sequence
 * numbers: after a failure of unknown outcome the one of kafkajs gives the next message the same number, and the broker
 * would take that for a repeat, drop it, and confirm. Repeats are the engine's, and have the same `message-id`.
 */
export class Publisher {
  readonly #config: ClientConfig;
  readonly #maxMessageBytes: number;
  #opening: Promise<Open> | undefined;
  #isClosed = false;

  constructor(config: ClientConfig, maxMessageBytes: number) {
    this.#config = config;
    this.#maxMessageBytes = maxMessageBytes;
  }

  async publish({ topic, ...message }: Outgoing, context: CallContext): Promise<{ partition: number; offset: string }> {
    const { deadline, idempotencyKey } = context;
    if (!new RegExp(NAME).test(topic) || topic === '.' || topic === '..') {
      throw refused('the name of a topic must be letters, digits, dots, hyphens and underscores, 249 at most');
    }
    const headers = { ...Object.fromEntries(headersOf(context, message)), [ID_HEADER]: idempotencyKey };
    const value = bytesOf(message.payload);
    const size =
      value.length + Buffer.byteLength(JSON.stringify(headers)) + (message.key?.length ?? 0) + OVERHEAD_BYTES;
    if (size > this.#maxMessageBytes) {
      throw refused(`the message has ${size} bytes, more than ${this.#maxMessageBytes}: see maxMessageBytes`);
    }
    const open = await within(deadline, this.ready(), () => false);
    if (deadline.remainingMs() === 0) return within(deadline, new Promise<never>(() => {}), () => false);
    const record = { headers, value, ...(message.key !== undefined && { key: message.key }) };
    const lost = open.client.gone.then(() => Promise.reject(unavailable('the connection was lost', true)));
    try {
      const sending = open.producer.send({ topic, acks: -1, timeout: 30_000, messages: [record] });
      const [placed] = await within(deadline, Promise.race([sending, lost]), () => true);
      return { partition: placed?.partition ?? -1, offset: placed?.baseOffset ?? '' };
    } catch (error) {
      if (!isCallError(error)) this.#drop(open);
      throw judge(error);
    }
  }

  /** @throws {CallError} `refused` once closed, `unavailable` if there is no connection. */
  async ready(): Promise<Open> {
    if (this.#isClosed) throw closed();
    this.#opening ??= this.#open();
    const opening = this.#opening;
    try {
      const open = await opening;
      if (!open.client.isGone()) return open;
      this.#drop(open);
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
    return this.ready();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const open = await this.#opening?.catch(() => undefined);
    if (open) await leave(open.client, () => open.producer.disconnect(), GOODBYE_MS);
  }

  /** The next one asks afresh who leads which partition. Messages under way go on by the old one. */
  #drop(open: Open): void {
    void this.#opening?.then((current) => {
      if (current === open) this.#opening = undefined;
    });
    this.#opening = undefined;
    if (open.client.isGone()) void leave(open.client, () => open.producer.disconnect(), GOODBYE_MS);
  }

  async #open(): Promise<Open> {
    const client = await openClient(this.#config);
    const producer = client.kafka.producer({ allowAutoTopicCreation: false });
    try {
      await answered(this.#config.connectionTimeout, producer.connect());
      return { client, producer };
    } catch (error) {
      await leave(client, () => producer.disconnect(), 0);
      throw unavailable(`no connection: ${reasonOf(error)}`, false);
    }
  }
}

/** Answers of the broker after which the message can be there all the same. */
const UNDECIDED = new Set(['REQUEST_TIMED_OUT', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'UNKNOWN', 'KAFKA_STORAGE_ERROR']);

function judge(error: unknown): CallError {
  if (isCallError(error)) return error;
  const root = rootOf(error);
  const message = reasonOf(root);
  const type = fieldOf(root, 'type');
  if (typeof type !== 'string') return unavailable(message, true);
  if (UNDECIDED.has(type)) return unavailable(message, true);
  return fieldOf(root, 'retriable') === true && type !== 'UNKNOWN_TOPIC_OR_PARTITION'
    ? unavailable(message, false)
    : rejected(message);
}

function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error;
}

export function fieldOf(error: unknown, name: string): unknown {
  return error instanceof Error ? (error as unknown as { readonly [key: string]: unknown })[name] : undefined; // any may be there
}
