import type { Program } from '../../compile/index.ts';
import { FlowError, type Json, messageOf, type Problem } from '../../errors.ts';
import {
  type Disposition,
  type Effect,
  type Note,
  type Replayed,
  type Run,
  type RunEvent,
  replay,
} from '../../kernel/index.ts';
import type { Op } from '../../store/sqlite/protocol.ts';
import type { SqliteDatabase } from '../../store/sqlite/sqlite.ts';
import { Outcomes, outcomeOf } from '../outcomes.ts';
import type { Perform } from '../perform.ts';
import type { Programs } from '../programs.ts';
import { newRunId, traceOf } from '../run-id.ts';
import type { Health, Outcome, PublishedEvent, Runtime, Signal, SignalResult, StartRequest } from '../runtime.ts';
import { ActiveRuns, isConflict } from './active-runs.ts';
import { Admission } from './admission.ts';
import { Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import { Journal } from './journal.ts';
import { type TimerRow, Timers } from './timers.ts';

export interface EmbeddedOptions {
  readonly database: SqliteDatabase;
  readonly programs: Programs;
  readonly perform: Perform;
  /** What an operation declares: after a crash, only what is idempotent is called again without asking. */
  readonly safety: DispatcherOptions['safety'];
  /** What does not fit a flow's input schema; asked of sub-flows, because triggers have asked before. */
  readonly inputProblems?: (flow: Program['flow'], input: Json) => readonly Problem[];
  /** Epoch ms. */
  readonly now: () => number;
  /** 0 ≤ r < 1, for jitter. */
  readonly random: () => number;
  readonly maxActiveRuns: number;
  readonly log: RuntimeLog;
  readonly observe?: RuntimeObserver;
}

export interface RuntimeLog {
  warn(message: string, facts: { readonly [key: string]: Json }): void;
  error(message: string, facts: { readonly [key: string]: Json }): void;
}

/** Figures for metrics; called on the hot path, so cheap. */
export interface RuntimeObserver {
  started(flowId: string): void;
  /** @param durationMs since it was started */
  finished(run: Run, durationMs: number): void;
}

type State = 'starting' | 'ready' | 'store-failed' | 'fenced' | 'draining' | 'closed';

const OVERLOAD_RETRY_MS = 1_000;
const STORE_PROBE_MS = 500;

/**
 * Runs of this process, kept by one SQLite file. Every event is made durable before its effects are performed; a run
 * at rest lives only in the store. Single writer: the store refuses a second engine.
 */
export class EmbeddedRuntime implements Runtime {
  /** Which starts are taken; who starts runs may ask before it has read a request. */
  readonly admission: Admission;
  private readonly options: EmbeddedOptions;
  private readonly records: Journal;
  private readonly timers: Timers;
  private readonly outcomes = new Outcomes();
  private readonly runs: ActiveRuns;
  private readonly dispatcher: Dispatcher;
  private readonly acceptingKeys = new Set<string>();
  /** What is being done with which event; the next with the same one waits. */
  private readonly events = new Map<string, Promise<void>>();
  private readonly watchers = new Map<string, Set<(notes: readonly Note[]) => void>>();
  private state: State = 'starting';
  private storeError = '';
  private probing = false;

  constructor(options: EmbeddedOptions) {
    this.options = options;
    const { now, programs } = options;
    this.records = new Journal(options.database);
    this.admission = new Admission({ maxActiveRuns: options.maxActiveRuns, active: () => this.runs.size });
    this.timers = new Timers({
      now,
      load: (before, limit) => this.records.timersBefore(before, limit),
      fire: (timer) => void this.fireTimer(timer),
      onError: (error) => options.log.error('timers could not be loaded; trying again', { error: messageOf(error) }),
    });
    this.runs = new ActiveRuns({
      journal: this.records,
      programs,
      now,
      committed: (active, effects, again) => this.dispatcher.dispatch(active, effects, again),
      watched: (runId) => this.watchers.has(runId),
      publish: (runId, notes) => {
        for (const listener of this.watchers.get(runId) ?? []) listener(notes);
      },
      revived: (runId) => this.outcomes.forget(runId),
      failed: (error) => this.storeFailed(error),
      broken: (runId, error) => options.log.error('a run could not take an event', { runId, error: messageOf(error) }),
    });
    this.dispatcher = new Dispatcher({
      perform: options.perform,
      safety: options.safety,
      now,
      random: options.random,
      timers: this.timers,
      outcomes: this.outcomes,
      runtime: this,
      ended: (runId) => this.ended(runId),
      cancelUnwanted: (runId) => this.cancelUnwanted(runId),
      answer: async (runId, event, repeatable) =>
        this.state === 'closed' ? undefined : this.runs.answer(runId, event, repeatable),
      takeEarly: (runId, effect) => this.takeEarly(runId, effect),
      program: (flowId, version) => programs.load({ flowId, version }),
      isClosed: () => this.state === 'closed' || this.state === 'fenced',
      inputProblems: options.inputProblems ?? (() => []),
      finished: (run) => options.observe?.finished(run, now() - run.startedAt),
      warn: (message, facts) => options.log.warn(message, facts),
    });
  }

  /** Takes up what a crash or a stop left: runs with effects in flight, and timers. Ready when it resolves. */
  async recover(): Promise<void> {
    for (const runId of await this.records.cancellations()) this.dispatcher.cancelRun(runId);
    for (const runId of await this.records.busyRuns()) await this.runs.recover(runId);
    for (const { runId, ...wait } of await this.records.earlyWaits())
      this.dispatcher.takeEarly(runId, { kind: 'await-event', node: '', ...wait });
    this.state = 'ready';
    await this.timers.start();
  }

  async start(request: StartRequest): Promise<{ runId: string; created: boolean }> {
    const { dedupe } = request;
    this.mustBeReady(request);
    const program = this.options.programs.ready(request.flow) ?? (await this.options.programs.load(request.flow));
    this.admit(request, program);
    if (dedupe === undefined) return this.accept(request, program);
    const key = `${program.flow.id} ${dedupe.key}`;
    if (this.acceptingKeys.has(key)) {
      throw new FlowError(
        'IDEMPOTENCY_IN_PROGRESS',
        'a request with this Idempotency-Key is being accepted; try again',
        {
          details: { retryAfterMs: OVERLOAD_RETRY_MS },
        },
      );
    }
    this.acceptingKeys.add(key);
    try {
      const known = await this.records.request(program.flow.id, dedupe.key);
      if (known === undefined) return await this.accept(request, program);
      if (known.bodyHash !== dedupe.bodyHash) {
        throw new FlowError(
          'IDEMPOTENCY_MISMATCH',
          'this Idempotency-Key was used with another body; use a new key for a new request',
        );
      }
      return { runId: known.runId, created: false };
    } finally {
      this.acceptingKeys.delete(key);
    }
  }

  /** @throws {FlowError} `STORE_UNAVAILABLE`, `NOT_READY`: refused before anything was done. */
  private mustBeReady({ parent }: StartRequest): void {
    if (this.state === 'ready' || parent !== undefined) return;
    const details = { retryAfterMs: OVERLOAD_RETRY_MS };
    if (this.state === 'store-failed')
      throw new FlowError('STORE_UNAVAILABLE', `nothing can be accepted: ${this.storeError}`, { details });
    throw new FlowError('NOT_READY', this.reason, { details });
  }

  /** Sub-flows are work under way. @throws {FlowError} `OVERLOADED`: refused before anything was done. */
  private admit({ parent, background = false }: StartRequest, { flow }: Program): void {
    if (parent !== undefined) return;
    const refusal = this.admission.admit(flow.priority ?? 'normal', background);
    if (refusal === undefined) return;
    const { code, detail, retryAfterMs } = refusal;
    throw new FlowError(code, detail, { details: { retryAfterMs } });
  }

  private async accept(request: StartRequest, program: Program): Promise<{ runId: string; created: boolean }> {
    const at = this.options.now();
    const runId = request.runId ?? newRunId(at);
    const { parent } = request;
    const family = parent ? { parent: { runId: parent.runId, effectId: parent.effectId }, depth: parent.depth } : {};
    try {
      await this.runs.start(
        program,
        {
          runId,
          input: request.input,
          at,
          traceparent: traceOf(request.traceparent),
          ...(request.attributes !== undefined && { attributes: request.attributes }),
          ...family,
        },
        request.dedupe,
      );
    } catch (error) {
      if (isConflict(error) && request.runId !== undefined) return { runId, created: false };
      throw error;
    }
    this.options.observe?.started(program.flow.id);
    return { runId, created: true };
  }

  signal(runId: string, signal: Signal): Promise<SignalResult> {
    return this.deliver(runId, { kind: 'signal', ...signal, at: this.options.now() });
  }

  async publish(event: PublishedEvent): Promise<'delivered' | 'kept' | 'duplicate'> {
    return this.aboutEvent(event.id, async () => {
      if (await this.records.wasReceived(event.id)) return 'duplicate';
      const at = this.options.now();
      const received = this.records.receivedOp(event.id, at);
      const handed = await this.handOver(event, [received]);
      if (handed) return handed;
      await this.records.append([this.records.earlyOp(event, at), received]);
      // A run that has begun to wait meanwhile may have looked for early events before this one was there.
      return (await this.handOver(event, [this.records.earlyTakenOp(event.id)])) ?? 'kept';
    });
  }

  /** Gives an event to the first run that takes it. @param rows written in the commit that makes it durable */
  private async handOver(event: PublishedEvent, rows: readonly Op[]): Promise<'delivered' | 'duplicate' | undefined> {
    const { id, ...rest } = event;
    for (const runId of await this.records.waiting(event.name, event.correlation)) {
      const signal = { kind: 'signal' as const, ...rest, dedupeId: id, at: this.options.now() };
      const result = await this.deliver(runId, signal, { rows, onlyIfAwaited: true });
      if (result === 'accepted') return 'delivered';
      if (result === 'duplicate') return 'duplicate';
    }
    return undefined;
  }

  /** One thing at a time with the same event: publishing it again, and handing it over. */
  private async aboutEvent<Result>(id: string, act: () => Promise<Result>): Promise<Result> {
    const before = this.events.get(id);
    const mine = (before ?? Promise.resolve()).then(act);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.events.set(id, settled);
    try {
      return await mine;
    } finally {
      if (this.events.get(id) === settled) this.events.delete(id);
    }
  }

  act(
    runId: string,
    action: { readonly effectId: string; readonly action: string; readonly data: Json; readonly by: string },
  ): Promise<SignalResult> {
    const { effectId, ...rest } = action;
    return this.deliver(runId, { kind: 'task', id: effectId, ...rest, at: this.options.now() });
  }

  cancel(runId: string, reason: string): Promise<SignalResult> {
    return this.deliver(runId, { kind: 'cancel', reason, at: this.options.now() });
  }

  terminate(runId: string, reason: string): Promise<SignalResult> {
    return this.deliver(runId, { kind: 'terminate', reason, at: this.options.now() });
  }

  suspend(runId: string): Promise<SignalResult> {
    return this.deliver(runId, { kind: 'suspend', at: this.options.now() });
  }

  resume(runId: string): Promise<SignalResult> {
    return this.deliver(runId, { kind: 'resume', at: this.options.now() });
  }

  retry(
    runId: string,
    decision: {
      readonly effectId?: string;
      readonly decision: 'retry' | 'succeeded' | 'failed';
      readonly output?: Json;
    } = { decision: 'retry' },
  ): Promise<SignalResult> {
    const { effectId, ...rest } = decision;
    const id = effectId === undefined ? {} : { id: effectId };
    return this.deliver(runId, { kind: 'retry', ...rest, ...id, at: this.options.now() });
  }

  async result(runId: string, waitMs: number): Promise<Outcome | 'pending'> {
    const known = this.outcomes.forCaller(runId);
    if (known) return known;
    if (!this.runs.has(runId)) {
      const stored = await this.stored(runId);
      if (stored === undefined) throw new FlowError('RUN_NOT_FOUND', `no run ${runId}`);
      // What happened while the store was read is in memory.
      const outcome = this.outcomes.forCaller(runId) ?? responseIn(stored) ?? outcomeOf(stored.run);
      if (outcome) return outcome;
    }
    return waitMs <= 0 ? 'pending' : this.outcomes.wait(runId, waitMs);
  }

  /** How a run ended, whatever it answered its caller; undefined while it has not. */
  private async ended(runId: string): Promise<Outcome | undefined> {
    const recent = this.outcomes.recent(runId);
    if (recent) return recent;
    const stored = await this.stored(runId);
    return stored && outcomeOf(stored.run);
  }

  private async stored(runId: string): Promise<Replayed | undefined> {
    const stored = await this.records.load(runId, true);
    if (stored === undefined) return undefined;
    return replay(await this.options.programs.load({ flowId: stored.flowId, version: stored.version }), stored);
  }

  inspect(runId: string): Promise<{ readonly run: Run; readonly notes: readonly Note[] } | undefined> {
    return this.stored(runId);
  }

  async journal(runId: string) {
    const stored = await this.records.load(runId, true);
    if (stored === undefined) return undefined;
    const { flowId, version, status, start, events } = stored;
    return { flowId, version, status, start, events };
  }

  watch(runId: string, listener: (notes: readonly Note[]) => void): () => void {
    const listeners = this.watchers.get(runId) ?? new Set();
    this.watchers.set(runId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.watchers.delete(runId);
    };
  }

  async drain(deadlineMs: number): Promise<void> {
    if (this.state === 'closed') return;
    this.state = 'draining';
    this.timers.stop();
    const until = performance.now() + deadlineMs;
    while ((this.dispatcher.performing > 0 || this.runs.isProcessing()) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.state = 'closed';
    this.outcomes.close();
  }

  health(): Health {
    const ready = this.state === 'ready';
    return { ready, activeRuns: this.runs.size, ...(ready ? {} : { reason: this.reason }) };
  }

  /** Why nothing is accepted, in words for an operator. */
  private get reason(): string {
    if (this.state === 'store-failed') return `the store refuses writes: ${this.storeError}`;
    if (this.state === 'fenced') return 'another engine has taken over the store; this one does nothing more, end it';
    return `the engine is ${this.state}`;
  }

  private async deliver(
    runId: string,
    event: RunEvent,
    options?: Parameters<ActiveRuns['deliver']>[2],
  ): Promise<SignalResult> {
    if (this.state === 'closed') throw new FlowError('NOT_READY', 'the engine has stopped');
    if (this.state === 'fenced') throw new FlowError('NOT_READY', this.reason);
    return signalResult(await this.runs.deliver(runId, event, options));
  }

  /** Cancels a sub-flow whose parent has gone on without it. That it is to be, is on disk until it is done. */
  private async cancelUnwanted(runId: string): Promise<void> {
    const done = [this.records.cancelDoneOp(runId)];
    const reason = 'the parent run does not need it any more';
    const result = await this.deliver(runId, { kind: 'cancel', reason, at: this.options.now() }, { rows: done });
    if (result !== 'accepted') await this.records.append(done);
  }

  private async takeEarly(runId: string, effect: Extract<Effect, { kind: 'await-event' }>): Promise<void> {
    for (;;) {
      const early = await this.records.early(effect.name, effect.correlation);
      if (early === undefined) return;
      const isSettled = await this.aboutEvent(early.event_id, async () => {
        // Another run may have taken it while this one waited for its turn.
        if (!(await this.records.isEarly(early.event_id))) return false;
        const correlation = early.correlation === null ? {} : { correlation: JSON.parse(early.correlation) as Json };
        const payload = JSON.parse(early.payload) as Json;
        const rows = [this.records.earlyTakenOp(early.event_id)];
        const { event_id: dedupeId, name } = early;
        const at = this.options.now();
        const signal = { kind: 'signal' as const, name, payload, dedupeId, at, ...correlation };
        const result = await this.deliver(runId, signal, { rows, onlyIfAwaited: true });
        if (result === 'duplicate') await this.records.append(rows);
        return true;
      });
      if (isSettled) return;
    }
  }

  private async fireTimer({ runId, effectId, dueAt }: TimerRow): Promise<void> {
    try {
      // Should the clock step back just now, the event still says that its time had come: it is taken once, or never.
      await this.runs.answer(runId, { kind: 'timer', id: effectId, at: Math.max(this.options.now(), dueAt) });
    } catch (error) {
      // Its row is still there: it is loaded again with the next horizon.
      this.options.log.warn('a timer could not be delivered; it will be tried again', {
        runId,
        effectId,
        error: messageOf(error),
      });
    }
  }

  private storeFailed(error: unknown): void {
    const code = error instanceof FlowError ? error.code : 'INTERNAL';
    this.options.log.error('a step could not be made durable', { code, error: messageOf(error) });
    if (code === 'FENCED') {
      this.state = 'fenced';
      this.timers.stop();
      return;
    }
    if (code === 'STORE_UNAVAILABLE') {
      this.storeError = messageOf(error);
      if (this.state === 'ready') this.state = 'store-failed';
    }
    this.probeLater();
  }

  private probeLater(): void {
    if (this.probing || this.state === 'closed') return;
    this.probing = true;
    setTimeout(() => void this.probe(), STORE_PROBE_MS).unref();
  }

  /** Goes on by itself when the disk does: a write that succeeds ends the outage, and stalled runs are read again. */
  private async probe(): Promise<void> {
    this.probing = false;
    try {
      await this.records.append([this.records.timerDone('', '')]);
      await this.runs.reload();
      if (this.state === 'store-failed') this.state = 'ready';
    } catch (error) {
      this.storeError = messageOf(error);
      this.probeLater();
    }
  }
}

/** What a run answered its caller, by its journal. */
function responseIn({ run, effects }: Replayed): Outcome | undefined {
  const effect = effects.find((candidate) => candidate.kind === 'respond');
  if (effect?.kind !== 'respond') return undefined;
  const { status, body, headers } = effect;
  return { runId: run.id, status: 'responded', response: { status, body, headers } };
}

function signalResult(disposition: Disposition | 'unknown'): SignalResult {
  if (disposition === 'applied') return 'accepted';
  return disposition === 'dropped' ? 'refused' : disposition;
}
