import { bytesOf, type CallContext, headersOf, type Message, type Outgoing } from '../sdk/index.ts';
import { type Argument, listOf, textOf } from './send.ts';

/** How a message is laid out in the fields of an entry. */
const ID = 'message-id';
const KEY = 'key';
const BODY = 'body';
const HEADER = 'header:';

export function fieldsOf(message: Omit<Outgoing, 'topic'>, context: CallContext): readonly Argument[] {
  const headers = headersOf(context, message).flatMap(([name, value]) => [HEADER + name, value]);
  const key = message.key === undefined ? [] : [KEY, message.key];
  return [ID, context.idempotencyKey, ...key, ...headers, BODY, bytesOf(message.payload)];
}

/**
 * An entry as Redis answers it, `[id, [field, value, …]]`. One that was not written by Heddle and has no field `body` is
 * read as a JSON object of its fields.
 */
export function messageOf(stream: string, entry: unknown, delivery: number): Message {
  const [id, list] = listOf(entry);
  const fields = new Map<string, Buffer>();
  const flat = listOf(list);
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(textOf(flat[at]), Buffer.from(flat[at + 1] as Buffer)); // of callBuffer
  const entryId = textOf(id);
  const key = fields.get(KEY);
  return {
    id: fields.get(ID)?.toString() ?? `${stream}:${entryId}`,
    topic: stream,
    ...(key && { key: key.toString() }),
    headers: Object.fromEntries(
      [...fields]
        .filter(([name]) => name.startsWith(HEADER))
        .map(([name, value]) => [name.slice(HEADER.length), value.toString()]),
    ),
    body:
      fields.get(BODY) ??
      Buffer.from(JSON.stringify(Object.fromEntries([...fields].map(([name, value]) => [name, value.toString()])))),
    delivery,
    publishedAt: Number(entryId.split('-')[0]),
  };
}
