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

  recent(runId: string): Outcome | undefined {
    return this.latest.get(runId);
  }

  wait(runId: string, waitMs: number): Promise<Outcome | 'pending'> {
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

  /** The run has ended. */
  settle(outcome: Outcome): void {
    this.latest.set(outcome.runId, outcome);
    if (this.latest.size > MAX_RECENT) {
      const [oldest] = this.latest.keys();
      if (oldest !== undefined) this.latest.delete(oldest);
    }
    this.release(outcome.runId, outcome);
  }

  /** A run that had ended goes on after all (a retry, or its undoing). */
  forget(runId: string): void {
    this.latest.delete(runId);
  }

  /** The run answered its caller and goes on. */
  respond(runId: string, response: NonNullable<Outcome['response']>): void {
    this.release(runId, { runId, status: 'responded', response });
  }

  /** Lets every waiting caller go with `pending`. */
  close(): void {
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

export function outcomeOf(run: Run): Outcome | undefined {
  if (!isFinal(run.status)) return undefined;
  if (run.result === undefined) throw new FlowError('INTERNAL', `run ${run.id} has ended without a result`);
  return { runId: run.id, ...run.result };
}
