import type { Flow } from '../definition/index.ts';
import type { Json } from '../errors.ts';
import type { ErrorInfo, FinalStatus, Journal, Note, ParentRef, Run } from '../kernel/index.ts';

/** A flow version to run; `latest` is resolved when the run starts. */
export interface FlowRef {
  readonly flowId: string;
  readonly version: string;
}

export type Priority = 'high' | 'normal' | 'low';

/** Why a start is not taken now. */
export interface Refusal {
  readonly code: 'OVERLOADED';
  readonly detail: string;
  readonly retryAfterMs: number;
}

export interface StartRequest {
  /** Default: a new time-ordered id. The same id again is harmless: `created` is false. */
  readonly runId?: string;
  readonly flow: FlowRef;
  readonly input: Json;
  /** Idempotency key of the caller, with a hash of what was sent under it. */
  readonly dedupe?: { readonly key: string; readonly bodyHash: string };
  readonly parent?: ParentRef & { readonly depth: number };
  /** Nobody waits for the outcome: under load it goes after starts of its flow's priority that somebody waits for. */
  readonly background?: boolean;
  /** W3C trace context of the caller. Default: a new trace. */
  readonly traceparent?: string;
  /** What its calls are told apart by, such as `tenant`: for gray releases, and for answers kept in caches. */
  readonly attributes?: { readonly [name: string]: string };
}

export interface Signal {
  readonly name: string;
  readonly payload: Json;
  /** The same id again is taken once. */
  readonly dedupeId: string;
  readonly correlation?: Json;
}

/** An event for whichever run waits for it. The same id again is taken once, whichever run took it. */
export interface PublishedEvent {
  readonly name: string;
  readonly correlation?: Json;
  readonly payload: Json;
  readonly id: string;
}

export type SignalResult = 'accepted' | 'duplicate' | 'refused' | 'finished' | 'unknown';

/** How a run ended, or what `respond` answered on the way. */
export interface Outcome {
  readonly runId: string;
  readonly status: FinalStatus | 'responded';
  readonly outcome?: string;
  readonly output?: Json;
  readonly error?: ErrorInfo;
  readonly reason?: string;
  readonly response?: {
    readonly status: number;
    readonly body: Json;
    readonly headers: { readonly [name: string]: string };
  };
}

/** What a node answers in a try in place of the world. */
export type Mock = { readonly output: Json } | { readonly error: { readonly code: string; readonly message?: string } };

/** A flow to be run once, now, without a trace. */
export interface Attempt {
  readonly flow: Flow;
  readonly input: Json;
  /** By node id. */
  readonly mocks: { readonly [nodeId: string]: Mock };
  /** After this it is stopped. */
  readonly timeoutMs: number;
  /** Stops it at once. */
  readonly signal?: AbortSignal;
}

/** What came of a try. */
export interface Tried {
  /** Unfinished (`waiting`, `needs-operator`) where the try could not go on. */
  readonly run: Run;
  readonly notes: readonly Note[];
  /** Nodes that a mock answered for, in order. */
  readonly mocked: readonly string[];
  /** What was not waited for or not sent. */
  readonly skipped: readonly {
    readonly id: string;
    readonly node: string;
    readonly kind: 'timer' | 'emit';
    readonly ms?: number;
  }[];
  /** Nodes that the try goes past only with a mock. */
  readonly waitingFor: readonly {
    readonly id: string;
    readonly node: string;
    readonly kind: 'event' | 'task' | 'subflow';
  }[];
  /** As it passed, however far time was put forward. */
  readonly durationMs: number;
}

export interface Health {
  readonly ready: boolean;
  /** Why not, in words for an operator. */
  readonly reason?: string;
  readonly activeRuns: number;
}

/**
 * Runs of a pure kernel: what every runtime offers, embedded or distributed. Events of a run are applied one at a time,
 * in the order of acceptance; effects are performed at least once, under a stable key.
 */
export interface Runtime {
  /**
   * @returns once the run is durable.
   * @throws {FlowError} `FLOW_NOT_FOUND`, `VERSION_NOT_FOUND`; `IDEMPOTENCY_MISMATCH`, `IDEMPOTENCY_IN_PROGRESS`;
   *   `OVERLOADED`, `NOT_READY`, `STORE_UNAVAILABLE`: nothing was accepted.
   */
  start(request: StartRequest): Promise<{ readonly runId: string; readonly created: boolean }>;
  /** Durable when it resolves to `accepted`. */
  signal(runId: string, signal: Signal): Promise<SignalResult>;
  /** An event for whichever run waits for it under this correlation; kept until one does. */
  publish(event: PublishedEvent): Promise<'delivered' | 'kept' | 'duplicate'>;
  /** One person's action on a task of a run. */
  act(
    runId: string,
    action: { readonly effectId: string; readonly action: string; readonly data: Json; readonly by: string },
  ): Promise<SignalResult>;
  /** Stops the run and undoes what it has done. */
  cancel(runId: string, reason: string): Promise<SignalResult>;
  /** Stops the run and undoes nothing. */
  terminate(runId: string, reason: string): Promise<SignalResult>;
  suspend(runId: string): Promise<SignalResult>;
  resume(runId: string): Promise<SignalResult>;
  /** Tries a failed run, or its incidents, again; or tells what became of a call whose outcome is unknown. */
  retry(
    runId: string,
    decision?: {
      readonly effectId?: string;
      readonly decision: 'retry' | 'succeeded' | 'failed';
      readonly output?: Json;
    },
  ): Promise<SignalResult>;
  /** The outcome, or `pending` when `waitMs` is over. */
  result(runId: string, waitMs: number): Promise<Outcome | 'pending'>;
  /** The run as it is, with its history; undefined when there is none of that id. */
  inspect(runId: string): Promise<{ readonly run: Run; readonly notes: readonly Note[] } | undefined>;
  /** What the run took, for a replay elsewhere; undefined when there is none of that id. */
  journal(
    runId: string,
  ): Promise<(Journal & { readonly flowId: string; readonly version: string; readonly status: string }) | undefined>;
  /** Calls the listener with history lines as they become durable. Returns what ends it. */
  watch(runId: string, listener: (notes: readonly Note[]) => void): () => void;
  /** No new work; waits for steps in flight at most this long, then closes. */
  drain(deadlineMs: number): Promise<void>;
  health(): Health;
}
