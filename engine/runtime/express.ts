import type { Program } from '../compile/index.ts';
import { FlowError, type Json } from '../errors.ts';
import { advance, begin, type Effect, isFinal, type RunEvent, type Step } from '../kernel/index.ts';
import { outcomeOf } from './outcomes.ts';
import type { Perform } from './perform.ts';
import { newRunId } from './run-id.ts';
import type { Outcome } from './runtime.ts';

export interface ExpressOptions {
  readonly perform: Perform;
  /** Epoch ms. */
  readonly now: () => number;
  readonly random: () => number;
}

/**
 * Runs an express flow on the same kernel, in memory and without a journal: for reading and aggregating. A crash loses
 * it, which its caller notices by the broken connection.
 *
 * @returns The outcome, or what `respond` answered; what follows a `respond` goes on in the background.
 */
export function runExpress(program: Program, input: Json, { perform, now, random }: ExpressOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const runId = newRunId(now());
    const timers = new Map<string, NodeJS.Timeout>();
    let step: Step;

    const take = (event: RunEvent): void => {
      if (isFinal(step.run.status)) return;
      try {
        settle(advance(program, step.run, event));
      } catch (error) {
        reject(error);
      }
    };
    const settle = (next: Step): void => {
      step = next;
      for (const effect of next.effects) dispatch(effect);
      if (next.run.status === 'needs-operator') {
        reject(new FlowError('OUTCOME_UNKNOWN', 'a call may have acted, and an express flow cannot wait to find out'));
        for (const timer of timers.values()) clearTimeout(timer);
      }
    };
    const dispatch = (effect: Effect): void => {
      switch (effect.kind) {
        case 'call':
        case 'query':
        case 'script':
          perform(effect, { runId }).then(
            (done) =>
              take(
                done.ok
                  ? { kind: 'result', id: effect.id, output: done.output, at: now() }
                  : { kind: 'failure', id: effect.id, error: done.failure, at: now(), random: random() },
              ),
            reject,
          );
          return;
        case 'timer':
          timers.set(
            effect.id,
            setTimeout(
              () => take({ kind: 'timer', id: effect.id, at: Math.max(now(), effect.dueAt) }),
              Math.max(0, effect.dueAt - now()),
            ),
          );
          return;
        case 'cancel-effect':
          if (effect.of === 'timer') clearTimeout(timers.get(effect.id));
          return;
        case 'respond':
          resolve({
            runId,
            status: 'responded',
            response: { status: effect.status, body: effect.body, headers: effect.headers },
          });
          return;
        case 'finish': {
          for (const timer of timers.values()) clearTimeout(timer);
          const outcome = outcomeOf(step.run);
          if (outcome) resolve(outcome);
          return;
        }
        default:
          reject(new FlowError('FLOW_INVALID', `an express flow cannot ${effect.kind}; set its mode to durable`));
      }
    };
    settle(begin(program, { runId, input, at: now() }));
  });
}
