import type { Program } from '../../compile/index.ts';
import { FlowError, type Json, messageOf, type Problem } from '../../errors.ts';
import type { Effect, Failure, ParentRef, Run, RunEvent } from '../../kernel/index.ts';
import { type Outcomes, outcomeOf } from '../outcomes.ts';
import type { Perform, Performed } from '../perform.ts';
import type { Outcome, Runtime } from '../runtime.ts';
import { traceparentWithin } from '../traced.ts';
import type { Active } from './active-runs.ts';
import type { Timers } from './timers.ts';

type CallLike = Extract<Effect, { kind: 'call' | 'query' }>;
type Of<K extends Effect['kind']> = Extract<Effect, { kind: K }>;

export interface DispatcherOptions {
  readonly perform: Perform;
  /** What the operation declares, for calls that may have been made before a crash. */
  readonly safety: (effect: CallLike) => NonNullable<Failure['safety']>;
  readonly now: () => number;
  readonly random: () => number;
  readonly timers: Timers;
  readonly outcomes: Outcomes;
  /** How a run ended; undefined while it has not. */
  readonly ended: (runId: string) => Promise<Outcome | undefined>;
  readonly runtime: Pick<Runtime, 'start' | 'cancel'>;
  /** Cancels a sub-flow whose parent has gone on without it. */
  readonly cancelUnwanted: (runId: string) => Promise<void>;
  /** `repeatable`: the effect may be performed again, should its answer be lost. */
  readonly answer: (runId: string, event: RunEvent, repeatable: boolean) => Promise<void>;
  /** Looks for an event that came before the run waited for it. */
  readonly takeEarly: (runId: string, effect: Of<'await-event'>) => Promise<void>;
  readonly program: (flowId: string, version: string) => Promise<Program>;
  /** The runtime has stopped: what is under way is left to the next one. */
  readonly isClosed: () => boolean;
  readonly inputProblems: (flow: Program['flow'], input: Json) => readonly Problem[];
  readonly finished: (run: Run) => void;
  readonly warn: (message: string, facts: { readonly [key: string]: Json }) => void;
}

const STORE_RETRY_MS = 500;

const labelOf = (runId: string, effectId: string) => `${runId} ${effectId}`;

/** Performs effects that have become durable, and hands their answers back as events. */
export class Dispatcher {
  private readonly options: DispatcherOptions;
  /** Effects with a performer now, by run and id. */
  private readonly underWay = new Set<string>();
  /** Steps whose sub-flow the store has yet to accept, and that have not been cancelled. */
  private readonly starting = new Set<string>();

  constructor(options: DispatcherOptions) {
    this.options = options;
  }

  /** Effects with a performer now. */
  get performing(): number {
    return this.underWay.size;
  }

