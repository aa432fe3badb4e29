import type { Program } from '../compile/index.ts';
import { FlowError, type Json } from '../errors.ts';
import { MemoryRun } from './memory-run.ts';
import { outcomeOf } from './outcomes.ts';
import type { Perform } from './perform.ts';
import { newRunId } from './run-id.ts';
import type { Outcome } from './runtime.ts';

export interface ExpressOptions {
  readonly perform: Perform;
  /** Epoch ms. */
  readonly now: () => number;
  readonly random: () => number;
  /** W3C trace context. Default: calls are in no trace. */
  readonly traceparent?: string;
  readonly attributes?: { readonly [name: string]: string };
  /** Default: a new one. */
  readonly runId?: string;
}

/**
 * Runs an express flow on the same kernel, in memory and without a journal: for reading and aggregating. A crash loses
 * it, which its caller notices by the broken connection.
 *
 * @returns The outcome, or what `respond` answered; what follows a `respond` goes on in the background.
 */
export function runExpress(program: Program, input: Json, options: ExpressOptions): Promise<Outcome> {
  const { perform, now, random, traceparent, attributes } = options;
  const caller = {
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(attributes === undefined ? {} : { attributes }),
  };
  return new Promise((resolve, reject) => {
    const runId = options.runId ?? newRunId(now());
    const run = new MemoryRun(program, {
      now,
      random,
      perform: (effect) => {
        if (effect.kind === 'call' || effect.kind === 'query' || effect.kind === 'script')
          return perform(effect, { runId, ...caller });
        reject(new FlowError('FLOW_INVALID', `an express flow cannot ${effect.kind}; set its mode to durable`));
        return undefined;
      },
      respond: (response) => resolve({ runId, status: 'responded', response }),
      rested: (step) => {
        const outcome = outcomeOf(step.run);
        if (outcome) resolve(outcome);
        if (step.run.status !== 'needs-operator') return;
        run.close();
        reject(new FlowError('OUTCOME_UNKNOWN', 'a call may have acted, and an express flow cannot wait to find out'));
      },
      failed: reject,
    });
    run.begin(runId, input);
  });
}
