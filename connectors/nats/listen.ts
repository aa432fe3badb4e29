import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  atMost,
  type CallError,
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
import { messageOf } from './incoming.ts';
import type { Link } from './link.ts';
import type { Source } from './schemas.ts';

/** How long one request for messages stands. */
const PULL_MS = 10_000;
const RETRY_MS = 500;
const FLUSH_MS = 1_000;
const ACK_WAIT_MS = 30_000;

/**
 * Pulls as many messages as may be out, and asks for more when those are done: the server keeps the rest, also for other
 * readers of the same consumer. A message in hand is kept from coming again, however long it takes.
 */
export async function startListening(
  link: Link,
  source: Source,
  take: (message: Message) => Promise<void>,
  { prefetch, onState }: ListenOptions,
): Promise<Listening> {
  const takes = new Takes(prefetch);
  const pauses = new Pauses();
  const held = new Set<JsMsg>();
  let pulling: ConsumerMessages | undefined;
  let isListening = true;
  let first: Consumer | undefined = await provideConsumer(await link.get(), source);

  const becomeLost = (reason: string) => {
    void pulling?.close();
    if (!isListening || pauses.isOver) return;
    isListening = false;
    onState('lost', reason);
  };
  const forget = link.onLoss(becomeLost);
  const keepHeld = setInterval(
    () => {
      for (const message of held) tell(() => message.working());
    },
    (source.ackWaitMs ?? ACK_WAIT_MS) / 3,
  );
  keepHeld.unref();

  async function handle(message: JsMsg): Promise<void> {
    held.add(message);
    try {
      await take(deliveredOf(message));
      held.delete(message);
      tell(() => message.ack());
    } catch {
      // Why it could not be taken is told by whoever takes.
      held.delete(message);
      tell(() => message.nak(restMs(message.info.deliveryCount)));
    }
  }

  async function pull(consumer: Consumer): Promise<void> {
    await Promise.race([takes.untilFree(), pauses.for(PULL_MS)]);
    if (takes.free === 0 || pauses.isOver || !isListening) return;
    const batch = await consumer.fetch({ max_messages: takes.free, expires: PULL_MS });
    pulling = batch;
    if (pauses.isOver || !isListening) await batch.close();
    for await (const message of batch) {
      if (takes.free === 0 || pauses.isOver) tell(() => message.nak());
      else void takes.run(() => handle(message)).catch((error: unknown) => becomeLost(reasonOf(error)));
    }
    pulling = undefined;
  }

  async function listen(): Promise<void> {
    while (!pauses.isOver) {
      try {
        const consumer: Consumer = first ?? (await provideConsumer(await link.get(), source));
        first = undefined;
        if (!isListening) {
          isListening = true;
          onState('listening');
        }
        while (isListening && !pauses.isOver) await pull(consumer);
      } catch (error) {
        becomeLost(reasonOf(error));
      }
      if (!isListening) await pauses.for(RETRY_MS);
    }
  }

  const listened = listen();
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    pauses.end();
    forget();
    await pulling?.close();
    await listened;
    await takes.untilDone();
    clearInterval(keepHeld);
    await flush();
  }

  /** Acknowledgements have no answer; a connection that is closed at once would lose the last of them. */
  async function flush(): Promise<void> {
    const flushed = link.get().then((connection) => link.whileUp(connection.flush(), false));
    // Without a connection they are lost, and what they stood for comes again.
    await atMost(FLUSH_MS, flushed);
  }

  return {
    close() {
      closing ??= close();
      return closing;
    },
    async backlog() {
      const { jetstreamManager } = await import('@nats-io/jetstream');
      const manager = await jetstreamManager(await link.get(), { checkAPI: false });
      const info = await manager.consumers.info(source.stream, source.durable);
      return info.num_pending + info.num_ack_pending;
    },
  };
}

/** Without a connection the server hears nothing of it and sends the message again: that is what it would do for a dead reader. */
function tell(say: () => void): void {
  try {
    say();
  } catch (error) {
    if (!(error instanceof Error && /closed|draining/i.test(error.message + error.name))) throw error;
  }
}

function deliveredOf(message: JsMsg): Message {
  const { stream, streamSequence, deliveryCount, timestampNanos } = message.info;
  return messageOf({
    stream,
    sequence: streamSequence,
    subject: message.subject,
    headers: message.headers,
    data: message.data,
    delivery: deliveryCount,
    publishedAt: Math.floor(timestampNanos / 1e6),
  });
}

/** @throws {CallError} if the stream is missing, or a consumer of that name is of another kind. */
async function provideConsumer(connection: NatsConnection, source: Source): Promise<Consumer> {
  const { jetstreamManager, jetstream } = await import('@nats-io/jetstream');
  const { stream, durable, subject, from = 'all', ackWaitMs = ACK_WAIT_MS } = source;
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const info = await manager.consumers.info(stream, durable).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'ConsumerNotFoundError')) throw error;
      return manager.consumers.add(stream, {
        durable_name: durable,
        ack_policy: 'explicit',
        deliver_policy: from,
        ack_wait: ackWaitMs * 1e6,
        max_deliver: -1,
        max_ack_pending: -1,
        ...(subject !== undefined && { filter_subject: subject }),
      });
    });
    const { ack_policy, deliver_subject, filter_subject, ack_wait } = info.config;
    if (ack_policy !== 'explicit' || deliver_subject !== undefined) {
      throw rejected(`consumer ${durable} of ${stream} is not one that is pulled and acknowledged one by one`);
    }
    if ((filter_subject ?? '') !== (subject ?? '')) {
      throw rejected(`consumer ${durable} of ${stream} reads ${filter_subject || 'everything'}, not ${subject}`);
    }
    if ((ack_wait ?? 0) < ackWaitMs * 1e6) {
      throw rejected(
        `consumer ${durable} of ${stream} waits only ${(ack_wait ?? 0) / 1e6} ms: lower ackWaitMs to that`,
      );
    }
    return await jetstream(connection).consumers.get(stream, durable);
  } catch (error) {
    throw judgeListening(error, source);
  }
}

function judgeListening(error: unknown, { stream }: Source): CallError {
  if (isCallError(error)) return error;
  if (error instanceof Error && error.name === 'StreamNotFoundError') return rejected(`there is no stream ${stream}`);
  if (error instanceof Error && error.name === 'JetStreamApiError') return rejected(reasonOf(error));
  return unavailable(reasonOf(error), false);
}
