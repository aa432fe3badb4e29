import type { Json, JsonObject } from '../errors.ts';
import type { Effect, ErrorInfo, FinalStatus, RunResult, TaskEffect } from './effect.ts';
import type { ParentRef, RunEvent } from './event.ts';

export type RunStatus = 'running' | 'waiting' | 'compensating' | 'needs-operator' | 'suspended' | FinalStatus;

/**
 * A run: a tree of scope instances and what belongs to the whole. Plain JSON, never changed in place: `advance`
 * returns a new run that shares what did not change.
 */
export interface Run {
  readonly id: string;
  readonly flowId: string;
  /** Content hash of the definition that it started with. */
  readonly version: string;
  readonly status: RunStatus;
  readonly input: Json;
  readonly businessKey?: string | undefined;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly parent?: ParentRef | undefined;
  readonly depth: number;
  readonly traceparent?: string | undefined;
  readonly attributes?: { readonly [name: string]: string } | undefined;
  /** Events taken so far, the start included. */
  readonly sequence: number;
  /** Events that the run may take before it is stopped with `HISTORY_LIMIT`. */
  readonly allowance: number;
  readonly root: ScopeState;
  /** Signals that came before their node, oldest first. */
  readonly signals: readonly BufferedSignal[];
  /** Ids of the last signals taken, so that a repeated one is known. */
  readonly seen: readonly string[];
  /** Completed (or unknown) steps that can be undone, in order of completion. A step stays until it has been undone. */
  readonly undo: readonly UndoRecord[];
  /** Calls whose scope is gone but whose outcome matters, because they would have to be undone. By effect id. */
  readonly inFlight: { readonly [effectId: string]: InFlight };
  /** The undoing of the whole run, once it has begun. */
  readonly saga?: Saga | undefined;
  /** Effects that are with a performer now. */
  readonly busy: number;
  /** Steps that wait for an operator. */
  readonly incidents: number;
  /** Children started, for their run ids. */
  readonly children: number;
  readonly held: readonly RunEvent[];
  readonly suspended: boolean;
  readonly responded: boolean;
  readonly result?: RunResult | undefined;
  /** What `retry` goes back to: the run as it was before the event that failed it. */
  readonly beforeFailure?: { readonly run: Run; readonly event: RunEvent } | undefined;
}

export interface ScopeState {
  /** Key in `Program.scopes`. */
  readonly key: string;
  /** `''` for the root; `/facts/customer` (branch), `/items[3]` (item), `/risky` (region); `#n` marks later visits of the container. */
  readonly path: string;
  readonly status: 'active' | 'ending' | 'ended' | 'failed' | 'cancelled';
  /** The node it is at. */
  readonly state: string;
  readonly visits: { readonly [nodeId: string]: number };
  readonly steps: { readonly [nodeId: string]: Json };
  readonly vars: { readonly [name: string]: Json };
  /** Output of the last node that completed; null before. */
  readonly last: Json;
  /** Set by an `end` that says its own result. */
  readonly ended?: { readonly outcome?: string; readonly output: Json } | undefined;
  readonly activity?: ActivityState | undefined;
  /** Containers whose result is decided while absorbed losers still run. */
  readonly lingering: readonly ContainerState[];
  /** The error that the last error route caught. */
  readonly error?: ErrorInfo | undefined;
  readonly item?: Json | undefined;
  readonly index?: number | undefined;
}

export type ActivityState = LeafState | ContainerState;
export type LeafState = CallState | TimerState | EventState | TaskState | PlainState;

export interface CallState {
  readonly kind: 'call';
  readonly id: string;
  readonly phase: 'calling' | 'backoff' | 'querying' | 'query-wait' | 'operator';
  readonly attempt: number;
  readonly input: Json;
  /** Epoch ms of the first attempt; bounds `retry.totalTimeout`. */
  readonly since: number;
  readonly dueAt?: number;
  readonly queries: number;
  readonly queryingSince?: number;
  readonly queryInput?: Json;
  /** The last failure, while a retry, a query or an operator decides. */
  readonly error?: ErrorInfo;
  /** An attempt may have acted. */
  readonly unknown: boolean;
}

