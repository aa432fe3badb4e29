import type { Program } from '../../compile/index.ts';
import { FlowError } from '../../errors.ts';
import {
  advance,
  begin,
  type Disposition,
  type Effect,
  isFinal,
  type Note,
  outstanding,
  type Run,
  type RunEvent,
  type Start,
  type Step,
} from '../../kernel/index.ts';
import type { Op } from '../../store/sqlite/protocol.ts';
import type { Programs } from '../programs.ts';
import { hasRow, type Journal, type Written } from './journal.ts';
import { taskResponses } from './task-responses.ts';

/** A run in memory: it has effects with a performer, or an event to take. */
export interface Active {
  run: Run;
  readonly program: Program;
  readonly written: Written;
  readonly inbox: Delivery[];
  processing: boolean;
  /** What the last lone answer was found to lead to, so that it need not be worked out again when it is taken. */
  ahead?: { readonly before: Run; readonly event: RunEvent; readonly step: Step };
}

export interface Delivery {
  readonly event: RunEvent;
  /** Set for events from outside, whose sender waits to hear what became of them. */
  readonly settle?: (disposition: Disposition) => void;
  /** Rows to be written in the same commit, if the event is applied. */
  readonly rows?: readonly Op[];
  /** A published event is only for a run that waits for it; another run may. */
  readonly onlyIfAwaited?: boolean;
  readonly fail?: (error: unknown) => void;
  /** An answer that may be asked for again: it may wait a moment for company on its way to the disk. */
  readonly repeatable?: boolean;
}

export interface ActiveRunsOptions {
  readonly journal: Journal;
  readonly programs: Programs;
  /** Epoch ms. */
  readonly now: () => number;
  /** Called when a step is durable. `again`: effects that may have been performed before. */
  readonly committed: (active: Active, effects: readonly Effect[], again: boolean) => void;
  readonly watched: (runId: string) => boolean;
  readonly publish: (runId: string, notes: readonly Note[]) => void;
  /** A run that had ended goes on (a retry, or its undoing). */
  readonly revived: (runId: string) => void;
  /** A write was refused. The runs concerned wait until `reload` is called. */
  readonly failed: (error: unknown) => void;
  /** An event could not be applied: a fault of the engine itself. The run stays as it was. */
  readonly broken: (runId: string, error: unknown) => void;
}

/** How long an answer that asks for nothing new may wait for the run's next record. */
const COMPANY_MS = 10;

/**
 * The runs in memory and the one rule of their life: an event is applied, made durable, and only then are its effects
 * performed. One event batch of a run is under way at a time; a run at rest lives in the store alone.
 */
export class ActiveRuns {
  private readonly options: ActiveRunsOptions;
  private readonly active = new Map<string, Active>();
  private readonly loading = new Map<string, Promise<Active | undefined>>();
  /** Runs whose start is on its way to the disk: until it is there, nobody knows whether it is the first of its id. */
  private readonly starting = new Map<string, Promise<void>>();
  /** Runs whose last write was refused: what they are is what the store says, once it can be asked. */
  private readonly stalled = new Set<Active>();
  private readonly uncertainStarts = new Set<string>();
  /** Runs with an answer that waits for company. */
  private lingering = new Set<Active>();

  constructor(options: ActiveRunsOptions) {
    this.options = options;
  }

  get size(): number {
    return this.active.size + this.starting.size;
  }

  has(runId: string): boolean {
    return this.active.has(runId);
  }

  isProcessing(): boolean {
    for (const active of this.active.values()) {
      if ((active.processing || active.inbox.length > 0) && !this.stalled.has(active)) return true;
    }
    return this.starting.size > 0;
  }

  /**
   * Makes a new run durable and performs its first effects.
   *
   * @throws {FlowError} `STORE_CONFLICT` if a run of that id, or the key, is there; `STORE_UNAVAILABLE`: not accepted.
   */
  async start(
    program: Program,
    start: Start,
    dedupe: { readonly key: string; readonly bodyHash: string } | undefined,
  ): Promise<void> {
    const { journal } = this.options;
    const { run, effects } = begin(program, start);
    const written = { status: run.status, busy: run.busy > 0, hasRows: effects.some(hasRow) };
    const active: Active = { run, program, written, inbox: [], processing: true };
    const ops = journal.startOps(run, program.flow, start, effects, dedupe);
    if (!isFinal(run.status) && run.busy === 0) journal.stateOps(run, program.flow, start.at, written, true, ops);
    if (this.active.has(run.id) || this.starting.has(run.id))
      throw new FlowError('STORE_CONFLICT', `run ${run.id} is there already`);
    const appended = journal.append(ops);
    this.starting.set(run.id, appended);
    try {
      await appended;
    } catch (error) {
      if (!isConflict(error)) {
        // The write may have reached the disk although it was refused: looked up once the store works again.
        this.uncertainStarts.add(run.id);
        this.options.failed(error);
      }
      throw error;
    } finally {
      this.starting.delete(run.id);
    }
    this.active.set(run.id, active);
    active.processing = false;
    this.options.committed(active, effects, false);
    void this.process(active);
  }

