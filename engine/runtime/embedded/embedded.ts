import type { Program } from '../../compile/index.ts';
import { FlowError, type Json, type Problem } from '../../errors.ts';
import {
  advance,
  begin,
  type Disposition,
  type Effect,
  isFinal,
  type Note,
  outstanding,
  type ParentRef,
  type Run,
  type RunEvent,
  replay,
  type Start,
} from '../../kernel/index.ts';
import type { Op } from '../../store/sqlite/protocol.ts';
import type { SqliteDatabase } from '../../store/sqlite/sqlite.ts';
import { Outcomes, outcomeOf } from '../outcomes.ts';
import type { Perform, Performed } from '../perform.ts';
import type { Programs } from '../programs.ts';
import { newRunId } from '../run-id.ts';
import type { Health, Outcome, Runtime, Signal, SignalResult, StartRequest } from '../runtime.ts';
import { Journal, type Written } from './journal.ts';
import { Timers } from './timers.ts';

export interface EmbeddedOptions {
  readonly database: SqliteDatabase;
  readonly programs: Programs;
  readonly perform: Perform;
  /** What must happen again after a crash although it may have happened: only what is declared safe to repeat. */
  readonly repeatable: (effect: Extract<Effect, { kind: 'call' | 'query' }>) => 'idempotent' | 'query' | 'once';
  /** Epoch ms. */
  readonly now: () => number;
  /** 0 ≤ r < 1, for jitter. */
  readonly random: () => number;
  /** What does not fit a flow's input schema; asked of sub-flows, because triggers have asked before. */
  readonly inputProblems?: (flow: Program['flow'], input: Json) => readonly Problem[];
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
  finished(flowId: string, status: string, durationMs: number): void;
}

/** A run in memory: it has effects with a performer, or an event to take. */
interface Active {
  run: Run;
  readonly program: Program;
  readonly written: Written;
  readonly inbox: Delivery[];
  processing: boolean;
}

interface Delivery {
  readonly event: RunEvent;
  readonly settle?: (disposition: Disposition) => void;
  readonly fail?: (error: unknown) => void;
}

const OVERLOAD_RETRY_S = 1;
const STORE_PROBE_MS = 500;

/**
 * Runs of this process, kept by one SQLite file. Every event is made durable before its effects are performed; a run
 * at rest lives only in the store. Single writer: the store refuses a second engine.
 */
export class EmbeddedRuntime implements Runtime {
  private readonly options: EmbeddedOptions;
  private readonly records: Journal;
  private readonly timers: Timers;
  private readonly outcomes = new Outcomes();
  private readonly active = new Map<string, Active>();
  private readonly loading = new Map<string, Promise<Active | undefined>>();
  private readonly acceptingKeys = new Set<string>();
  /** Runs that were dropped from memory and must be read again. */
  private readonly unsettled = new Set<string>();
  private readonly watchers = new Map<string, Set<(notes: readonly Note[]) => void>>();
  private state: 'starting' | 'ready' | 'store-failed' | 'fenced' | 'draining' | 'closed' = 'starting';
  private storeError = '';
  private performing = 0;

  constructor(options: EmbeddedOptions) {
    this.options = options;
    this.records = new Journal(options.database);
    this.timers = new Timers({
      now: options.now,
      load: (before, limit) => this.records.timersBefore(before, limit),
      fire: ({ runId, effectId }) => void this.fireTimer(runId, effectId),
      onError: (error) => options.log.error('timers could not be loaded; trying again', { error: messageOf(error) }),
    });
  }

  /** Takes up what a crash or a stop left: runs with effects in flight, and timers. Ready when it resolves. */
  async recover(): Promise<void> {
    for (const runId of await this.records.busyRuns()) {
      const active = await this.load(runId);
      if (active) this.dispatch(active, outstanding(active.program, active.run), true);
    }
    this.state = 'ready';
    await this.timers.start();
  }

