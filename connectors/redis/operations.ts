import { isUtf8 } from 'node:buffer';
import {
  type Answer,
  type CallContext,
  CallError,
  type CallRequest,
  checkText,
  type Json,
  type Outgoing,
  readJson,
  refused,
  unreadable,
} from '../sdk/index.ts';
import { fieldsOf } from './entry.ts';
import { keyOf } from './key.ts';
import type { Link } from './link.ts';
import type { Binding } from './schemas.ts';
import { INCREMENT, PUBLISH, SET_IF_ABSENT } from './scripts.ts';
import { listOf, send, textOf } from './send.ts';

export interface Keeping {
  readonly rememberMs: number;
  /** 0: streams are never cut. */
  readonly maxLength: number;
}

/** Appends a message to a stream, once for each key of a call. */
export async function publish(
  link: Link,
  { topic, ...message }: Outgoing,
  context: CallContext,
  { rememberMs, maxLength }: Keeping,
): Promise<{ readonly entry: string; readonly duplicate: boolean }> {
  if (topic === '' || topic.length > 512) throw refused('the name of a stream must have 1 to 512 characters');
  checkText('the name of a stream', topic);
  const fields = fieldsOf(message, context);
  const keys = [topic, memoryOf('published', topic, context)];
  const answer = await send(link, context, 'EVAL', PUBLISH, 2, ...keys, rememberMs, maxLength, ...fields);
  const [entry, duplicate] = listOf(answer);
  return { entry: textOf(entry), duplicate: duplicate === 1 };
}

/** What an operation does. `get`, `delete` and `set` may be repeated freely; the others remember what they answered. */
export async function perform(
  link: Link,
  { binding, input }: CallRequest<Binding>,
  context: CallContext,
  keeping: Keeping,
): Promise<Answer> {
  const { action, ttlMs = 0, as = 'json' } = binding;
  if (action === 'publish') {
    return { body: { ...(await publish(link, { topic: binding.key, payload: input }, context, keeping)) } };
  }
  const fields = objectOf(input);
  const key = keyOf(binding.key, fields);
  checkText('the idempotency key', context.idempotencyKey);
  const memory = memoryOf('done', key, context);
  switch (action) {
    case 'get': {
      // One byte more than may come tells a value that is too large, without loading it.
      const value = await send(link, context, 'GETRANGE', key, 0, context.maxResponseBytes);
      return { body: readValue(value as Buffer, as, context.maxResponseBytes) }; // of callBuffer, which answers GETRANGE so
    }
    case 'delete':
      return { body: { deleted: (await send(link, context, 'DEL', key)) === 1 } };
    case 'set': {
      const value = bytesOf(fields['value'], as);
      if (binding.ifAbsent) {
        const done = await send(link, context, 'EVAL', SET_IF_ABSENT, 2, key, memory, keeping.rememberMs, value, ttlMs);
        return { body: { stored: textOf(done) === '1' } };
      }
      await send(link, context, 'SET', key, value, ...(ttlMs > 0 ? ['PX', ttlMs] : []));
      return { body: { stored: true } };
    }
    case 'increment': {
      const by = fields['by'] ?? 1;
      if (typeof by !== 'number' || !Number.isSafeInteger(by)) throw refused('input field by must be a whole number');
      const now = await send(link, context, 'EVAL', INCREMENT, 2, key, memory, keeping.rememberMs, by, ttlMs);
      const number = Number(textOf(now));
      return { body: { value: Number.isSafeInteger(number) ? number : textOf(now) } };
    }
  }
}

function memoryOf(what: string, key: string, { idempotencyKey }: CallContext): string {
  return `heddle:${what}:${key}:${idempotencyKey}`;
}

function objectOf(input: Json): { readonly [field: string]: Json } {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as { [field: string]: Json };
  throw refused('the input must be an object: its fields make the key');
}

function bytesOf(value: Json | undefined, as: 'json' | 'text'): Buffer {
  if (value === undefined) throw refused('input field value is missing');
  if (as === 'json') return Buffer.from(JSON.stringify(value));
  if (typeof value === 'string') return Buffer.from(value);
  throw refused('input field value must be a text');
}

/** An empty answer is no value, or an empty text: Redis tells no difference here. */
function readValue(bytes: Buffer, as: 'json' | 'text', maxBytes: number): Json {
  if (bytes.length > maxBytes) {
    throw new CallError(`the value has more than ${maxBytes} bytes`, {
      kind: 'too-large',
      retryable: false,
      mayHaveActed: true,
    });
  }
  if (bytes.length === 0) return { found: false, value: null };
  if (!isUtf8(bytes)) throw unreadable('the value is not UTF-8');
  const text = bytes.toString();
  if (as === 'text') return { found: true, value: text };
  const read = readJson(text);
  if (read.ok) return { found: true, value: read.value };
  throw unreadable(`the value is not usable JSON: ${read.problem.message}`);
}
