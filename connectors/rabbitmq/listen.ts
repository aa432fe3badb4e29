import type { AsyncMessage, Channel } from 'rabbitmq-client';
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
import { deliveryOf, messageOf } from './incoming.ts';
import type { Link } from './link.ts';
import { isCode } from './publisher.ts';
import { keepBodiesRaw } from './raw-bodies.ts';
import type { Source } from './schemas.ts';

const RETRY_MS = 500;
/** How long the broker may take to stop delivering, when we leave. */
const CANCEL_MS = 1_000;

/**
 * Consumes by a channel of its own; the broker keeps what is beyond `prefetch`. A message that is given back rests in
 * our hands first, because AMQP has no delay, and keeps its place among those that are out.
 */
export async function startListening(
  link: Link,
  source: Source,
  take: (message: Message) => Promise<void>,
  { prefetch, onState }: ListenOptions,
): Promise<Listening> {
  const takes = new Takes();
  const pauses = new Pauses();
  let isListening = true;
  let held = 0;

  async function handle(channel: Channel, delivered: AsyncMessage): Promise<void> {
    const { deliveryTag } = delivered;
    held += 1;
    try {
      await take(messageOf(delivered));
      if (channel.active) channel.basicAck({ deliveryTag });
    } catch {
      // Why it could not be taken is told by whoever takes.
      await pauses.for(restMs(deliveryOf(delivered)));
      if (channel.active) channel.basicNack({ deliveryTag, requeue: true });
    } finally {
      held -= 1;
    }
  }

  function becomeLost(reason: string): void {
    if (!isListening || pauses.isOver) return;
    isListening = false;
    onState('lost', reason);
  }

  async function consume(): Promise<Consuming> {
    const { channel, end } = await openChannel(link, source, prefetch);
    const { consumerTag } = await channel.basicConsume({ queue: source.queue }, (delivered) => {
      // Given back as soon as the channel is closed.
      if (pauses.isOver || !channel.active) return;
      // Closed, the channel gives back all that is out on it.
      void takes.run(() => handle(channel, delivered)).catch(() => channel.close());
    });
    return { channel, consumerTag, end };
  }

  async function listen(first: Consuming): Promise<void> {
    let current: Consuming | undefined = first;
    while (!pauses.isOver) {
      if (current) becomeLost(await Promise.race([current.end, leaving]));
      if (pauses.isOver) break;
      // A channel that stands although its consumer was cancelled would keep what is out on it.
      await current?.channel.close();
      current = undefined;
      // What is out comes again from the broker; until it is done here, it would be taken twice at a time.
      await takes.untilDone();
      await pauses.for(RETRY_MS);
      if (pauses.isOver) break;
      current = await consume().catch(() => undefined); // the loss has been told; there is one try after another
      if (!current || pauses.isOver) continue;
      isListening = true;
      onState('listening');
    }
    if (current) await leave(current);
  }

  async function leave({ channel, consumerTag }: Consuming): Promise<void> {
    if (channel.active) await atMost(CANCEL_MS, channel.basicCancel({ consumerTag }));
    await takes.untilDone();
    await atMost(CANCEL_MS, channel.close());
  }

  let depart = (_: string) => {};
  const leaving = new Promise<string>((resolve) => {
    depart = resolve;
  });
  const first = await consume().catch((error: unknown) => {
    throw judgeListening(error, source);
  });
  const listened = listen(first);

  return {
    async close() {
      pauses.end();
      depart('closed');
      await listened;
      await takes.untilDone();
    },
    async backlog() {
      const connection = await link.get();
      const channel = await connection.acquire({ emitErrorsFromChannel: true });
      channel.on('error', () => undefined); // the call that caused it fails with it
      try {
        const { messageCount } = await channel.queueDeclare({ queue: source.queue, passive: true });
        return messageCount + held;
      } catch (error) {
        throw judgeListening(error, source);
      } finally {
        await channel.close();
      }
    },
  };
}

interface Consuming {
  readonly channel: Channel;
  readonly consumerTag: string;
  /** Why there are no more messages. */
  readonly end: Promise<string>;
}

async function openChannel(
  link: Link,
  { queue, declare }: Source,
  prefetch: number,
): Promise<{ readonly channel: Channel; readonly end: Promise<string> }> {
  const connection = await link.get();
  const channel = keepBodiesRaw(await connection.acquire({ emitErrorsFromChannel: true }));
  const end = new Promise<string>((resolve) => {
    let reason = 'the connection was lost';
    channel.on('error', (error: unknown) => {
      reason = reasonOf(error);
    });
    channel.once('close', () => resolve(reason));
    channel.on('basic.cancel', () => resolve('the broker cancelled it: the queue has gone'));
  });
  try {
    if (declare) {
      const { durable = true, quorum = false, bind = [] } = declare;
      const kind = quorum ? { arguments: { 'x-queue-type': 'quorum' as const } } : {};
      await channel.queueDeclare({ queue, durable: durable || quorum, ...kind });
      for (const { exchange, routingKey } of bind) await channel.queueBind({ queue, exchange, routingKey });
    } else {
      await channel.queueDeclare({ queue, passive: true });
    }
    await channel.basicQos({ prefetchCount: prefetch });
  } catch (error) {
    await channel.close();
    throw error;
  }
  return { channel, end };
}

function judgeListening(error: unknown, { queue }: Source): CallError {
  if (isCallError(error)) return error;
  if (isCode(error, 'NOT_FOUND')) return rejected(`there is no queue ${queue}, or no exchange to bind it to`);
  if (['ACCESS_REFUSED', 'PRECONDITION_FAILED', 'RESOURCE_LOCKED'].some((code) => isCode(error, code))) {
    return rejected(reasonOf(error));
  }
  return unavailable(reasonOf(error), false);
}
