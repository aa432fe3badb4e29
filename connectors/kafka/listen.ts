import type { Consumer, EachBatchPayload } from 'kafkajs';
import {
  isCallError,
  type Listening,
  type ListenOptions,
  type Message,
  Pauses,
  reasonOf,
  rejected,
  restMs,
  Takes,
  unavailable,
} from '../sdk/index.ts';
import { answered, type Client, type ClientConfig, leave, openClient } from './client.ts';
import { messageOf } from './incoming.ts';
import { fieldOf } from './publisher.ts';
import type { Source } from './schemas.ts';

const RETRY_MS = 500;
const SESSION_MS = 30_000;
/** A group waits for readers with a message in hand before it takes in another: no reason to wait with them. */
const JOIN_MS = 3_000;
const GOODBYE_MS = 3_000;
/** Offsets are committed so often at most: each is a request. What was taken since comes again if the reader dies. */
const COMMIT_MS = 100;

/**
 * Reads as a member of the group, one message after the other in each partition, in up to `prefetch` partitions at a time.
 * The offset of a message is committed after its take. One that is given back keeps its partition waiting, for order is
 * what partitions are for; the others go on. While a take lasts, no partition of the same broker gets more messages than
 * came with that one: kafkajs asks a broker again only when all it answered is done.
 */
export async function startListening(
  config: ClientConfig,
  source: Source,
  take: (message: Message) => Promise<void>,
  { prefetch, onState }: ListenOptions,
): Promise<Listening> {
  const { topic, group, from = 'beginning', sessionTimeoutMs = SESSION_MS } = source;
  const takes = new Takes(prefetch);
  const pauses = new Pauses();
  /** How often the message at an offset has been given back, by partition. */
  const rejections = new Map<number, { readonly offset: string; readonly count: number }>();
  let isListening = true;

  async function handle(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, resolveOffset, isRunning, isStale } = payload;
    const { partition } = batch;
    let committedAt = performance.now();
    let next: string | undefined;
    const commit = async () => {
      if (next === undefined) return;
      const partitions = [{ partition, offset: next }];
      next = undefined;
      committedAt = performance.now();
      await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
    };
    for (const record of batch.messages) {
      if (pauses.isOver || !isRunning() || isStale()) break;
      const before = rejections.get(partition);
      const count = before?.offset === record.offset ? before.count : 0;
      const isTaken = await takes.run(() =>
        alive(heartbeat, () => tried(messageOf(topic, partition, record, count + 1))),
      );
      if (!isTaken) {
        rejections.set(partition, { offset: record.offset, count: count + 1 });
        await commit();
        const resume = payload.pause();
        void pauses.for(restMs(count + 1)).then(resume);
        return;
      }
      rejections.delete(partition);
      resolveOffset(record.offset);
      next = (BigInt(record.offset) + 1n).toString();
      if (performance.now() - committedAt >= COMMIT_MS) await commit();
      await heartbeat().catch(async (error: unknown) => {
        // The group forms anew: what was taken is said while this is still our partition.
        await commit();
        throw error;
      });
    }
    await commit();
  }

  /** Why it could not be taken is told by whoever takes. */
  async function tried(message: Message): Promise<boolean> {
    try {
      await take(message);
      return true;
    } catch {
      return false;
    }
  }

  /** Tells the group that we live, however long it takes. A failure is found again by the heartbeat that follows. */
  async function alive<Result>(heartbeat: () => Promise<void>, work: () => Promise<Result>): Promise<Result> {
    const timer = setInterval(() => void heartbeat().catch(() => undefined), sessionTimeoutMs / 6);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  async function open(): Promise<Reading> {
    const client = await openClient({ ...config, retry: { retries: 1, initialRetryTime: 200, maxRetryTime: 500 } });
    const consumer = client.kafka.consumer({
      groupId: group,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: sessionTimeoutMs / 6,
      maxWaitTimeInMs: 500,
      allowAutoTopicCreation: false,
      retry: { retries: 1, initialRetryTime: 200, maxRetryTime: 500, restartOnFailure: async () => false },
    });
    const crashed = new Promise<string>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => resolve(reasonOf(payload.error)));
    });
    const joined = new Promise<undefined>((resolve) => {
      consumer.on(consumer.events.GROUP_JOIN, () => resolve(undefined));
    });
    try {
      await answered(config.connectionTimeout, consumer.connect());
      await answered(JOIN_MS, consumer.subscribe({ topic, fromBeginning: from === 'beginning' }));
      const run = { autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: prefetch };
      void consumer.run({ ...run, eachBatch: handle });
      const limit = new Pauses();
      const crash = await Promise.race([crashed, joined, limit.for(JOIN_MS)]);
      limit.end();
      if (typeof crash === 'string') throw new Error(crash);
      return { client, consumer, end: crashed };
    } catch (error) {
      await leave(client, () => consumer.disconnect(), 500);
      throw error;
    }
  }

  async function listen(first: Reading): Promise<void> {
    let reading: Reading | undefined = first;
    while (!pauses.isOver) {
      const lost: Reading | undefined = reading;
      const reason = lost ? await Promise.race([lost.end, leaving]) : '';
      if (pauses.isOver) break;
      if (isListening) onState('lost', reason);
      isListening = false;
      // What is out comes again; until it is done here, it would be taken twice at a time.
      await takes.untilDone();
      if (lost) await leave(lost.client, () => lost.consumer.disconnect(), GOODBYE_MS);
      await pauses.for(RETRY_MS);
      reading = pauses.isOver ? undefined : await open().catch(() => undefined); // the loss was told; the next try follows
      if (!reading || pauses.isOver) continue;
      isListening = true;
      onState('listening');
    }
    const last = reading;
    if (!last) return;
    // What is taken is committed by the handlers, which see that it is over.
    await takes.untilDone();
    await leave(last.client, () => last.consumer.disconnect(), GOODBYE_MS);
  }

  let depart = (_: string) => {};
  const leaving = new Promise<string>((resolve) => {
    depart = resolve;
  });
  const listened = listen(await open().catch((error: unknown) => Promise.reject(judgeListening(error, source))));

  return {
    async close() {
      pauses.end();
      depart('closed');
      await listened;
    },
    backlog: () => backlogOf(config, source),
  };
}

