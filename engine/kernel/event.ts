import type { Json } from '../errors.ts';

/** How a call failed, as the performer judges it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details?: Json;
  /** Trying the same again can help. */
  readonly retryable: boolean;
  /** The service may have acted: the outcome is unknown. */
  readonly mayHaveActed: boolean;
  /** What the operation declares: safe to repeat with the same key, to be asked first, or neither. */
  readonly safety?: 'idempotent' | 'query' | 'once';
  /** Not before this many ms, if the service said so. */
  readonly retryAfterMs?: number;
}

/**
 * What happens to a run. Everything that is not a function of earlier events stands in the event itself: `at` (epoch
 * ms) is the only clock of the kernel and `random` (0 ≤ r < 1) its only randomness.
 */
export type RunEvent =
  | {
      readonly kind: 'result';
      readonly id: string;
      readonly output: Json;
      readonly at: number;
      /** Set when it was not the service itself that answered. */
      readonly answeredBy?: StandIn;
    }
  | {
      readonly kind: 'failure';
      readonly id: string;
      readonly error: Failure;
      readonly at: number;
      readonly random: number;
    }
  | { readonly kind: 'timer'; readonly id: string; readonly at: number }
  | {
      readonly kind: 'signal';
      readonly name: string;
      readonly payload: Json;
      readonly dedupeId: string;
      readonly correlation?: Json;
      readonly at: number;
    }
  | {
      readonly kind: 'task';
      readonly id: string;
      readonly action: string;
      readonly data: Json;
      readonly by: string;
      readonly at: number;
    }
  | { readonly kind: 'cancel'; readonly reason: string; readonly at: number }
  | { readonly kind: 'terminate'; readonly reason: string; readonly at: number }
  | { readonly kind: 'suspend'; readonly at: number }
  | { readonly kind: 'resume'; readonly at: number }
  /** An operator's answer to an incident, or a new try of a failed run. Without `id`: every incident of the run. */
  | {
      readonly kind: 'retry';
      readonly id?: string;
      readonly decision: 'retry' | 'succeeded' | 'failed';
      readonly output?: Json;
      readonly at: number;
    };

/** What can answer in place of a service: an answer of before, or a mock. */
export type StandIn = 'cache' | 'mock';

/** What a run starts with. */
export interface Start {
  readonly runId: string;
  readonly input: Json;
  readonly at: number;
  readonly parent?: ParentRef;
  /** Sub-flow depth; default 0. */
  readonly depth?: number;
  /** W3C trace context of whoever asked for the run; its calls go on with it. */
  readonly traceparent?: string;
  /** What its calls are told apart by, such as `tenant`. */
  readonly attributes?: { readonly [name: string]: string };
}

/** The step of another run that waits for this one. */
export interface ParentRef {
  readonly runId: string;
  readonly effectId: string;
}
