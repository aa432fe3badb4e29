import { FlowError } from '../errors.ts';
import { isFinal, type Run } from '../kernel/index.ts';
import type { Outcome } from './runtime.ts';

const MAX_RECENT = 2_000;

interface Waiter {
  readonly resolve: (outcome: Outcome | 'pending') => void;
  readonly timer: NodeJS.Timeout;
}

/** Callers that wait for runs, and the last outcomes, so that a caller who comes just too late need not read the store. */
export class Outcomes {
  private readonly waiters = new Map<string, Waiter[]>();
  private readonly latest = new Map<string, Outcome>();
  private readonly responses = new Map<string, Outcome>();
  private closed = false;

  /** How a run ended, if it did lately. */
  recent(runId: string): Outcome | undefined {
    return this.latest.get(runId);
  }

  /** What the caller of a run is told: what `respond` answered, else how it ended. */
  forCaller(runId: string): Outcome | undefined {
    return this.responses.get(runId) ?? this.latest.get(runId);
  }

  wait(runId: string, waitMs: number): Promise<Outcome | 'pending'> {
    if (this.closed) return Promise.resolve('pending');
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          const left = (this.waiters.get(runId) ?? []).filter((other) => other !== waiter);
          if (left.length === 0) this.waiters.delete(runId);
          else this.waiters.set(runId, left);
          resolve('pending');
        },
        Math.min(waitMs, 2 ** 31 - 1),
      );
      const waiter: Waiter = { resolve, timer };
      const others = this.waiters.get(runId);
      if (others) others.push(waiter);
      else this.waiters.set(runId, [waiter]);
    });
  }

  /** The run has ended. One that answered its caller before a restart is left to the store, which has the answer. */
  settle(outcome: Outcome, hasResponded: boolean): void {
    if (!hasResponded || this.responses.has(outcome.runId)) keep(this.latest, outcome);
    this.release(outcome.runId, outcome);
  }

  /** A run that had ended goes on after all (a retry, or its undoing). */
  forget(runId: string): void {
    this.latest.delete(runId);
  }

  /** The run answered its caller and goes on. */
  respond(runId: string, response: NonNullable<Outcome['response']>): void {
    const outcome: Outcome = { runId, status: 'responded', response };
    // The first answer counts; it may be given before its caller has begun to wait.
    if (!this.responses.has(runId)) keep(this.responses, outcome);
    this.release(runId, outcome);
  }

  /** Lets every waiting caller go with `pending`, also those who come from now on. */
  close(): void {
    this.closed = true;
    for (const runId of [...this.waiters.keys()]) this.release(runId, 'pending');
  }

  private release(runId: string, outcome: Outcome | 'pending'): void {
    const waiting = this.waiters.get(runId);
    if (waiting === undefined) return;
    this.waiters.delete(runId);
    for (const { resolve, timer } of waiting) {
      clearTimeout(timer);
      resolve(outcome);
    }
  }
}

function keep(outcomes: Map<string, Outcome>, outcome: Outcome): void {
  outcomes.set(outcome.runId, outcome);
  if (outcomes.size <= MAX_RECENT) return;
  const [oldest] = outcomes.keys();
  if (oldest !== undefined) outcomes.delete(oldest);
}

export function outcomeOf(run: Run): Outcome | undefined {
  if (!isFinal(run.status)) return undefined;
  if (run.result === undefined) throw new FlowError('INTERNAL', `run ${run.id} has ended without a result`);
  return { runId: run.id, ...run.result };
}