  /** Hands an event to its run. Resolves when what became of it is durable; `unknown`: there is no such run. */
  async deliver(
    runId: string,
    event: RunEvent,
    { rows = [], onlyIfAwaited = false }: Pick<Delivery, 'rows' | 'onlyIfAwaited'> = {},
  ): Promise<Disposition | 'unknown'> {
    const active = this.active.get(runId) ?? (await this.load(runId));
    if (active === undefined) return 'unknown';
    if (this.stalled.has(active))
      throw new FlowError('STORE_UNAVAILABLE', 'the last step of the run could not be made durable; try again');
    return new Promise((settle, fail) => {
      active.inbox.push({ event, rows, onlyIfAwaited, settle, fail });
      void this.process(active);
    });
  }

  /** Hands the answer to an effect to its run. Kept until it is durable, whatever the store does meanwhile. */
  async answer(runId: string, event: RunEvent, repeatable = false): Promise<void> {
    const active = this.active.get(runId) ?? (await this.load(runId));
    if (active === undefined) return;
    active.inbox.push({ event, repeatable });
    void this.process(active);
  }

  /** Reads a run that a crash left with effects in flight, and performs them again; its timers and waits are set. */
  async recover(runId: string): Promise<void> {
    const active = await this.load(runId);
    if (active) this.options.committed(active, waits(outstanding(active.program, active.run)), true);
  }

  /** The store works again: stalled runs are read as they are on disk, and go on from there. */
  async reload(): Promise<void> {
    for (const active of [...this.stalled]) {
      const stored = await this.read(active.run.id);
      const effects = await this.since(active);
      // Stalled until it has been read in full; whoever asks at the same time finds it done.
      if (!this.stalled.delete(active)) continue;
      if (stored === undefined) {
        this.active.delete(active.run.id);
        continue;
      }
      active.run = stored.run;
      Object.assign(active.written, stored.written);
      active.processing = false;
      // A refused write that is there all the same: nobody has performed its effects yet.
      if (effects.length > 0) this.options.committed(active, effects, false);
      void this.process(active);
    }
    for (const runId of [...this.uncertainStarts]) {
      await this.recover(runId);
      this.uncertainStarts.delete(runId);
    }
  }

  /** Takes what is in the inbox, makes it durable together, then performs the effects; again until it is empty. */
  private async process(active: Active, alone = false): Promise<void> {
    if (active.processing) return;
    active.processing = true;
    while (active.inbox.length > 0) {
      const batch = active.inbox.splice(0);
      try {
        if (!alone && this.asksForNothing(active, batch)) {
          active.inbox.push(...batch);
          this.linger(active);
          break;
        }
        await this.take(active, batch);
      } catch (error) {
        if (isStoreError(error)) return this.stall(active, batch, error);
        for (const { fail } of batch) fail?.(error);
        this.options.broken(active.run.id, error);
      }
    }
    active.processing = false;
    const atRest = isFinal(active.run.status) || active.run.busy === 0;
    // Only itself: one that has lingered may have been at rest since, and have been read again.
    if (atRest && active.inbox.length === 0 && this.active.get(active.run.id) === active)
      this.active.delete(active.run.id);
  }

  /**
   * True for a lone answer after which the run only goes on waiting, such as the first of two parallel branches: it is
   * left in the inbox to share the next record's commit. A crash before that asks its service again, under the same key.
   */
  private asksForNothing(active: Active, [only, ...others]: readonly Delivery[]): boolean {
    if (only?.repeatable !== true || others.length > 0 || this.options.watched(active.run.id)) return false;
    const { event } = only;
    const step = advance(active.program, active.run, event);
    active.ahead = { before: active.run, event, step };
    const { run, effects, disposition } = step;
    return disposition === 'applied' && effects.length === 0 && run.busy > 0 && run.status === active.run.status;
  }

  private linger(active: Active): void {
    if (this.lingering.size === 0) {
      setTimeout(() => {
        const waiting = this.lingering;
        this.lingering = new Set();
        for (const run of waiting) void this.process(run, true);
      }, COMPANY_MS);
    }
    this.lingering.add(active);
  }

  private async take(active: Active, batch: readonly Delivery[]): Promise<void> {
    const { journal, now } = this.options;
    const { program } = active;
    const { id } = active.run;
    let { run } = active;
    const lines: Op[] = [];
    const rows: Op[] = [];
    const effects: Effect[] = [];
    const dispositions: Disposition[] = [];
    for (const { event, rows: together = [], onlyIfAwaited } of batch) {
      if (onlyIfAwaited && !awaits(program, run, event)) {
        dispositions.push('refused');
        continue;
      }
      const step = stepAhead(active, run, event) ?? advance(program, run, event);
      dispositions.push(step.disposition);
      if (event.kind === 'timer') rows.push(journal.timerDone(id, event.id));
      if (step.disposition !== 'applied') continue;
      if (event.kind === 'task') rows.push(journal.taskResponses(id, event.id, taskResponses(program, run, event)));
      run = step.run;
      lines.push(journal.eventOp(id, run.sequence, event));
      rows.push(...together);
      for (const effect of step.effects) {
        effects.push(effect);
        if (hasRow(effect)) active.written.hasRows = true;
        journal.effectOps(run, effect, event, rows);
      }
    }
    // The journal line goes first: it is the fence that only one writer passes.
    const ops = [...lines, ...rows];
    if (run !== active.run) {
      const rest = run.busy === 0 && active.inbox.length === 0;
      journal.stateOps(run, program.flow, now(), active.written, rest, ops);
    }
    if (ops.length > 0) await journal.append(ops);
    if (isFinal(active.run.status) && !isFinal(run.status)) this.options.revived(id);
    const before = active.run;
    active.written.status = run.status;
    active.written.busy = run.busy > 0;
    active.run = run;
    for (const [index, { settle }] of batch.entries()) settle?.(dispositions[index] ?? 'dropped');
    if (this.options.watched(id)) this.options.publish(id, notesOf(program, before, batch));
    this.options.committed(active, effects, false);
  }

