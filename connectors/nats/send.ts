import { isUtf8 } from 'node:buffer';
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import {
  type Answer,
  bytesOf,
  type CallContext,
  CallError,
  headersOf,
  type Json,
  judged,
  type Outgoing,
  readJson,
  reasonOf,
  refused,
  rejected,
  unavailable,
  unreadable,
  within,
} from '../sdk/index.ts';
import { ID_HEADER, KEY_HEADER } from './incoming.ts';
import type { Link } from './link.ts';
import { subjectProblem } from './subject.ts';

/** A little past the deadline, which is kept by `within`: this one only clears away what the library remembers. */
const GRACE_MS = 1_000;

interface Ack {
  readonly stream: string;
  readonly sequence: number;
  readonly duplicate: boolean;
}

/** Gives a message to whatever stream takes its subject. The stream drops a second one of the same id for its window. */
export async function publish(link: Link, message: Outgoing, context: CallContext): Promise<Ack> {
  const problem = subjectProblem(message.topic);
  if (problem) throw refused(`the subject ${problem}`);
  const data = bytesOf(message.payload);
  const headers = await natsHeaders(headersOf(context, message), [
    [ID_HEADER, context.idempotencyKey],
    ...(message.key === undefined ? [] : [[KEY_HEADER, message.key] as const]),
  ]);
  const answer = await send(link, message.topic, data, headers, context, 'no stream takes this subject');
  const text = Buffer.from(answer.data).toString();
  const read = readJson(text);
  const ack = read.ok ? read.value : undefined;
  if (!isRecord(ack)) throw unreadable('what answered is no stream');
  if (isRecord(ack['error'])) throw streamError(ack['error']);
  if (typeof ack['stream'] !== 'string') throw unreadable('what answered is no stream');
  return { stream: ack['stream'], sequence: Number(ack['seq']), duplicate: ack['duplicate'] === true };
}

/** Asks a service by request and reply, outside of all streams. */
export async function request(link: Link, subject: string, input: Json, context: CallContext): Promise<Answer> {
  const headers = await natsHeaders(headersOf(context), [['Idempotency-Key', context.idempotencyKey]]);
  const answer = await send(link, subject, bytesOf(input), headers, context, 'nobody answers on this subject');
  if (answer.data.length > context.maxResponseBytes) {
    const message = `the answer has ${answer.data.length} bytes, more than ${context.maxResponseBytes}`;
    throw new CallError(message, { kind: 'too-large', retryable: false, mayHaveActed: true });
  }
  if (answer.data.length > 0 && !isUtf8(answer.data)) throw unreadable('the answer is not UTF-8');
  const text = Buffer.from(answer.data).toString();
  const code = answer.headers?.get('Nats-Service-Error-Code');
  if (code) throw serviceError(code, answer.headers?.get('Nats-Service-Error') ?? '');
  if (text === '') return { body: null };
  const read = readJson(text);
  if (read.ok) return { body: read.value };
  throw unreadable(`the answer is not usable JSON: ${read.problem.message}`);
}

async function send(
  link: Link,
  subject: string,
  data: Buffer,
  headers: MsgHdrs,
  { deadline }: CallContext,
  nobody: string,
): Promise<Msg> {
  const connection = await within(deadline, link.get(), () => false);
  const size = data.length + headers.toString().length;
  const limit = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  if (size > limit) throw refused(`the message has ${size} bytes, the server takes ${limit}`);
  if (deadline.remainingMs() === 0) return within(deadline, new Promise<Msg>(() => {}), () => false);
  try {
    return await within(deadline, link.whileUp(ask(connection, subject, data, headers, deadline), true), () => true);
  } catch (error) {
    if (isNobody(error)) throw unavailable(nobody, false);
    if (error instanceof Error && error.name === 'PermissionViolationError') throw rejected(reasonOf(error));
    throw judged(error, (reason) => unavailable(reason, true));
  }
}

function ask(
  connection: NatsConnection,
  subject: string,
  data: Buffer,
  headers: MsgHdrs,
  deadline: CallContext['deadline'],
): Promise<Msg> {
  return connection.request(subject, data, { headers, timeout: Math.ceil(deadline.remainingMs()) + GRACE_MS });
}

async function natsHeaders(
  given: readonly (readonly [string, string])[],
  own: readonly (readonly [string, string])[],
): Promise<MsgHdrs> {
  const { headers } = await import('@nats-io/transport-node');
  const made = headers();
  for (const [name, value] of given) {
    if (/^nats-/i.test(name)) throw refused(`header ${name} belongs to the server: leave it out`);
    made.append(name, whole(name, value));
  }
  for (const [name, value] of own) made.set(name, whole(name, value));
  return made;
}

/** Spaces at its ends would be lost on the way, and with them a difference between two keys. */
function whole(name: string, value: string): string {
  if (value === '') throw refused(`${name} must not be empty: NATS does not tell that from none`);
  if (value.trim() !== value) throw refused(`${name} must not begin or end with spaces: NATS drops them`);
  return value;
}

function isNobody(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoResponders' || isNobody(error.cause));
}

function streamError(error: { readonly [key: string]: Json }): CallError {
  const message = typeof error['description'] === 'string' ? error['description'] : 'the stream refuses the message';
  return Number(error['code']) >= 500 ? unavailable(message, false) : rejected(message);
}

/** By the convention of NATS services the codes are those of HTTP. */
function serviceError(code: string, text: string): CallError {
  const status = Number(code) || 500;
  const message = `the service answered ${code}${text === '' ? '' : `: ${text.slice(0, 200)}`}`;
  if (status === 429)
    return new CallError(message, { kind: 'unavailable', retryable: true, mayHaveActed: false, status });
  if (status >= 400 && status < 500) {
    return new CallError(message, { kind: 'rejected', retryable: false, mayHaveActed: false, status });
  }
  return new CallError(message, { kind: 'failed', retryable: status === 503, mayHaveActed: true, status });
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
