import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import {
  atMost,
  type ConnectorHost,
  type Listening,
  type ListenOptions,
  type Message,
  Pauses,
  reasonOf,
  restMs,
  Takes,
  unavailable,
} from '../sdk/index.ts';
import { messageOf } from './entry.ts';
import type { Link } from './link.ts';
import type { Source } from './schemas.ts';
import { KEEP, TIDY } from './scripts.ts';
import { judge, listOf, textOf } from './send.ts';

/** How long a read stands: between two of them it is looked for what others have left. */
const BLOCK_MS = 500;
const RETRY_MS = 500;
const MIN_IDLE_MS = 30_000;
/** What was taken is acknowledged although the connection is away for a moment: so often it is tried. */
const ACK_TRIES = 10;
/** Of the dead, consumers that hold nothing are forgotten after this time. */
const SILENCE_MS = 3_600_000;

export interface Links {
  /** Its commands block, so nothing else goes by it. */
  readonly reading: Link;
  readonly commands: Link;
}

/**
 * Reads as a consumer of the group, as many entries as may be out. What a dead consumer left idle is claimed; what is in
 * hand here is kept from idling. An entry that is given back is set so that it can be claimed after its rest, by anybody.
 */
export async function startListening(
  { reading, commands }: Links,
  source: Source,
  take: (message: Message) => Promise<void>,
  { prefetch, onState }: ListenOptions,
  warn: ConnectorHost['warn'],
): Promise<Listening> {
  const { stream, group, from = '0', minIdleMs = MIN_IDLE_MS } = source;
  const consumer = `heddle-${randomUUID()}`;
  const takes = new Takes(prefetch);
  const pauses = new Pauses();
  const held = new Set<string>();
  let isListening = true;

  async function say(command: string, ...args: (string | number)[]): Promise<unknown> {
    const redis = await commands.get();
    return redis.callBuffer(command, ...args).catch((error: unknown) => Promise.reject(judge(error)));
  }

  async function makeGroup(start: string): Promise<void> {
    try {
      await say('XGROUP', 'CREATE', stream, group, start, 'MKSTREAM');
    } catch (error) {
      if (!reasonOf(error).startsWith('BUSYGROUP')) throw error;
    }
    await say('EVAL', TIDY, 1, stream, group, SILENCE_MS, '');
  }

  async function handle(entryId: string, entry: unknown, delivery: number): Promise<void> {
    held.add(entryId);
    try {
      await take(messageOf(stream, entry, delivery));
    } catch {
      // Why it could not be taken is told by whoever takes.
      held.delete(entryId);
      return giveBack(entryId, restMs(delivery));
    }
    await acknowledge(entryId);
    held.delete(entryId);
  }

  async function acknowledge(entryId: string): Promise<void> {
    for (let attempt = 1; attempt <= ACK_TRIES; attempt += 1) {
      try {
        await say('XACK', stream, group, entryId);
        return;
      } catch {
        // Not acknowledged, it comes again: at least once is what is promised.
        if (pauses.isOver) return;
        await pauses.for(RETRY_MS);
      }
    }
  }

  async function giveBack(entryId: string, afterMs: number): Promise<void> {
    const idleMs = Math.max(0, minIdleMs - afterMs);
    // If that cannot be said, it idles until it may be claimed.
    await say('EVAL', KEEP, 1, stream, group, consumer, idleMs, entryId).catch(() => undefined);
  }

  function begin(entry: unknown, delivery: number): void {
    const entryId = textOf(listOf(entry)[0]);
    if (pauses.isOver || takes.free === 0) void giveBack(entryId, 0);
    else void takes.run(() => handle(entryId, entry, delivery));
  }

  async function readNew(): Promise<void> {
    if (takes.free === 0) return;
    const redis = await reading.get();
    const args = ['GROUP', group, consumer, 'COUNT', takes.free, 'BLOCK', BLOCK_MS, 'STREAMS', stream, '>'] as const;
    const answer = await answered(redis, redis.callBuffer('XREADGROUP', ...args), BLOCK_MS + RETRY_MS * 4);
    if (answer === null) return;
    for (const entry of listOf(listOf(listOf(answer)[0])[1])) begin(entry, 1);
  }

  async function claim(): Promise<void> {
    if (takes.free === 0) return;
    const answer = await say('XAUTOCLAIM', stream, group, consumer, minIdleMs, '0', 'COUNT', takes.free);
    const [, entries, deleted] = listOf(answer);
    const lost = deleted === undefined ? 0 : listOf(deleted).length;
    if (lost > 0) warn('entries were cut off the stream before they were taken', { stream, group, entries: lost });
    for (const entry of listOf(entries)) {
      if (entry === null) continue; // Redis 6.2 tells of deleted ones so
      const entryId = textOf(listOf(entry)[0]);
      const [pending] = listOf(await say('XPENDING', stream, group, entryId, entryId, 1));
      if (pending !== undefined) begin(entry, Number(listOf(pending)[3]));
    }
  }

  async function listen(): Promise<void> {
    while (!pauses.isOver) {
      try {
        if (!isListening) {
          // Not from the end: what came while the stream or group was missing counts.
          await makeGroup('0');
          await reading.get();
          isListening = true;
          onState('listening');
        }
        await Promise.race([takes.untilFree(), pauses.for(BLOCK_MS)]);
        if (!pauses.isOver) await claim();
        if (!pauses.isOver) await readNew();
      } catch (error) {
        if (isListening && !pauses.isOver) onState('lost', reasonOf(error));
        isListening = false;
        await pauses.for(RETRY_MS);
      }
    }
  }

  await makeGroup(from);
  await reading.get();
  const keepHeld = setInterval(() => {
    if (held.size > 0) void say('EVAL', KEEP, 1, stream, group, consumer, 0, ...held).catch(() => undefined); // claimed then
  }, minIdleMs / 3);
  keepHeld.unref();
  const listened = listen();
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    pauses.end();
    await listened;
    await takes.untilDone();
    clearInterval(keepHeld);
    await atMost(1_000, say('EVAL', TIDY, 1, stream, group, SILENCE_MS, consumer));
    await reading.close();
  }

  return {
    close() {
      closing ??= close();
      return closing;
    },
    async backlog() {
      for (const facts of listOf(await say('XINFO', 'GROUPS', stream))) {
        const flat = listOf(facts);
        const fact = (name: string) => flat[flat.findIndex((word, at) => at % 2 === 0 && textOf(word) === name) + 1];
        if (textOf(fact('name')) !== group) continue;
        const lag = flat.some((word) => textOf(word) === 'lag') ? fact('lag') : null;
        return lag === null ? undefined : Number(lag) + Number(fact('pending'));
      }
      return undefined;
    },
  };
}

/** A connection that gives no answer to a command that has a limit of its own is a dead one. */
async function answered(redis: Redis, answer: Promise<unknown>, withinMs: number): Promise<unknown> {
  const timer = setTimeout(() => redis.disconnect(), withinMs);
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') throw error;
    throw unavailable(reasonOf(error), false);
  } finally {
    clearTimeout(timer);
  }
}