interface Reading {
  readonly client: Client;
  readonly consumer: Consumer;
  readonly end: Promise<string>;
}

/** What the partitions hold beyond the offsets that the group has committed. */
async function backlogOf(config: ClientConfig, { topic, group, from = 'beginning' }: Source): Promise<number> {
  // The library learns by a first try that fails which brokers there are.
  const client = await openClient({ ...config, retry: { retries: 2, initialRetryTime: 100 } });
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    const [ends, [committed]] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      admin.fetchOffsets({ groupId: group, topics: [topic] }),
    ]);
    let count = 0n;
    for (const { partition, high, low } of ends) {
      const offset = BigInt(committed?.partitions.find((one) => one.partition === partition)?.offset ?? '-1');
      const begin = offset >= 0n ? offset : BigInt(from === 'beginning' ? low : high);
      count += BigInt(high) - begin;
    }
    return Number(count);
  } catch (error) {
    throw unavailable(reasonOf(error), false);
  } finally {
    await leave(client, () => admin.disconnect(), GOODBYE_MS);
  }
}

function judgeListening(error: unknown, { topic }: Source) {
  if (isCallError(error)) return error;
  if (fieldOf(error, 'type') === 'UNKNOWN_TOPIC_OR_PARTITION') return rejected(`there is no topic ${topic}`);
  if (/AUTHORIZATION/.test(String(fieldOf(error, 'type')))) return rejected(reasonOf(error));
  return unavailable(reasonOf(error), false);
}