export interface TimerState {
  readonly kind: 'timer';
  readonly id: string;
  readonly dueAt: number;
}

export interface EventState {
  readonly kind: 'await-event';
  readonly id: string;
  readonly name: string;
  readonly correlation?: Json;
  /** Order among the run's waits: the earliest takes a signal. */
  readonly order: number;
  readonly dueAt?: number;
}

export interface TaskState {
  readonly kind: 'task';
  readonly id: string;
  readonly effect: TaskEffect;
  readonly responses: readonly TaskResponse[];
}

export interface TaskResponse {
  readonly by: string;
  readonly action: string;
  readonly data: Json;
  readonly at: number;
}

/** Effects that only have an answer: script, emit, start-run. */
export interface PlainState {
  readonly kind: 'plain';
  readonly id: string;
  readonly effect: PlainEffect;
}

export type PlainEffect = Extract<Effect, { kind: 'script' | 'emit' | 'start-run' }>;

export type ContainerState = ParallelState | ForEachState | RegionState;

export interface ParallelState {
  readonly kind: 'parallel';
  readonly id: string;
  readonly node: string;
  readonly branches: { readonly [name: string]: ScopeState };
  readonly succeeded: number;
  readonly errors: readonly ErrorInfo[];
}

export interface ForEachState {
  readonly kind: 'for-each';
  readonly id: string;
  readonly node: string;
  readonly items: readonly Json[];
  /** One per item: not started, running, or settled. */
  readonly slots: readonly (null | ScopeState | SettledItem)[];
  readonly next: number;
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly firstError?: ErrorInfo;
  /** Set while the rest of the fan-out waits for the next event. */
  readonly yielded: boolean;
}

export interface SettledItem {
  readonly settled: 'ended' | 'failed' | 'cancelled';
  readonly output: Json;
  readonly error?: ErrorInfo;
}

export interface RegionState {
  readonly kind: 'region';
  readonly id: string;
  readonly node: string;
  readonly scope: ScopeState;
  readonly dueAt?: number | undefined;
  readonly saga?: Saga | undefined;
}

export interface BufferedSignal {
  readonly name: string;
  readonly payload: Json;
  readonly correlation?: Json;
  readonly at: number;
}

export interface UndoRecord {
  /** Effect id of the step to be undone. */
  readonly id: string;
  readonly node: string;
  readonly scopeKey: string;
  readonly input: Json;
  /** For a sub-flow: the run to be undone. */
  readonly runId?: string;
  /** The input could not be computed. */
  readonly error?: ErrorInfo;
}

/**
 * A call that has yet to tell its outcome after its scope was cancelled, with what its `compensate` and its status query
 * may read: it is `calling`, or with `onUnknown` also `querying` or in `query-wait`.
 */
export interface InFlight {
  readonly call: CallState;
  readonly node: string;
  readonly scopeKey: string;
  readonly data: JsonObject;
}

/** Undoing in progress: takes the records of `Run.undo` below `prefix` from the last to the first. */
export interface Saga {
  /** Path that the steps to be undone begin with; `''` for the whole run. */
  readonly prefix: string;
  /** `draining`: calls in flight must tell their outcome first. */
  readonly phase: 'draining' | 'undoing' | 'backoff' | 'operator';
  readonly current?: UndoRecord;
  readonly attempt: number;
  readonly dueAt?: number;
  readonly undone: number;
  readonly cause: { readonly error: ErrorInfo } | { readonly reason: string };
  /** Why the last attempt failed. */
  readonly error?: ErrorInfo;
}

export const isFinal = (status: RunStatus): status is FinalStatus =>
  status === 'completed' || status === 'failed' || status === 'compensated' || status === 'cancelled';