  async start(request: StartRequest): Promise<{ runId: string; created: boolean }> {
    const { dedupe } = request;
    if (request.parent === undefined) this.admit();
    const program = this.options.programs.ready(request.flow) ?? (await this.options.programs.load(request.flow));
    if (dedupe === undefined) return this.accept(request, program);
    const key = `${program.flow.id} ${dedupe.key}`;
    if (this.acceptingKeys.has(key))
      throw new FlowError(
        'IDEMPOTENCY_IN_PROGRESS',
        'a request with this Idempotency-Key is being accepted; try again',
        { details: { retryAfterMs: 100 } },
      );
    this.acceptingKeys.add(key);
    try {
      const known = await this.records.request(program.flow.id, dedupe.key);
      if (known === undefined) return await this.accept(request, program);
      if (known.bodyHash !== dedupe.bodyHash)
        throw new FlowError(
          'IDEMPOTENCY_MISMATCH',
          'this Idempotency-Key was used with another body; use a new key for a new request',
        );
      return { runId: known.runId, created: false };
    } finally {
      this.acceptingKeys.delete(key);
    }
  }

  private admit(): void {
    if (this.state === 'store-failed')
      throw new FlowError('STORE_UNAVAILABLE', `nothing can be accepted: ${this.storeError}`, {
        details: { retryAfterMs: 1_000 },
      });
    if (this.state !== 'ready')
      throw new FlowError('NOT_READY', 'the engine is starting or stopping', { details: { retryAfterMs: 1_000 } });
    if (this.active.size >= this.options.maxActiveRuns) {
      throw new FlowError('OVERLOADED', `${this.active.size} runs are active, as many as this engine takes`, {
        details: { retryAfterMs: OVERLOAD_RETRY_S * 1_000 },
      });
    }
  }

  private async accept(request: StartRequest, program: Program): Promise<{ runId: string; created: boolean }> {
    const at = this.options.now();
    const runId = request.runId ?? newRunId(at);
    const start: Start = {
      runId,
      input: request.input,
      at,
      ...(request.parent
        ? { parent: { runId: request.parent.runId, effectId: request.parent.effectId }, depth: request.parent.depth }
        : {}),
    };
    const { run, effects } = begin(program, start);
    const active: Active = {
      run,
      program,
      written: { status: run.status, busy: run.busy > 0 },
      inbox: [],
      processing: true,
    };
    this.active.set(runId, active);
    const ops = this.records.startOps(run, start, effects, request.dedupe);
    const rest = !isFinal(run.status) && run.busy === 0;
    if (rest) this.records.stateOps(run, at, active.written, true, ops);
    try {
      await this.records.append(ops);
    } catch (error) {
      this.active.delete(runId);
      if (error instanceof FlowError && error.code === 'STORE_CONFLICT' && request.runId !== undefined)
        return { runId, created: false };
      this.storeFailed(error);
      throw error;
    }
    this.options.observe?.started(program.flow.id);
    active.processing = false;
    this.dispatch(active, effects, false);
    void this.process(active);
    return { runId, created: true };
  }

  async signal(runId: string, signal: Signal): Promise<SignalResult> {
    return signalResult(await this.deliver(runId, { kind: 'signal', ...signal, at: this.options.now() }));
  }

  async publish(event: {
    readonly name: string;
    readonly correlation?: Json;
    readonly payload: Json;
    readonly id: string;
  }): Promise<'delivered' | 'kept' | 'duplicate'> {
    const { id, ...rest } = event;
    for (const runId of await this.records.waiting(event.name, event.correlation)) {
      const result = await this.signal(runId, { ...rest, dedupeId: id });
      if (result === 'accepted') return 'delivered';
      if (result === 'duplicate') return 'duplicate';
    }
    try {
      await this.records.append([this.records.earlyOp(event, this.options.now())]);
      return 'kept';
    } catch (error) {
      if (error instanceof FlowError && error.code === 'STORE_CONFLICT') return 'duplicate';
      throw error;
    }
  }

  async act(
    runId: string,
    {
      effectId,
      action,
      data,
      by,
    }: { readonly effectId: string; readonly action: string; readonly data: Json; readonly by: string },
  ): Promise<SignalResult> {
    return signalResult(
      await this.deliver(runId, { kind: 'task', id: effectId, action, data, by, at: this.options.now() }),
    );
  }

  async cancel(runId: string, reason: string): Promise<SignalResult> {
    return signalResult(await this.deliver(runId, { kind: 'cancel', reason, at: this.options.now() }));
  }

  async terminate(runId: string, reason: string): Promise<SignalResult> {
    return signalResult(await this.deliver(runId, { kind: 'terminate', reason, at: this.options.now() }));
  }

