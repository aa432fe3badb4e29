import type { CallErrorFacts } from '@heddle/connectors/sdk/index';

/** How a rehearsed failure looks; the service never heard of the call, and that is what is said of it. */
export const aborts = {
  SERVICE_UNAVAILABLE: { kind: 'unavailable', retryable: true },
  SERVICE_OVERLOADED: { kind: 'unavailable', retryable: true, status: 429 },
  SERVICE_ERROR: { kind: 'failed', retryable: false },
  SERVICE_REFUSED: { kind: 'rejected', retryable: false },
  DEADLINE_EXCEEDED: { kind: 'timeout', retryable: true },
} as const satisfies Record<string, Omit<CallErrorFacts, 'mayHaveActed'>>;

export type Abort = keyof typeof aborts;
export const ABORTS = Object.keys(aborts) as Abort[]; // keys of a constant

/** What is to happen to a share of an operation's calls. */
export interface FaultSettings {
  /** Holds the call back before it is sent, or aborted. Default 0. */
  readonly delayMs?: number;
  /** The call is not sent and fails so. Absent: it goes on after the delay. */
  readonly abort?: Abort;
  /** Of the tries, above 0 up to 1. */
  readonly share: number;
  /** It ends by itself. */
  readonly forMs: number;
}

export interface Fault extends Omit<FaultSettings, 'forMs'> {
  readonly service: string;
  readonly operation: string;
  readonly startedBy: string;
  /** Epoch ms. */
  readonly endsAt: number;
}

/** Rehearsals of failures, in memory: a restart ends them. */
export interface Faults {
  /** Begins one, in place of any that the operation has. */
  start(name: { readonly service: string; readonly operation: string }, settings: FaultSettings, by: string): Fault;
  /** Those that have not ended. */
  list(): readonly Fault[];
  /** Ends one. Returns it, or `undefined` if there was none. */
  end(service: string, operation: string): Fault | undefined;
}