  /** A write was refused: senders hear so, answers wait for the store. */
  private stall(active: Active, batch: readonly Delivery[], error: unknown): void {
    const waiting = [...batch, ...active.inbox.splice(0)];
    for (const { fail } of waiting) fail?.(error);
    active.inbox.push(...waiting.filter(({ settle }) => settle === undefined));
    this.stalled.add(active);
    this.options.failed(error);
  }

  private load(runId: string): Promise<Active | undefined> {
    const present = this.active.get(runId);
    if (present) return Promise.resolve(present);
    const loading = this.loading.get(runId) ?? this.enter(runId).finally(() => this.loading.delete(runId));
    this.loading.set(runId, loading);
    return loading;
  }

  private async enter(runId: string): Promise<Active | undefined> {
    await this.started(runId);
    const read = await this.read(runId);
    await this.started(runId);
    const other = this.active.get(runId);
    if (other || read === undefined) return other;
    this.active.set(runId, read);
    // Nobody had it in memory, so whoever performed its effects is gone: they are performed again, before it moves on.
    if (read.run.busy > 0) this.options.committed(read, performed(outstanding(read.program, read.run)), true);
    return read;
  }

  /** A start of this run that is on its way to the disk is through: the run is in memory, or was there already. */
  private async started(runId: string): Promise<void> {
    await this.starting.get(runId)?.catch(() => {
      // Whoever starts it hears of it.
    });
  }

  /** What a run has asked for on disk beyond what is in memory. */
  private async since({ program, run: { id, sequence } }: Active): Promise<readonly Effect[]> {
    const stored = await this.options.journal.load(id, true);
    if (stored === undefined) return [];
    let { run } = begin(program, stored.start);
    const effects: Effect[] = [];
    for (const event of stored.events) {
      const step = advance(program, run, event);
      run = step.run;
      if (run.sequence > sequence) effects.push(...step.effects);
    }
    return effects;
  }

  /** A run as the store has it: its snapshot and the events since. */
  private async read(runId: string): Promise<Active | undefined> {
    const stored = await this.options.journal.load(runId);
    if (stored === undefined) return undefined;
    const program = await this.options.programs.load({ flowId: stored.flowId, version: stored.version });
    let run = stored.snapshot ?? begin(program, stored.start).run;
    for (const event of stored.events) run = advance(program, run, event).run;
    return {
      run,
      program,
      written: { status: stored.status, busy: stored.busy, hasRows: true },
      inbox: [],
      processing: false,
    };
  }
}

/** The kernel is pure: what an event led to from the same run is what it leads to. */
function stepAhead({ ahead }: Active, run: Run, event: RunEvent): Step | undefined {
  return ahead?.before === run && ahead.event === event ? ahead.step : undefined;
}

/** History lines of a batch that has been made durable: the kernel is pure, so it can be asked again. */
function notesOf(program: Program, before: Run, batch: readonly Delivery[]): Note[] {
  let run = before;
  return batch.flatMap(({ event }) => {
    const step = advance(program, run, event, { notes: true });
    run = step.run;
    return step.notes;
  });
}

/** A run that waits for an event and has not got one yet that it keeps until it is resumed. */
function awaits(program: Program, run: Run, event: RunEvent): boolean {
  if (event.kind !== 'signal' || run.held.some((held) => held.kind === 'signal' && held.name === event.name))
    return false;
  return outstanding(program, run).some(
    (effect) =>
      effect.kind === 'await-event' &&
      effect.name === event.name &&
      (effect.correlation === undefined || JSON.stringify(effect.correlation) === JSON.stringify(event.correlation)),
  );
}

const isStoreError = (error: unknown) =>
  error instanceof FlowError && ['STORE_UNAVAILABLE', 'STORE_CONFLICT', 'FENCED'].includes(error.code);

export const isConflict = (error: unknown) => error instanceof FlowError && error.code === 'STORE_CONFLICT';

const isWait = ({ kind }: Effect) => kind === 'timer' || kind === 'await-event' || kind === 'task';
const waits = (effects: readonly Effect[]) => effects.filter(isWait);
const performed = (effects: readonly Effect[]) => effects.filter((effect) => !isWait(effect));
