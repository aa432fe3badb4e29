import { type Flow, redactText } from '../../definition/index.ts';
import { FlowError, type Json } from '../../errors.ts';
import { type Effect, isFinal, type ParentRef, type Run, type RunEvent, type Start } from '../../kernel/index.ts';
import type { Op, SqlValue } from '../../store/sqlite/protocol.ts';
import type { SqliteDatabase } from '../../store/sqlite/sqlite.ts';
import type { StatementName } from './statements.ts';
import type { TimerRow } from './timers.ts';

/** The first line of every journal. */
export type StartEntry = Start & { readonly kind: 'start' };

export interface StoredRun {
  readonly flowId: string;
  readonly version: string;
  readonly status: string;
  readonly busy: boolean;
  readonly snapshot: Run | undefined;
  readonly start: Start;
  /** Events after the snapshot, or all of them. */
  readonly events: readonly RunEvent[];
}

/** What the journal knows of how a run stood when it was last written, to write only what has changed. */
export interface Written {
  status: string;
  busy: boolean;
  /** There may be rows of timers, waits or tasks, to be cleared when the run ends. */
  hasRows: boolean;
}

/** Whether an effect has a row of its own, to be cleared when its run ends. */
export const hasRow = ({ kind }: Effect) => kind === 'timer' || kind === 'await-event' || kind === 'task';

const op = (name: StatementName, ...params: SqlValue[]): Op => [name, ...params];

