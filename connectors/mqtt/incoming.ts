import type { IPublishPacket } from 'mqtt';
import type { Message } from '../sdk/index.ts';

export const ID_PROPERTY = 'message-id';
/** MQTT has no keys; ours travels so, for readers that want it. */
export const KEY_PROPERTY = 'heddle-key';

/** A packet as Heddle reads it. Of a property with several values the first counts. */
export function messageOf({ topic, payload, properties, dup }: IPublishPacket, retries: number): Message {
  const given = Object.entries(properties?.userProperties ?? {}).map(([name, value]): [string, string] => [
    name,
    (Array.isArray(value) ? value[0] : value) ?? '',
  ]);
  const find = (wanted: string) => given.find(([name]) => name === wanted)?.[1];
  const id = find(ID_PROPERTY);
  const key = find(KEY_PROPERTY);
  return {
    ...(id !== undefined && { id }),
    topic,
    ...(key !== undefined && { key }),
    headers: Object.fromEntries(given.filter(([name]) => name !== ID_PROPERTY && name !== KEY_PROPERTY)),
    body: Buffer.from(payload),
    delivery: (dup ? 2 : 1) + retries,
  };
}