  /** @param again any of the effects may have been performed before, and nobody knows with what outcome */
  dispatch({ run }: Active, effects: readonly Effect[], again: boolean): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'call':
          // Asked for again while its answer is on the way, as when a cancelled region was being undone: that answer counts.
          if (this.underWay.has(labelOf(run.id, effect.id))) break;
          if (again && this.options.safety(effect) !== 'idempotent') this.unknownOutcome(run.id, effect);
          else this.perform(run, effect);
          break;
        case 'query':
        case 'script':
          this.perform(run, effect);
          break;
        case 'timer':
          this.options.timers.set({ runId: run.id, effectId: effect.id, dueAt: effect.dueAt });
          break;
        case 'cancel-effect':
          if (effect.of === 'timer') this.options.timers.cancel(run.id, effect.id);
          if (effect.of === 'start-run') this.starting.delete(labelOf(run.id, effect.id));
          if (effect.runId !== undefined) this.cancelRun(effect.runId);
          break;
        case 'await-event':
          this.takeEarly(run.id, effect);
          break;
        case 'start-run':
          void this.startChild(run, effect);
          break;
        case 'compensate-run':
          void this.compensateChild(run.id, effect);
          break;
        case 'emit':
          this.perform(run, effect);
          break;
        case 'respond':
          this.options.outcomes.respond(run.id, { status: effect.status, body: effect.body, headers: effect.headers });
          break;
        case 'finish':
          this.finish(run);
          break;
        case 'task':
          // Its row was written with the step; people find it in the inbox.
          break;
        default:
          effect satisfies never;
      }
    }
  }

  private perform({ id: runId, traceparent, attributes }: Run, effect: CallLike | Of<'script'> | Of<'emit'>): void {
    const label = labelOf(runId, effect.id);
    this.underWay.add(label);
    const context = {
      runId,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(attributes === undefined ? {} : { attributes }),
    };
    this.options.perform(effect, context).then(
      (performed) => {
        this.underWay.delete(label);
        const repeatable = effect.kind !== 'call' || this.options.safety(effect) === 'idempotent';
        this.answer(runId, effect.id, performed, repeatable);
      },
      (error: unknown) => {
        this.underWay.delete(label);
        this.warn('performing an effect threw', runId, effect.id, error);
      },
    );
  }

  private answer(runId: string, id: string, performed: Performed, repeatable = false): void {
    const at = this.options.now();
    const event: RunEvent = performed.ok
      ? {
          kind: 'result',
          id,
          output: performed.output,
          at,
          ...(performed.answeredBy !== undefined && { answeredBy: performed.answeredBy }),
        }
      : { kind: 'failure', id, error: performed.failure, at, random: this.options.random() };
    // An answer that cannot be handed over is not lost: after the next start the step is performed again, under its key.
    this.options
      .answer(runId, event, repeatable)
      .catch((error: unknown) => this.warn('an answer could not be recorded', runId, id, error));
  }

  private refuse(
    runId: string,
    id: string,
    failure: Omit<Failure, 'retryable' | 'mayHaveActed'> & Partial<Failure>,
  ): void {
    this.answer(runId, id, { ok: false, failure: { retryable: false, mayHaveActed: false, ...failure } });
  }

  /** After a crash: a call that may have acted and must not be repeated blindly. */
  private unknownOutcome(runId: string, effect: CallLike): void {
    const { service, operation } = effect;
    this.refuse(runId, effect.id, {
      code: 'OUTCOME_UNKNOWN',
      message: `the engine stopped while ${service}.${operation} was being called`,
      mayHaveActed: true,
      safety: this.options.safety(effect),
      details: { service, operation, mayHaveActed: true },
    });
  }

  /** Looks for an event that came before the run waited for it. */
  takeEarly(runId: string, effect: Of<'await-event'>): void {
    this.persistent(() => this.options.takeEarly(runId, effect)).catch((error: unknown) =>
      this.warn('early events could not be looked up', runId, effect.id, error),
    );
  }

  /** A store that refuses says nothing about what was asked of it: it is asked again until it answers. */
  private async persistent<Result>(act: () => Promise<Result>, isWanted = () => true): Promise<Result> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        const isRefused = error instanceof FlowError && error.code === 'STORE_UNAVAILABLE';
        if (!isRefused || this.options.isClosed()) throw error;
        await new Promise((resolve) => setTimeout(resolve, STORE_RETRY_MS).unref());
        if (!isWanted()) throw error;
      }
    }
  }

  private async startChild(run: Run, effect: Of<'start-run'>): Promise<void> {
    const label = labelOf(run.id, effect.id);
    const parent: ParentRef & { depth: number } = { runId: run.id, effectId: effect.id, depth: run.depth + 1 };
    const traceparent = traceparentWithin(run);
    this.starting.add(label);
    const isWanted = () => this.starting.has(label);
    try {
      const { flow } = await this.options.program(effect.flow, effect.version);
      const [problem] = this.options.inputProblems(flow, effect.input);
      if (problem)
        throw new FlowError('INPUT_INVALID', `the input does not fit: ${problem.pointer || '/'} ${problem.message}`);
      const ref = { flowId: effect.flow, version: effect.version };
      const start = {
        runId: effect.runId,
        flow: ref,
        input: effect.input,
        parent,
        ...(traceparent !== undefined && { traceparent }),
        ...(run.attributes !== undefined && { attributes: run.attributes }),
      };
      if (!isWanted()) return;
      const { created } = await this.persistent(() => this.options.runtime.start(start), isWanted);
      if (!effect.wait) return this.answer(run.id, effect.id, { ok: true, output: { runId: effect.runId } });
      if (created) return;
      // Started before a crash: if it has ended since, nobody has told the parent.
      const outcome = await this.persistent(() => this.options.ended(effect.runId));
      if (outcome) this.tellParent(parent, outcome);
    } catch (error) {
      if (this.options.isClosed()) return;
      const { code, message } = error instanceof FlowError ? error : new FlowError('INTERNAL', messageOf(error));
      this.refuse(run.id, effect.id, { code, message: `sub-flow ${effect.flow}: ${message}` });
    } finally {
      this.starting.delete(label);
    }
  }

  /** Cancels a sub-flow whose parent has gone on without it. */
  cancelRun(child: string): void {
    this.persistent(() => this.options.cancelUnwanted(child)).catch((error: unknown) =>
      this.warn('a sub-flow could not be cancelled', child, '', error),
    );
  }

  private async compensateChild(runId: string, effect: Of<'compensate-run'>): Promise<void> {
    try {
      const result = await this.persistent(() => this.options.runtime.cancel(effect.runId, effect.reason));
      if (result === 'finished' || result === 'unknown') this.answer(runId, effect.id, { ok: true, output: null });
    } catch (error) {
      this.refuse(runId, effect.id, {
        code: 'COMPENSATION_FAILED',
        message: messageOf(error),
        retryable: true,
        mayHaveActed: true,
      });
    }
  }

  private finish(run: Run): void {
    const outcome = outcomeOf(run);
    if (outcome === undefined) return;
    this.options.finished(run);
    this.options.outcomes.settle(outcome, run.responded);
    if (run.parent) this.tellParent(run.parent, outcome);
  }

  private tellParent(parent: ParentRef, outcome: Outcome): void {
    if (outcome.status === 'completed') {
      return this.answer(parent.runId, parent.effectId, { ok: true, output: outcome.output ?? null });
    }
    const cause = outcome.error ?? { code: 'RUN_CANCELLED', message: outcome.reason ?? 'cancelled' };
    this.refuse(parent.runId, parent.effectId, {
      code: 'SUBFLOW_FAILED',
      message: `sub-flow run ${outcome.runId} ended ${outcome.status}: ${cause.message}`,
      details: { runId: outcome.runId, status: outcome.status, code: cause.code },
    });
    this.answer(parent.runId, `${parent.effectId}~undo`, { ok: true, output: null });
  }

  private warn(message: string, runId: string, effectId: string, error: unknown): void {
    this.options.warn(message, { runId, effectId, error: messageOf(error) });
  }
}
