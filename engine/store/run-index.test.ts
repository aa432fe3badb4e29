import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newRunId } from '../runtime/run-id.ts';
import { type RunFilter, RunIndex } from './run-index.ts';
import { SqliteDatabase } from './sqlite/sqlite.ts';
import { openStore } from './store.ts';
import type { Tables } from './tables.ts';

const INSERT =
  "INSERT INTO runs (run_id, flow_id, version, status, busy, parent_run, started_at, updated_at, finished_at, snapshot_sequence) VALUES (?, ?, 'v', ?, 0, ?, ?, 0, ?, 0)";
const dir = mkdtempSync(join(tmpdir(), 'heddle-runs-'));
const path = join(dir, 'store.db');
let database: SqliteDatabase;
let runs: RunIndex;
let ids: string[];

beforeAll(async () => {
  database = await SqliteDatabase.open({ path, statements: { run: INSERT, clear: 'DELETE FROM runs' } });
  runs = (await openStore(database, Date.now)).runs;
});
afterAll(async () => {
  await database.close();
  rmSync(dir, { recursive: true });
});

/** Ten runs, one a second; the last is a sub-flow of the first. */
beforeEach(async () => {
  ids = Array.from({ length: 9 }, (_, n) => newRunId(n * 1_000));
  ids.push(`${ids[0]}~1`);
  await database.append([['clear']]);
  await database.append(
    ids.map((id, n) => {
      const status = ['completed', 'failed', 'waiting'][n % 3] ?? '';
      return [
        'run',
        id,
        `flow-${n % 2}`,
        status,
        n === 9 ? (ids[0] ?? '') : null,
        n * 1_000,
        n % 3 === 2 ? null : 9_000,
      ];
    }),
  );
});

/** Numbers of the runs in a list. */
const list = async (filter: Partial<RunFilter>) =>
  (await runs.list({ limit: 50, ...filter })).map(({ id }) => ids.indexOf(id));

test.each<[Partial<RunFilter>, number[]]>([
  [{}, [8, 7, 6, 5, 4, 3, 2, 1, 9, 0]],
  [{ startedAfter: 5_000 }, [8, 7, 6, 5, 9]],
  [{ startedAfter: 5_000, limit: 4 }, [8, 7, 6, 5]],
  [{ startedAfter: 5_001 }, [8, 7, 6, 9]],
  [{ startedBefore: 2_000 }, [1, 0]],
  [{ startedBefore: 2_001 }, [2, 1, 0]],
  [{ startedAfter: 1_000, startedBefore: 3_000 }, [2, 1]],
  [{ startedAfter: 9_000 }, [9]],
  [{ startedAfter: 10 ** 18 }, []],
  [{ startedAfter: -1, startedBefore: 10 ** 18 }, [8, 7, 6, 5, 4, 3, 2, 1, 9, 0]],
  [{ finished: true }, [7, 6, 4, 3, 1, 9, 0]],
  [{ finished: true, limit: 3 }, [7, 6, 4]],
  [{ finished: true, flowId: 'flow-0', limit: 1 }, [6]],
  [{ flowId: 'flow-1', status: 'failed' }, [7, 1]],
])('%j finds runs %j', async (filter, found) => {
  expect(await list(filter)).toEqual(found);
});

test.each<Partial<RunFilter>>([{}, { startedAfter: 1_500 }, { finished: true }, { startedAfter: 500, finished: true }])(
  'pages of %j follow each other both ways without a gap or a repeat',
  async (filter) => {
    const whole = await list(filter);
    const forward: number[] = [];
    let before: string | undefined;
    for (;;) {
      const page = await list({ ...filter, limit: 2, ...(before !== undefined && { before }) });
      if (page.length === 0) break;
      forward.push(...page);
      before = ids[page.at(-1) ?? 0];
    }
    expect(forward).toEqual(whole);
    const backward: number[] = [];
    let after = ids[whole.at(-1) ?? 0] ?? '';
    for (;;) {
      const page = await list({ ...filter, limit: 2, after });
      if (page.length === 0) break;
      backward.unshift(...page);
      after = ids[page[0] ?? 0] ?? '';
    }
    expect(backward).toEqual(whole.slice(0, -1));
  },
);

/** What SQLite does for a list, query by query. */
async function plansOf(filter: Partial<RunFilter>): Promise<string[]> {
  const queries: CompiledQuery[] = [];
  const query = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
    log: (event) => void queries.push(event.query as CompiledQuery),
  });
  await new RunIndex({ query, atomic: async () => [], close: async () => {} }).list({ limit: 50, ...filter });
  const store = new DatabaseSync(path);
  try {
    return queries.flatMap(({ sql, parameters }) =>
      (store.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as string[])) as { detail: string }[]).map(
        ({ detail }) => detail,
      ),
    );
  } finally {
    store.close();
  }
}

const page = { before: 'x' };
test.each<Partial<RunFilter>>([
  page,
  { after: 'x' },
  { flowId: 'f' },
  { status: 's', ...page },
  { flowId: 'f', status: 's', ...page },
  { businessKey: 'b' },
  { parentRun: 'p' },
  { finished: true, flowId: 'f' },
  { finished: true },
  { startedBefore: 1 },
  { startedAfter: 1, ...page },
  { startedAfter: 1, startedBefore: 2, flowId: 'f' },
  { startedAfter: 1, status: 's' },
])('a list of %j reads only what it shows: by an index, in its order', async (filter) => {
  const plans = await plansOf(filter);
  const late = plans.filter((plan) => plan.includes('runs_children_by_start'));
  expect(late.length).toBe(filter.startedAfter === undefined ? 0 : 1);
  if (filter.flowId !== undefined && (filter.status !== undefined || filter.finished))
    expect(plans.filter((plan) => !plan.includes('flow_id=? AND status=?'))).toEqual([]);
  expect(plans.filter((plan) => plan.startsWith('SCAN'))).toEqual([]);
  // Late sub-flows are few, and sorted.
  const sorted = plans.filter((plan) => plan.includes('TEMP B-TREE'));
  expect(sorted.length).toBe(late.length);
});