interface Wanted {
  readonly runId: string;
  readonly resolve: (stored: StoredRun | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs read by one query. */
const LOADED_AT_ONCE = 500;
const RUN_COLUMNS = ['run_id', 'flow_id', 'version', 'status', 'busy', 'snapshot', 'snapshot_sequence'] as const;

/** Reads and writes the embedded store's rows of runs. Holds nothing but what is being asked for. */
export class Journal {
  private readonly database: SqliteDatabase;
  private wanted: Wanted[] = [];

  constructor(database: SqliteDatabase) {
    this.database = database;
  }

  get backlog(): number {
    return this.database.backlog;
  }

  append(ops: readonly Op[]): Promise<void> {
    return this.database.append(ops);
  }

  /** The rows of a new run: caller's key, run, first journal line, and what it waits for. */
  startOps(
    run: Run,
    flow: Flow,
    start: Start,
    effects: readonly Effect[],
    dedupe: { readonly key: string; readonly bodyHash: string } | undefined,
  ): Op[] {
    const entry: StartEntry = { kind: 'start', ...start };
    const ops: Op[] = [];
    if (dedupe) ops.push(op('request', run.flowId, dedupe.key, dedupe.bodyHash, run.id, start.at));
    ops.push(
      op(
        'runStart',
        run.id,
        run.flowId,
        run.version,
        run.status,
        run.busy > 0 ? 1 : 0,
        run.businessKey ?? null,
        run.parent?.runId ?? null,
        start.at,
        start.at,
      ),
      op('event', run.id, 1, JSON.stringify(entry)),
    );
    for (const effect of effects) this.effectOps(run, effect, { kind: 'start', at: start.at }, ops);
    if (isFinal(run.status)) this.endOps(run, flow, start.at, effects.some(hasRow), ops);
    return ops;
  }

  eventOp(runId: string, sequence: number, event: RunEvent): Op {
    return op('event', runId, sequence, JSON.stringify(event));
  }

  /** The rows that change with a run's state, after its journal lines. */
  stateOps(run: Run, flow: Flow, at: number, written: Written, rest: boolean, ops: Op[]): void {
    const busy = run.busy > 0;
    if (isFinal(run.status)) this.endOps(run, flow, at, written.hasRows, ops);
    else if (rest) ops.push(op('runRest', run.status, busy ? 1 : 0, at, JSON.stringify(run), run.sequence, run.id));
    else if (run.status !== written.status || busy !== written.busy)
      ops.push(op('runState', run.status, busy ? 1 : 0, at, run.id));
  }

  effectOps(run: Run, effect: Effect, cause: { readonly kind: string; readonly at: number }, ops: Op[]): void {
    switch (effect.kind) {
      case 'timer':
        ops.push(op('timerSet', run.id, effect.id, effect.dueAt));
        return;
      case 'await-event':
        ops.push(op('waitSet', run.id, effect.id, effect.name, correlationText(effect.correlation)));
        return;
      case 'task':
        ops.push(
          op(
            'taskOpen',
            `${run.id}${effect.id.replaceAll('/', '.').replaceAll('#', '-')}`,
            run.id,
            effect.id,
            run.flowId,
            effect.node,
            JSON.stringify(effect.title),
            effect.form === undefined ? null : JSON.stringify(effect.form),
            effect.data === undefined ? null : JSON.stringify(effect.data),
            JSON.stringify(effect.assignees),
            JSON.stringify(effect.groups),
            JSON.stringify(effect.actions),
            effect.dueAt ?? null,
            cause.at,
          ),
        );
        return;
      case 'cancel-effect':
        if (effect.of === 'timer') ops.push(op('timerDone', run.id, effect.id));
        else if (effect.of === 'await-event') ops.push(op('waitDone', run.id, effect.id));
        else if (effect.of === 'task')
          ops.push(op('taskClose', cause.kind === 'task' ? 'closed' : 'cancelled', cause.at, run.id, effect.id));
        else if (effect.runId !== undefined) ops.push(op('cancelOrdered', effect.runId));
        return;
      default:
        return;
    }
  }

  timerDone(runId: string, effectId: string): Op {
    return op('timerDone', runId, effectId);
  }

  taskResponses(runId: string, effectId: string, responses: Json): Op {
    return op('taskResponses', JSON.stringify(responses), runId, effectId);
  }

  earlyOp(
    event: { readonly id: string; readonly name: string; readonly correlation?: Json; readonly payload: Json },
    at: number,
  ): Op {
    return op('early', event.id, event.name, correlationText(event.correlation), JSON.stringify(event.payload), at);
  }

  earlyTakenOp(eventId: string): Op {
    return op('earlyTaken', eventId);
  }

  /** Marks an event's id as taken; in the same commit as what it caused. */
  receivedOp(eventId: string, at: number): Op {
    return op('received', eventId, at);
  }

  async wasReceived(eventId: string): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('received')
      .select('message_id')
      .where('message_id', '=', eventId)
      .executeTakeFirst();
    return row !== undefined;
  }

  private endOps(run: Run, flow: Flow, at: number, hasRows: boolean, ops: Op[]): void {
    const error = run.result?.error;
    ops.push(
      op(
        'runEnd',
        run.status,
        run.result?.outcome ?? null,
        error?.code ?? null,
        error ? redactText(flow, error.message) : null,
        error?.node ?? null,
        at,
        at,
        run.id,
      ),
    );
    if (hasRows) ops.push(op('timersClear', run.id), op('waitsClear', run.id), op('tasksClear', at, run.id));
  }

  async request(
    flowId: string,
    key: string,
  ): Promise<{ readonly runId: string; readonly bodyHash: string } | undefined> {
    const row = await this.database.query
      .selectFrom('requests')
      .select(['run_id', 'body_hash'])
      .where('flow_id', '=', flowId)
      .where('key', '=', key)
      .executeTakeFirst();
    return row && { runId: row.run_id, bodyHash: row.body_hash };
  }

  /**
   * A run's row and the part of its journal that its snapshot does not include; `whole` reads all of it. Runs that are
   * asked for in the same moment, such as those whose timers are due together, are read together.
   */
  load(runId: string, whole = false): Promise<StoredRun | undefined> {
    if (whole) return this.loadOne(runId, true);
    return new Promise((resolve, reject) => {
      this.wanted.push({ runId, resolve, reject });
      if (this.wanted.length === 1) queueMicrotask(() => this.loadWanted());
    });
  }

  private loadWanted(): void {
    const { wanted } = this;
    this.wanted = [];
    const [only] = wanted;
    if (only && wanted.length === 1) return void this.loadOne(only.runId, false).then(only.resolve, only.reject);
    for (let from = 0; from < wanted.length; from += LOADED_AT_ONCE)
      void this.loadMany(wanted.slice(from, from + LOADED_AT_ONCE));
  }

  private async loadOne(runId: string, whole: boolean): Promise<StoredRun | undefined> {
    const { query } = this.database;
    const row = await query.selectFrom('runs').select(RUN_COLUMNS).where('run_id', '=', runId).executeTakeFirst();
    if (row === undefined) return undefined;
    const lines = await query
      .selectFrom('journal')
      .select(['run_id', 'sequence', 'event'])
      .where('run_id', '=', runId)
      .where('sequence', '>', row.snapshot === null || whole ? 0 : row.snapshot_sequence)
      .orderBy('sequence')
      .execute();
    return storedOf(row, lines, whole);
  }

  private async loadMany(wanted: readonly Wanted[]): Promise<void> {
    try {
      const { query } = this.database;
      const ids = wanted.map(({ runId }) => runId);
      const rows = await query.selectFrom('runs').select(RUN_COLUMNS).where('run_id', 'in', ids).execute();
      const lines = await query
        .selectFrom('journal')
        .innerJoin('runs', 'runs.run_id', 'journal.run_id')
        .select(['journal.run_id', 'sequence', 'event'])
        .where('journal.run_id', 'in', ids)
        .where((where) =>
          where.or([where('runs.snapshot', 'is', null), where('sequence', '>', where.ref('runs.snapshot_sequence'))]),
        )
        .orderBy('journal.run_id')
        .orderBy('sequence')
        .execute();
      const byRun = new Map<string, JournalLine[]>(ids.map((id) => [id, []]));
      for (const line of lines) byRun.get(line.run_id)?.push(line);
      const rowOf = new Map(rows.map((row) => [row.run_id, row]));
      for (const { runId, resolve, reject } of wanted) {
        const row = rowOf.get(runId);
        try {
          resolve(row && storedOf(row, byRun.get(runId) ?? [], false));
        } catch (error) {
          reject(error); // one that cannot be read must not keep the others
        }
      }
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }

  /** Runs that had effects with a performer when the engine stopped. */
  async busyRuns(): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('runs')
      .select('run_id')
      .where('busy', '=', 1)
      .orderBy('run_id')
      .execute();
    return rows.map((row) => row.run_id);
  }

  async timersBefore(before: number, limit: number): Promise<TimerRow[]> {
    const rows = await this.database.query
      .selectFrom('timers')
      .selectAll()
      .where('due_at', '<=', before)
      .orderBy('due_at')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ runId: row.run_id, effectId: row.effect_id, dueAt: row.due_at }));
  }

  /** Runs that wait for an event of this name and correlation, the longest-waiting first. */
  async waiting(name: string, correlation: Json | undefined): Promise<string[]> {
    const text = correlationText(correlation);
    const rows = await this.database.query
      .selectFrom('waits')
      .select('run_id')
      .where('name', '=', name)
      .where((where) =>
        text === null
          ? where('correlation', 'is', null)
          : where.or([where('correlation', '=', text), where('correlation', 'is', null)]),
      )
      .orderBy('run_id')
      .limit(100)
      .execute();
    return rows.map((row) => row.run_id);
  }

  /** Waits for which an event has come early, as after a crash between the two. */
  async earlyWaits(): Promise<{ runId: string; id: string; name: string; correlation?: Json }[]> {
    const rows = await this.database.query
      .selectFrom('waits')
      .innerJoin('early_events', 'early_events.name', 'waits.name')
      .select(['waits.run_id', 'waits.effect_id', 'waits.name', 'waits.correlation'])
      .where((where) =>
        where.or([
          where('waits.correlation', 'is', null),
          where('waits.correlation', '=', where.ref('early_events.correlation')),
        ]),
      )
      .distinct()
      .orderBy('waits.run_id')
      .execute();
    return rows.map(({ run_id: runId, effect_id: id, name, correlation }) => ({
      runId,
      id,
      name,
      ...(correlation !== null && { correlation: JSON.parse(correlation) as Json }),
    }));
  }

  /** Sub-flow runs whose parents have gone on without them, and that have not been told. */
  async cancellations(): Promise<string[]> {
    const rows = await this.database.query.selectFrom('cancellations').select('run_id').orderBy('run_id').execute();
    return rows.map((row) => row.run_id);
  }

  /** A sub-flow has been told; in the same commit as what it does about it. */
  cancelDoneOp(runId: string): Op {
    return op('cancelDone', runId);
  }

  async isEarly(eventId: string): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('early_events')
      .select('event_id')
      .where('event_id', '=', eventId)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The oldest early event that this wait would take. */
  async early(name: string, correlation: Json | undefined) {
    const text = correlationText(correlation);
    let query = this.database.query
      .selectFrom('early_events')
      .selectAll()
      .where('name', '=', name)
      .orderBy('at')
      .limit(1);
    if (text !== null) query = query.where('correlation', '=', text);
    return query.executeTakeFirst();
  }
}

