import type { Answer, Deadline } from '@heddle/connectors/sdk/index';
import type { Json } from '../../errors.ts';
import type { InvokeContext } from '../invoker.ts';

/** One invoke on its way through the layers. */
export interface Call {
  readonly input: Json;
  readonly context: InvokeContext;
  readonly deadline: Deadline;
  /** Tries so far. */
  attempts: number;
  /** The connector has the request now. */
  isOut: boolean;
  /** One of the tries may have acted, whatever became of the others. */
  mayHaveActed: boolean;
  /** An answer kept from before will not do. */
  readonly isFresh: boolean;
  /** Endpoints that tries of it went to. */
  tried: Set<object> | undefined;
  /** Who answered in place of the service. */
  answeredBy: 'cache' | 'mock' | undefined;
}

export type Run = (call: Call) => Promise<Answer>;

/** One part of a policy, wrapped around the rest of the way. Made once per operation (or service), not per call. */
export type Layer = (next: Run) => Run;

/** A layer did not let the call through: this try sent nothing. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: 'SERVICE_OVERLOADED' | 'SERVICE_UNAVAILABLE' | 'DEADLINE_EXCEEDED';
  readonly retryAfterMs: number | undefined;
  readonly by: 'rate-limit' | undefined;

  constructor(code: Refusal['code'], message: string, retryAfterMs?: number, by?: Refusal['by']) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.by = by;
  }
}
