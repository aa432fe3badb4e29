import type { RetryPolicy } from '../compile/program.ts';
import type { Json } from '../errors.ts';

/**
 * What a run asks of the world: the narrow waist between node types and runtimes. Effects are plain data. `id` is
 * deterministic (scope path, node, visit: `/items[3]/debit#2`), so a runtime may perform an effect again after a crash
 * under the same idempotency key (`idempotencyKey`); a suffix marks helpers of the same step: `~query`, `~undo`, `:retry`, `:timeout`.
 */
export type Effect =
  | CallEffect
  | { readonly kind: 'timer'; readonly id: string; readonly dueAt: number }
  | {
      readonly kind: 'await-event';
      readonly id: string;
      readonly node: string;
      readonly name: string;
      readonly correlation?: Json;
    }
  | TaskEffect
  | {
      readonly kind: 'start-run';
      readonly id: string;
      readonly node: string;
      readonly runId: string;
      readonly flow: string;
      readonly version: string;
      readonly input: Json;
      readonly wait: boolean;
    }
  | { readonly kind: 'compensate-run'; readonly id: string; readonly runId: string; readonly reason: string }
  | {
      readonly kind: 'script';
      readonly id: string;
      readonly node: string;
      readonly source: string;
      readonly input: Json;
      readonly timeoutMs: number;
    }
  | {
      readonly kind: 'emit';
      readonly id: string;
      readonly node: string;
      readonly topic: string;
      readonly payload: Json;
      readonly key?: string;
      readonly delayMs?: number;
      readonly service?: string;
    }
  | {
      readonly kind: 'respond';
      readonly id: string;
      readonly status: number;
      readonly body: Json;
      readonly headers: { readonly [name: string]: string };
    }
  | {
      readonly kind: 'cancel-effect';
      readonly id: string;
      readonly of: CancellableKind;
      /** For a sub-flow that was waited for: its run, to be cancelled and, if it has completed, undone. */
      readonly runId?: string;
    }
  | { readonly kind: 'finish'; readonly result: RunResult };

export type CancellableKind = 'call' | 'timer' | 'await-event' | 'task' | 'start-run' | 'script' | 'emit';

export interface CallEffect {
  /** `query` only asks what became of an earlier call; `call` may act, for a step or to undo one. */
  readonly kind: 'call' | 'query';
  readonly id: string;
  readonly node: string;
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  /** From 1; goes up with every try, while the idempotency key stays. */
  readonly attempt: number;
  readonly timeoutMs?: number;
}

export interface TaskEffect {
  readonly kind: 'task';
  readonly id: string;
  readonly node: string;
  readonly title: Json;
  readonly form?: Json;
  readonly data?: Json;
  readonly assignees: readonly string[];
  readonly groups: readonly string[];
  readonly actions: readonly { readonly id: string; readonly title?: Json; readonly need: number }[];
  /** Epoch ms. */
  readonly dueAt?: number;
  /** What has been answered, when an open task is listed again. */
  readonly responses?: readonly {
    readonly by: string;
    readonly action: string;
    readonly data: Json;
    readonly at: number;
  }[];
}

export type FinalStatus = 'completed' | 'failed' | 'compensated' | 'cancelled';

export interface RunResult {
  readonly status: FinalStatus;
  /** Named by the `end` that was reached. */
  readonly outcome?: string;
  readonly output?: Json;
  readonly error?: ErrorInfo;
  readonly reason?: string;
}

/** An error as runs carry it: visible to expressions as `error`. */
export interface ErrorInfo {
  readonly code: string;
  readonly message: string;
  /** The node at which it arose. */
  readonly node?: string;
  readonly effectId?: string;
  readonly details?: Json;
}

/** The key that a service sees: the same on every retry and after every crash, different for every visit and item. */
export const idempotencyKey = (runId: string, effectId: string) => `${runId}:${effectId}`;

export type { RetryPolicy };
