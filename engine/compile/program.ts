import type { Flow } from '../definition/index.ts';
import type { Json } from '../errors.ts';

/**
 * What a node does when its state is entered: the closed vocabulary between node types and the kernel. The first group
 * becomes effects that a runtime performs; the second is carried out by the kernel itself.
 * Fields of type `Json` are values (an object `{ "$": … }` in them is an expression), evaluated on entry.
 */
export type Activity =
  | {
      readonly kind: 'call';
      readonly service: string;
      readonly operation: string;
      readonly input: Json;
      readonly timeoutMs?: number;
      readonly compensate?: Undo;
      readonly onUnknown?: StatusQuery;
    }
  | { readonly kind: 'timer'; readonly due: Due }
  | {
      readonly kind: 'await-event';
      readonly name: string;
      readonly correlation?: Json;
      readonly bufferMs: number;
      readonly timeoutMs?: number;
    }
  | { readonly kind: 'task'; readonly task: TaskSpec }
  | {
      readonly kind: 'start-run';
      readonly flow: string;
      readonly version: string;
      readonly input: Json;
      readonly wait: boolean;
    }
  | { readonly kind: 'script'; readonly source: string; readonly input: Json; readonly timeoutMs: number }
  | {
      readonly kind: 'emit';
      readonly topic: Json;
      readonly payload: Json;
      readonly key?: Json;
      readonly delayMs?: number;
      readonly service?: string;
    }
  | { readonly kind: 'respond'; readonly status: Json; readonly body: Json; readonly headers?: Json }
  | { readonly kind: 'assign'; readonly values: { readonly [name: string]: Json } }
  | { readonly kind: 'choose'; readonly when: readonly Json[] }
  | { readonly kind: 'parallel'; readonly branches: readonly Branch[]; readonly need: Need; readonly losers: Losers }
  | {
      readonly kind: 'for-each';
      readonly items: Json;
      readonly scope: string;
      readonly concurrency: number;
      readonly need: Need;
      readonly losers: Losers;
      readonly collect: boolean;
    }
  | {
      readonly kind: 'region';
      readonly scope: string;
      readonly timeoutMs?: number;
      readonly saga: boolean;
      readonly catch: readonly Route[];
    }
  | { readonly kind: 'end'; readonly outcome?: string; readonly output?: Json; readonly whole: boolean }
  | { readonly kind: 'fail'; readonly code: string; readonly message: Json; readonly details?: Json };

/** How many must succeed: every one, the first, or a fixed number. */
export type Need = 'all' | 'any' | number;
/** What becomes of those not needed: stopped, or left to finish with their results dropped. */
export type Losers = 'cancel' | 'absorb';

export interface Branch {
  readonly name: string;
  readonly condition?: Json;
  /** Key of the scope in `Program.scopes`. */
  readonly scope: string;
}

/** The call that undoes a completed call. */
export interface Undo {
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  readonly retry: RetryPolicy;
}

/** How to learn what became of a call whose outcome is unknown. */
export interface StatusQuery {
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  readonly everyMs: number;
  readonly maxWaitMs: number;
  readonly decide: readonly { readonly if: Json; readonly then: 'succeeded' | 'failed' | 'retry' }[];
  readonly otherwise: 'operator' | 'failed';
}

export type Due =
  | { readonly kind: 'for'; readonly duration: Json }
  | { readonly kind: 'until'; readonly date: Json }
  | { readonly kind: 'business'; readonly days: Json; readonly at?: string; readonly calendar?: Json };

export interface TaskSpec {
  readonly title: Json;
  readonly form?: Json;
  readonly data?: Json;
  readonly assignees?: Json;
  readonly groups?: Json;
  readonly need: number | 'all';
  readonly actions: readonly { readonly id: string; readonly title?: Json; readonly need?: number }[];
  readonly dueMs?: number;
}

/** An exit taken on an error: `code` is exact or `*`. */
export interface Route {
  readonly code: string;
  readonly port: string;
}

/** Retry settings with every default filled in; durations in milliseconds. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff: 'constant' | 'linear' | 'exponential';
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly jitter: boolean;
  readonly totalTimeoutMs?: number;
  readonly on?: readonly string[];
}

export const NEXT = 'next';

/** What a node type's compile rule returns: the activity and the exits beside `next` and `onError`. */
export interface StateRule {
  readonly activity: Activity;
  /** Port → node id. `next` and the error routes are added by the compiler. */
  readonly exits?: { readonly [port: string]: string };
}

/** One node, compiled: a state of its scope's machine. */
export interface State {
  readonly id: string;
  readonly type: string;
  readonly activity: Activity;
  readonly exits: { readonly [port: string]: string };
  /** Error routes in order; the first that matches is taken. */
  readonly routes: readonly Route[];
  readonly retry?: RetryPolicy;
}

/** Decides a choice: returns the port, for the node whose state was just entered. */
export type Decide = (nodeId: string) => string;

/** Where a macrostep came to rest, and the nodes entered on the way, the resting one last. */
export interface Move {
  readonly state: string;
  readonly entered: readonly string[];
}

/** The flat state machine of one scope: states are node ids and `$end`. Pure. */
export interface Machine {
  /** Enters the start node. */
  start(decide: Decide): Move;
  /** Leaves `state` through `port`. */
  leave(state: string, port: string, decide: Decide): Move;
}

/** The state in which a scope has ended. No node id begins with `$`. */
export const END = '$end';

export interface ScopeProgram {
  readonly key: string;
  readonly states: { readonly [nodeId: string]: State };
  readonly machine: Machine;
}

/** Bounds of a run (PROMISES §14). The defaults are what the engine promises; settings may move them. */
export interface Limits {
  /** Node transitions that one event may cause. A fan-out that needs more goes on with the next event. */
  readonly maxTransitions: number;
  /** Events in the history of a run, beside what its fan-outs add. */
  readonly maxEvents: number;
  /** Items of a forEach. */
  readonly maxItems: number;
  /** How deep sub-flows nest. */
  readonly maxDepth: number;
}

export const defaultLimits: Limits = { maxTransitions: 1_000, maxEvents: 10_000, maxItems: 10_000, maxDepth: 16 };

/** A flow, compiled once per version. Immutable, shared by all its runs. */
export interface Program {
  readonly flow: Flow;
  /** Content hash of the definition. */
  readonly version: string;
  /** By key: `''` is the root, others are `<container id>` or `<container id>.<branch>`. */
  readonly scopes: { readonly [key: string]: ScopeProgram };
  /** Longest buffer, in ms, that any event node gives to an event of this name; `Infinity` for ever. */
  readonly buffers: { readonly [eventName: string]: number };
  readonly timeoutMs?: number;
  readonly limits: Limits;
}
