import type { MsgHdrs } from '@nats-io/transport-node';
import type { Message } from '../sdk/index.ts';

export const ID_HEADER = 'Nats-Msg-Id';
/** NATS has no keys; ours travels so, for readers that want it. */
export const KEY_HEADER = 'Heddle-Key';

export interface Delivered {
  readonly stream: string;
  readonly sequence: number;
  readonly subject: string;
  readonly headers: MsgHdrs | undefined;
  readonly data: Uint8Array;
  readonly delivery: number;
  readonly publishedAt: number;
}

/** A message of a stream as Heddle reads it. Of a header with several values the first counts. */
export function messageOf({ stream, sequence, subject, headers, data, delivery, publishedAt }: Delivered): Message {
  const key = headers?.get(KEY_HEADER);
  return {
    id: headers?.get(ID_HEADER) || `${stream}:${sequence}`,
    topic: subject,
    ...(key && { key }),
    headers: Object.fromEntries(
      (headers?.keys() ?? [])
        .filter((name) => name !== ID_HEADER && name !== KEY_HEADER)
        .map((name) => [name, headers?.get(name) ?? '']),
    ),
    body: data,
    delivery,
    publishedAt,
  };
}
