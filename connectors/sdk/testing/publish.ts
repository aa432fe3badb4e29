import assert from 'node:assert/strict';
import { type CallError, isCallError } from '../call-error.ts';
import type { CallContext, Connection, Outgoing } from '../connector.ts';
import { createDeadlines } from '../deadline.ts';
import { pause } from './waiting.ts';

const deadlines = createDeadlines();

interface PublishOptions extends Partial<Omit<Outgoing, 'topic'>> {
  readonly timeoutMs?: number;
  readonly attempt?: number;
}

/** Publishes as the engine does, `idempotencyKey` being the id of the message. */
export async function publish(
  connection: Connection,
  { topic }: { readonly topic: string },
  idempotencyKey: string,
  { timeoutMs = 5_000, attempt = 1, payload = { n: 1 }, ...more }: PublishOptions,
): Promise<void> {
  const deadline = deadlines.start(timeoutMs);
  const context: CallContext = { idempotencyKey, attempt, deadline, maxResponseBytes: 1_000_000 };
  assert.ok(connection.publish, 'the connection cannot publish');
  await connection.publish({ topic, payload, ...more }, context);
}

/** Tries again as the engine does: what failed, and may be tried again, up to 20 times. */
export async function retrying(act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const error = await act().then(() => undefined, asCallError);
    if (!error) return;
    if (!error.retryable || attempt === 20) throw error;
    await pause(300);
  }
}

/** What `calling` fails with, which has to be a judgement. */
export async function failure(calling: Promise<unknown>): Promise<CallError> {
  const error = await calling.then(
    () => undefined,
    (reason: unknown) => ({ reason }),
  );
  if (error) return asCallError(error.reason);
  assert.fail('it succeeded');
}

export function asCallError(error: unknown): CallError {
  if (isCallError(error)) return error;
  throw error;
}