  async suspend(runId: string): Promise<SignalResult> {
    return signalResult(await this.deliver(runId, { kind: 'suspend', at: this.options.now() }));
  }

  async resume(runId: string): Promise<SignalResult> {
    return signalResult(await this.deliver(runId, { kind: 'resume', at: this.options.now() }));
  }

  async retry(
    runId: string,
    decision: {
      readonly effectId?: string;
      readonly decision: 'retry' | 'succeeded' | 'failed';
      readonly output?: Json;
    } = { decision: 'retry' },
  ): Promise<SignalResult> {
    const { effectId, ...rest } = decision;
    return signalResult(
      await this.deliver(runId, {
        kind: 'retry',
        ...rest,
        ...(effectId === undefined ? {} : { id: effectId }),
        at: this.options.now(),
      }),
    );
  }

  async result(runId: string, waitMs: number): Promise<Outcome | 'pending'> {
    const known = this.outcomes.recent(runId);
    if (known) return known;
    if (!this.active.has(runId)) {
      const stored = await this.records.load(runId, true);
      if (stored === undefined) throw new FlowError('RUN_NOT_FOUND', `no run ${runId}`);
      if (!this.active.has(runId) && isFinal(stored.status as Run['status'])) {
        const program = await this.options.programs.load({ flowId: stored.flowId, version: stored.version });
        return outcomeOf(replay(program, stored).run) ?? 'pending';
      }
    }
    return waitMs <= 0 ? 'pending' : this.outcomes.wait(runId, waitMs);
  }

  async inspect(runId: string): Promise<{ readonly run: Run; readonly notes: readonly Note[] } | undefined> {
    const stored = await this.records.load(runId, true);
    if (stored === undefined) return undefined;
    const program = await this.options.programs.load({ flowId: stored.flowId, version: stored.version });
    return replay(program, stored);
  }

