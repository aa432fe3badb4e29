import type { Program } from '@heddle/engine/compile/index';
import type { Replayed } from '@heddle/engine/kernel/index';
import type { EmbeddedRuntime } from '@heddle/engine/runtime/embedded/index';
import type { Programs } from '@heddle/engine/runtime/programs';
import type { SqliteDatabase } from '@heddle/engine/store/sqlite/sqlite';
import { sql } from 'kysely';
import { isFinal, outstanding, replay } from './engine-modules.ts';
import type { StoredRun, Verified } from './protocol.ts';

export interface Parts {
  readonly database: SqliteDatabase;
  readonly runtime: EmbeddedRuntime;
  readonly programs: Programs;
}

/** Runs that go on while they are read look like halves; after a moment they do not. */
const TRIES = 10;
const MOMENT_MS = 20;

/** Reads everything that a store holds, and checks that it agrees with itself: no half of anything is there. */
export async function verify(parts: Parts): Promise<Verified> {
  for (let attempt = 1; ; attempt += 1) {
    const verified = await readAll(parts);
    if (verified.faults.length === 0 || attempt === TRIES) return verified;
    await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
  }
}

async function readAll({ database, runtime, programs }: Parts): Promise<Verified> {
  const { query } = database;
  const { rows: integrity } = await sql<{ integrity_check: string }>`SELECT * FROM pragma_integrity_check`.execute(
    query,
  );
  const faults = integrity.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  const rows = await query.selectFrom('runs').select(['run_id', 'parent_run', 'status']).execute();
  const lines = await query.selectFrom('journal').select(['run_id', 'sequence']).orderBy('sequence').execute();
  const kept = new Set(await keptRows(database));
  const runs: StoredRun[] = [];
  for (const { run_id: runId, parent_run: parent, status } of rows) {
    try {
      const journal = await runtime.journal(runId);
      if (journal === undefined) throw new Error('it has no journal');
      const program = await programs.load({ flowId: journal.flowId, version: journal.version });
      const replayed = replay(program, journal);
      const own = lines.filter((line) => line.run_id === runId);
      if (own.some((line, index) => line.sequence !== index + 1)) throw new Error('its journal has a gap');
      if (replayed.run.status !== status) throw new Error(`its row says ${status}, its journal ${replayed.run.status}`);
      faults.push(...missingRows(program, replayed, kept).map((what) => `run ${runId}: ${what} is not kept`));
      runs.push({ runId, flowId: journal.flowId, parent, status, ...contents(runId, replayed, journal.events) });
    } catch (error) {
      faults.push(`run ${runId}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const known = new Set(rows.map((row) => row.run_id));
  for (const id of new Set(lines.map((line) => line.run_id)))
    if (!known.has(id)) faults.push(`run ${id}: a journal without a run`);
  const events = await query.selectFrom('received').select('message_id').execute();
  return { faults, runs, events: events.map((row) => row.message_id) };
}

function contents(runId: string, { effects }: Replayed, events: readonly { readonly kind: string }[]) {
  return {
    asked: effects.flatMap((effect) => (effect.kind === 'call' ? [`${runId}:${effect.id}`] : [])),
    taken: events.flatMap((event) => ('dedupeId' in event ? [String(event.dedupeId)] : [])),
  };
}

/** What a run waits for, by rows of their own. */
async function keptRows({ query }: SqliteDatabase): Promise<string[]> {
  const timers = await query.selectFrom('timers').select(['run_id', 'effect_id']).execute();
  const waits = await query.selectFrom('waits').select(['run_id', 'effect_id']).execute();
  return [
    ...timers.map((row) => `timer ${row.run_id}${row.effect_id}`),
    ...waits.map((row) => `await-event ${row.run_id}${row.effect_id}`),
  ];
}

function missingRows(program: Program, { run }: Replayed, kept: ReadonlySet<string>): string[] {
  if (isFinal(run.status)) return [];
  return outstanding(program, run).flatMap((effect) => {
    if (effect.kind !== 'timer' && effect.kind !== 'await-event') return [];
    const row = `${effect.kind} ${run.id}${effect.id}`;
    return kept.has(row) ? [] : [row];
  });
}