const correlationText = (correlation: Json | undefined) =>
  correlation === undefined ? null : JSON.stringify(correlation);

interface RunRow {
  readonly run_id: string;
  readonly flow_id: string;
  readonly version: string;
  readonly status: string;
  readonly busy: number;
  readonly snapshot: string | null;
}

interface JournalLine {
  readonly run_id: string;
  readonly event: string;
}

function storedOf(row: RunRow, lines: readonly JournalLine[], whole: boolean): StoredRun {
  const entries = lines.map((line) => JSON.parse(line.event) as RunEvent | StartEntry);
  const snapshot = row.snapshot !== null && !whole ? (JSON.parse(row.snapshot) as Run) : undefined;
  const first = entries[0];
  const start = snapshot ? startOf(snapshot) : first?.kind === 'start' ? first : undefined;
  if (start === undefined) throw new FlowError('INTERNAL', `the journal of run ${row.run_id} has no start`);
  return {
    flowId: row.flow_id,
    version: row.version,
    status: row.status,
    busy: row.busy === 1,
    snapshot,
    start,
    events: entries.filter((entry): entry is RunEvent => entry.kind !== 'start'),
  };
}

const startOf = (run: Run): Start => ({
  runId: run.id,
  input: run.input,
  at: run.startedAt,
  depth: run.depth,
  ...(run.traceparent === undefined ? {} : { traceparent: run.traceparent }),
  ...(run.attributes === undefined ? {} : { attributes: run.attributes }),
  ...(run.parent === undefined ? {} : { parent: run.parent satisfies ParentRef }),
});
