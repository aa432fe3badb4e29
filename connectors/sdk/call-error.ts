import type { Json } from './json.ts';

/**
 * What went wrong, seen from the connector:
 * - `unavailable`: no connection, or it was lost; or the service says that it cannot serve now (429, 503).
 * - `timeout`: the deadline passed.
 * - `refused`: the connection is closed, or the request cannot be built from this input; nothing was sent.
 * - `rejected`: the service answered that it will not do this (4xx, constraint, NACK).
 * - `failed`: the service answered that it broke (5xx).
 * - `invalid-response`: the answer cannot be read.
 * - `too-large`: the answer is larger than `maxResponseBytes`.
 * - `address-refused`: the target is outside what the service's configuration allows.
 */
export type CallErrorKind =
  | 'unavailable'
  | 'timeout'
  | 'refused'
  | 'rejected'
  | 'failed'
  | 'invalid-response'
  | 'too-large'
  | 'address-refused';

export interface CallErrorFacts {
  readonly kind: CallErrorKind;
  /** The same call can succeed later. Says nothing of safety: read `mayHaveActed` too. */
  readonly retryable: boolean;
  /** `false` only if the service certainly did not act; when in doubt, `true`. */
  readonly mayHaveActed: boolean;
  /** The status of the protocol, if the service answered. */
  readonly status?: number;
  /** How long the service asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The error body, at most {@link MAX_ERROR_BODY_BYTES} of it. */
  readonly body?: Json;
  readonly cause?: unknown;
}

/** Error bodies end up in histories and messages, so they are kept short: 4 KiB. */
export const MAX_ERROR_BODY_BYTES = 4_096;

/** A call that failed. The connector alone judges `retryable` and `mayHaveActed`; everyone above believes it. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly kind: CallErrorKind;
  readonly retryable: boolean;
  readonly mayHaveActed: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly body: Json | undefined;

  constructor(message: string, facts: CallErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = facts.kind;
    this.retryable = facts.retryable;
    this.mayHaveActed = facts.mayHaveActed;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.body = facts.body;
  }
}

/** Works across copies of the SDK, where `instanceof` does not: a connector package may bring its own. */
export function isCallError(error: unknown): error is CallError {
  return error instanceof Error && error.name === 'CallError' && 'mayHaveActed' in error && 'kind' in error;
}
