import { type CallContext, CallError, isCallError, reasonOf, rejected, unavailable, within } from '../sdk/index.ts';
import type { Link } from './link.ts';

export type Argument = string | number | Buffer;

/** Sends one command and judges how it fails. Answers are buffers, numbers, null and lists of them. */
export async function send(
  link: Link,
  { deadline }: CallContext,
  command: string,
  ...args: Argument[]
): Promise<unknown> {
  const redis = await within(deadline, link.get(), () => false);
  if (deadline.remainingMs() === 0) return within(deadline, new Promise(() => {}), () => false);
  try {
    return await within(deadline, redis.callBuffer(command, ...args), () => true);
  } catch (error) {
    throw judge(error);
  }
}

/** What of Redis will pass: it loads, is busy with a script, has no memory, is a replica just now. */
const PASSING =
  /^(?:LOADING|BUSY|OOM|MISCONF|READONLY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|UNKILLABLE)\b|script is running|command not allowed when used memory/;

/**
 * | answer | kind | may have acted | retryable |
 * |---|---|---|---|
 * | LOADING, BUSY, OOM, READONLY and the like | unavailable | no | yes |
 * | every other error | rejected | no: a command, or a script's first command, that fails does nothing | no |
 * | none, the connection was lost | unavailable | yes | yes |
 */
export function judge(error: unknown): CallError {
  if (isCallError(error)) return error;
  const message = reasonOf(error);
  if (!(error instanceof Error && error.name === 'ReplyError')) {
    return unavailable(`the connection was lost: ${message}`, true);
  }
  return PASSING.test(message) ? unavailable(message, false) : rejected(message);
}

/** As a text, whatever scalar it is. */
export function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString() : String(value);
}

export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new CallError('Redis answered something else than a list', {
    kind: 'invalid-response',
    retryable: false,
    mayHaveActed: true,
  });
}
