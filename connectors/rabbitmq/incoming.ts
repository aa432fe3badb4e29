import type { AsyncMessage } from 'rabbitmq-client';
import type { Message } from '../sdk/index.ts';
import { topicOf } from './topic.ts';

/** AMQP has no keys; ours travels so, for readers that want it. */
export const KEY_HEADER = 'Heddle-Key';

/** A delivery as Heddle reads it. Headers that are no texts are written as JSON. */
export function messageOf(delivered: AsyncMessage): Message {
  const { messageId, headers = {}, timestamp, body } = delivered;
  const key = headers[KEY_HEADER];
  return {
    ...(messageId && { id: messageId }),
    topic: topicOf(delivered),
    ...(typeof key === 'string' && { key }),
    headers: Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name !== KEY_HEADER)
        .map(([name, value]) => [name, textOf(value)]),
    ),
    body: Buffer.isBuffer(body) ? body : Buffer.from(String(body)),
    delivery: deliveryOf(delivered),
    ...(timestamp !== undefined && { publishedAt: timestamp * 1_000 }),
  };
}

/** Quorum queues count; classic ones say only that it is not the first time. */
export function deliveryOf({ headers, redelivered }: AsyncMessage): number {
  const count = Number(headers?.['x-delivery-count']);
  if (Number.isInteger(count)) return count + 1;
  return redelivered ? 2 : 1;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value, (_, within: unknown) => (typeof within === 'bigint' ? within.toString() : within)) ?? '';
}
