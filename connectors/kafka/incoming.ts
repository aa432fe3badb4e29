import type { KafkaMessage } from 'kafkajs';
import type { Message } from '../sdk/index.ts';

export const ID_HEADER = 'message-id';

/** A record as Heddle reads it. Of a header with several values the first counts. */
export function messageOf(topic: string, partition: number, record: KafkaMessage, delivery: number): Message {
  const headers = Object.entries(record.headers ?? {}).map(([name, value]): [string, string] => {
    const first = Array.isArray(value) ? value[0] : value;
    return [name, first === undefined ? '' : first.toString()];
  });
  const id = headers.find(([name]) => name === ID_HEADER)?.[1];
  return {
    id: id ?? `${topic}/${partition}/${record.offset}`,
    topic,
    ...(record.key !== null && { key: record.key.toString() }),
    headers: Object.fromEntries(headers.filter(([name]) => name !== ID_HEADER)),
    body: record.value ?? Buffer.alloc(0),
    delivery,
    publishedAt: Number(record.timestamp),
  };
}