  async journal(runId: string) {
    const stored = await this.records.load(runId, true);
    return (
      stored && {
        flowId: stored.flowId,
        version: stored.version,
        status: stored.status,
        start: stored.start,
        events: stored.events,
      }
    );
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
    const until = Date.now() + deadlineMs;
    while ((this.performing > 0 || [...this.active.values()].some((run) => run.processing)) && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.state = 'closed';
    this.outcomes.close();
  }

  health(): Health {
    const ready = this.state === 'ready';
    const reason =
      this.state === 'store-failed' ? `the store refuses writes: ${this.storeError}` : `the engine is ${this.state}`;
    return { ready, activeRuns: this.active.size, ...(ready ? {} : { reason }) };
  }

  /** Hands an event to its run. Resolves when what became of it is durable. */
  private async deliver(runId: string, event: RunEvent): Promise<Disposition | 'unknown'> {
    if (this.state === 'closed') throw new FlowError('NOT_READY', 'the engine has stopped');
    const active = this.active.get(runId) ?? (await this.load(runId));
    if (active === undefined) return 'unknown';
    return new Promise((settle, fail) => {
      active.inbox.push({ event, settle, fail });
      void this.process(active);
    });
  }

  /** Takes what is in the inbox, makes it durable together, then performs the effects; again until it is empty. */
  private async process(active: Active): Promise<void> {
    if (active.processing) return;
    active.processing = true;
    while (active.inbox.length > 0) {
      const batch = active.inbox.splice(0);
      try {
        await this.take(active, batch);
      } catch (error) {
        this.dropRun(active, [...batch, ...active.inbox.splice(0)], error);
        return;
      }
    }
    active.processing = false;
    this.rest(active);
  }

  private async take(active: Active, batch: readonly Delivery[]): Promise<void> {
    const { program } = active;
    const id = active.run.id;
    const watched = this.watchers.get(id);
    let { run } = active;
    const ops: Op[] = [];
    const effects: Effect[] = [];
    const notes: Note[] = [];
    const dispositions: Disposition[] = [];
    const cleanups: Op[] = [];
    for (const { event } of batch) {
      const step = advance(program, run, event, watched ? { notes: true } : {});
      dispositions.push(step.disposition);
      if (step.disposition !== 'applied') {
        if (event.kind === 'timer') cleanups.push(this.records.timerDone(id, event.id));
        continue;
      }
      run = step.run;
      ops.push(this.records.eventOp(id, run.sequence, event));
      if (event.kind === 'timer') cleanups.push(this.records.timerDone(id, event.id));
      if (event.kind === 'task')
        cleanups.push(this.records.taskResponses(id, event.id, taskResponses(program, run, event.id)));
      for (const effect of step.effects) {
        effects.push(effect);
        this.records.effectOps(run, effect, event.at, cleanups);
      }
      notes.push(...step.notes);
    }
    const at = this.options.now();
    ops.push(...cleanups);
    if (run !== active.run) {
      const rest = run.busy === 0 && active.inbox.length === 0;
      this.records.stateOps(run, at, active.written, rest, ops);
    }
    if (ops.length > 0) await this.records.append(ops);
    active.written.status = run.status;
    active.written.busy = run.busy > 0;
    if (isFinal(active.run.status) && !isFinal(run.status)) this.outcomes.forget(id);
    active.run = run;
    for (const [index, { settle }] of batch.entries()) settle?.(dispositions[index] ?? 'dropped');
    if (watched && notes.length > 0) for (const listener of watched) listener(notes);
    this.dispatch(active, effects, false);
  }

  /** A write failed: what is in memory is not trusted any more. The run is read again once the store works. */
  private dropRun(active: Active, deliveries: readonly Delivery[], error: unknown): void {
    this.active.delete(active.run.id);
    const code = error instanceof FlowError ? error.code : undefined;
    if (code === 'STORE_UNAVAILABLE' || code === 'FENCED') this.storeFailed(error);
    else this.options.log.error('a run could not take an event', { runId: active.run.id, error: messageOf(error) });
    for (const { fail } of deliveries) fail?.(error);
    this.unsettled.add(active.run.id);
  }

  private storeFailed(error: unknown): void {
    this.storeError = messageOf(error);
    this.options.log.error('the store refused a write', { error: this.storeError });
    if (error instanceof FlowError && error.code === 'FENCED') {
      this.state = 'fenced';
      this.timers.stop();
    }
    if (this.state !== 'ready') return;
    this.state = 'store-failed';
    setTimeout(() => void this.probe(), STORE_PROBE_MS);
  }

  /** Goes on by itself when the disk does: a write that succeeds ends the outage, and dropped runs are read again. */
  private async probe(): Promise<void> {
    if (this.state !== 'store-failed') return;
    try {
      await this.records.append([this.records.timerDone('', '')]);
      this.state = 'ready';
      const runs = [...this.unsettled];
      this.unsettled.clear();
      for (const runId of runs) {
        const active = await this.load(runId);
        if (active) this.dispatch(active, outstanding(active.program, active.run), true);
      }
    } catch (error) {
      this.storeError = messageOf(error);
      setTimeout(() => void this.probe(), STORE_PROBE_MS);
    }
  }

  /** Lets a run that waits for the outside leave memory. */
  private rest(active: Active): void {
    if (isFinal(active.run.status) || (active.run.busy === 0 && active.inbox.length === 0))
      this.active.delete(active.run.id);
  }

  private load(runId: string): Promise<Active | undefined> {
    const present = this.active.get(runId);
    if (present) return Promise.resolve(present);
    const loading = this.loading.get(runId) ?? this.read(runId).finally(() => this.loading.delete(runId));
    this.loading.set(runId, loading);
    return loading;
  }

  private async read(runId: string): Promise<Active | undefined> {
    const stored = await this.records.load(runId);
    if (stored === undefined) return undefined;
    const program = await this.options.programs.load({ flowId: stored.flowId, version: stored.version });
    let run = stored.snapshot ?? begin(program, stored.start).run;
    for (const event of stored.events) run = advance(program, run, event).run;
    const active: Active = {
      run,
      program,
      written: { status: stored.status, busy: stored.busy },
      inbox: [],
      processing: false,
    };
    const other = this.active.get(runId);
    if (other) return other;
    this.active.set(runId, active);
    return active;
  }

  private async fireTimer(runId: string, effectId: string): Promise<void> {
    try {
      await this.deliver(runId, { kind: 'timer', id: effectId, at: this.options.now() });
    } catch (error) {
      // The row is still there: it is loaded again with the next horizon.
      this.options.log.warn('a timer could not be delivered; it will be tried again', {
        runId,
        effectId,
        error: messageOf(error),
      });
    }
  }

  /** Performs what has become durable. `again`: after a restart, when any of it may have been performed before. */
  private dispatch(active: Active, effects: readonly Effect[], again: boolean): void {
    const { id } = active.run;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'call':
        case 'query':
          if (again && this.options.repeatable(effect) !== 'idempotent' && effect.kind === 'call')
            this.unknownOutcome(id, effect);
          else this.performLater(id, effect);
          break;
        case 'script':
          this.performLater(id, effect);
          break;
        case 'timer':
          this.timers.set({ runId: id, effectId: effect.id, dueAt: effect.dueAt });
          break;
        case 'cancel-effect':
          if (effect.of === 'timer') this.timers.cancel(id, effect.id);
          if (effect.of === 'start-run') this.cancelChild(active, effect.id);
          break;
        case 'await-event':
          void this.takeEarly(id, effect);
          break;
        case 'start-run':
          void this.startChild(active, effect);
          break;
        case 'compensate-run':
          void this.compensateChild(id, effect);
          break;
        case 'emit':
          void this.emit(id, effect);
          break;
        case 'respond':
          this.outcomes.respond(id, { status: effect.status, body: effect.body, headers: effect.headers });
          break;
        case 'finish':
          this.finished(active);
          break;
        case 'task':
          break;
        default:
          effect satisfies never;
      }
    }
  }

  private performLater(runId: string, effect: Extract<Effect, { kind: 'call' | 'query' | 'script' }>): void {
    this.performing += 1;
    this.options.perform(effect, { runId }).then(
      (performed) => {
        this.performing -= 1;
        this.answer(runId, effect.id, performed);
      },
      (error: unknown) => {
        this.performing -= 1;
        this.options.log.error('performing an effect threw', { runId, effectId: effect.id, error: messageOf(error) });
      },
    );
  }

  private answer(runId: string, effectId: string, performed: Performed): void {
    if (this.state === 'closed') return;
    const at = this.options.now();
    const event: RunEvent = performed.ok
      ? { kind: 'result', id: effectId, output: performed.output, at }
      : { kind: 'failure', id: effectId, error: performed.failure, at, random: this.options.random() };
    const active = this.active.get(runId);
    if (active) {
      active.inbox.push({ event });
      void this.process(active);
      return;
    }
    this.deliver(runId, event).catch((error: unknown) => {
      // The run is not in memory and cannot be written; its effect is performed again, under its key, after recovery.
      this.options.log.warn('an answer could not be recorded; the step will be repeated under its key', {
        runId,
        effectId,
        error: messageOf(error),
      });
      this.unsettled.add(runId);
    });
  }

  /** After a crash, a call that may have acted and must not be repeated blindly. */
  private unknownOutcome(runId: string, effect: Extract<Effect, { kind: 'call' | 'query' }>): void {
    this.answer(runId, effect.id, {
      ok: false,
      failure: {
        code: 'OUTCOME_UNKNOWN',
        message: `the engine stopped while ${effect.service}.${effect.operation} was being called`,
        retryable: false,
        mayHaveActed: true,
        safety: this.options.repeatable(effect),
        details: { service: effect.service, operation: effect.operation, mayHaveActed: true },
      },
    });
  }

  private async takeEarly(runId: string, effect: Extract<Effect, { kind: 'await-event' }>): Promise<void> {
    try {
      const early = await this.records.early(effect.name, effect.correlation);
      if (early === undefined) return;
      const correlation = early.correlation === null ? {} : { correlation: JSON.parse(early.correlation) as Json };
      const result = await this.signal(runId, {
        name: early.name,
        payload: JSON.parse(early.payload) as Json,
        dedupeId: early.event_id,
        ...correlation,
      });
      if (result === 'accepted' || result === 'duplicate')
        await this.records.append([this.records.earlyTakenOp(early.event_id)]);
    } catch (error) {
      this.options.log.warn('early events could not be looked up', {
        runId,
        effectId: effect.id,
        error: messageOf(error),
      });
    }
  }

  private async startChild(active: Active, effect: Extract<Effect, { kind: 'start-run' }>): Promise<void> {
    const parent: ParentRef & { depth: number } = {
      runId: active.run.id,
      effectId: effect.id,
      depth: active.run.depth + 1,
    };
    try {
      const program = await this.options.programs.load({ flowId: effect.flow, version: effect.version });
      const [problem] = this.options.inputProblems?.(program.flow, effect.input) ?? [];
      if (problem)
        throw new FlowError('INPUT_INVALID', `the input does not fit: ${problem.pointer || '/'} ${problem.message}`);
      const { created } = await this.start({
        runId: effect.runId,
        flow: { flowId: effect.flow, version: effect.version },
        input: effect.input,
        parent,
      });
      if (!effect.wait) return this.answer(parent.runId, effect.id, { ok: true, output: { runId: effect.runId } });
      if (created) return;
      // Started before a crash: if it has ended since, nobody has told the parent.
      const outcome = await this.result(effect.runId, 0);
      if (outcome !== 'pending') this.tellParent(parent, outcome);
    } catch (error) {
      const { code, message } = error instanceof FlowError ? error : new FlowError('INTERNAL', messageOf(error));
      this.answer(parent.runId, effect.id, {
        ok: false,
        failure: { code, message: `sub-flow ${effect.flow}: ${message}`, retryable: false, mayHaveActed: false },
      });
    }
  }

  private cancelChild(active: Active, effectId: string): void {
    // The child's id is not in the effect; the run that was cancelled with its step still names it in its undo records.
    const record = active.run.undo.find((candidate) => candidate.id === effectId);
    if (record?.runId === undefined) return;
    this.cancel(record.runId, 'the parent run does not need it any more').catch((error: unknown) =>
      this.options.log.warn('a sub-flow could not be cancelled', {
        runId: record.runId ?? '',
        error: messageOf(error),
      }),
    );
  }

  private async compensateChild(runId: string, effect: Extract<Effect, { kind: 'compensate-run' }>): Promise<void> {
    try {
      const result = await this.cancel(effect.runId, effect.reason);
      if (result === 'finished' || result === 'unknown') this.answer(runId, effect.id, { ok: true, output: null });
    } catch (error) {
      this.answer(runId, effect.id, {
        ok: false,
        failure: { code: 'COMPENSATION_FAILED', message: messageOf(error), retryable: true, mayHaveActed: true },
      });
    }
  }

  private async emit(runId: string, effect: Extract<Effect, { kind: 'emit' }>): Promise<void> {
    try {
      const correlation = effect.key === undefined ? {} : { correlation: effect.key };
      await this.publish({ name: effect.topic, payload: effect.payload, id: `${runId}:${effect.id}`, ...correlation });
      this.answer(runId, effect.id, { ok: true, output: null });
    } catch (error) {
      this.answer(runId, effect.id, {
        ok: false,
        failure: {
          code: 'SERVICE_UNAVAILABLE',
          message: messageOf(error),
          retryable: true,
          mayHaveActed: true,
          safety: 'idempotent',
        },
      });
    }
  }

  private finished(active: Active): void {
    const { run } = active;
    const outcome = outcomeOf(run);
    if (outcome === undefined) return;
    this.options.observe?.finished(run.flowId, run.status, this.options.now() - run.startedAt);
    this.outcomes.settle(outcome);
    if (run.parent) this.tellParent(run.parent, outcome);
  }

  private tellParent(parent: ParentRef, outcome: Outcome): void {
    if (outcome.status === 'completed')
      return this.answer(parent.runId, parent.effectId, { ok: true, output: outcome.output ?? null });
    const cause = outcome.error ?? { code: 'RUN_CANCELLED', message: outcome.reason ?? 'cancelled' };
    this.answer(parent.runId, parent.effectId, {
      ok: false,
      failure: {
        code: 'SUBFLOW_FAILED',
        message: `sub-flow run ${outcome.runId} ended ${outcome.status}: ${cause.message}`,
        retryable: false,
        mayHaveActed: false,
        details: { runId: outcome.runId, status: outcome.status, code: cause.code },
      },
    });
    this.answer(parent.runId, `${parent.effectId}~undo`, { ok: true, output: null });
  }
}

/** The answers that an open task has got so far; none once it is closed, its output has them. */
function taskResponses(program: Program, run: Run, effectId: string): Json {
  const open = outstanding(program, run).find((effect) => effect.kind === 'task' && effect.id === effectId);
  return open?.kind === 'task' ? (open.responses ?? []).map((response) => ({ ...response })) : [];
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function signalResult(disposition: Disposition | 'unknown'): SignalResult {
  if (disposition === 'applied') return 'accepted';
  return disposition === 'dropped' ? 'refused' : disposition;
}
