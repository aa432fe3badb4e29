import type { Json } from '@heddle/engine/errors';

/** What the process with the store can be asked to do. */
export interface Methods {
  /** Opens the engine's store and runtime in a folder, publishes the flows, and takes up what was left there. */
  open: (params: { readonly folder: string; readonly flows: readonly Json[]; readonly recover: boolean }) => null;
  /** Takes up what was left in the folder, if opening it did not. */
  recover: (params: null) => null;
  start: (params: { readonly flowId: string; readonly reference: string }) => { readonly runId: string };
  signal: (params: { readonly runId: string; readonly name: string; readonly id: string }) => string;
  publish: (params: { readonly reference: string; readonly name: string; readonly id: string }) => string;
  /** The status in which a run has ended; waits for it at most this long. */
  ended: (params: { readonly runId: string; readonly waitMs: number }) => string;
  health: (params: null) => { readonly ready: boolean };
  verify: (params: null) => Verified;
  /** Leaves everything as it is on disk, without waiting for anything. */
  close: (params: null) => null;
}

/** What a store holds, checked against itself. */
export interface Verified {
  /** What is wrong with it in itself; empty when it is sound. */
  readonly faults: readonly string[];
  readonly runs: readonly StoredRun[];
  /** Ids of published events that are known: kept, or taken by a run. */
  readonly events: readonly string[];
}

export interface StoredRun {
  readonly runId: string;
  readonly flowId: string;
  readonly parent: string | null;
  readonly status: string;
  /** Keys of the calls that its journal asks for. */
  readonly asked: readonly string[];
  /** Ids of the signals that its journal holds. */
  readonly taken: readonly string[];
}

export interface Ask {
  readonly kind: 'ask';
  readonly id: number;
  readonly method: keyof Methods;
  readonly params: unknown;
}

export type Answer =
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly code: string; readonly message: string };

/** A call that a run makes of the witness. */
export interface Effect {
  readonly kind: 'effect';
  readonly id: number;
  readonly key: string;
  readonly operation: string;
}

/** The witness answers: `ok` or refused. */
export interface Effected {
  readonly kind: 'effected';
  readonly id: number;
  readonly ok: boolean;
}
