import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Flow } from '../definition/index.ts';
import { KEEP_REQUESTS_MS, tidy } from './housekeeping.ts';
import { SqliteDatabase } from './sqlite/sqlite.ts';
import { openStore } from './store.ts';

const now = 1_800_000_000_000;
const day = 86_400_000;
let database: SqliteDatabase;

beforeEach(async () => {
  database = await SqliteDatabase.open({ path: ':memory:', statements: {} });
  await openStore(database, () => now);
});
afterEach(() => database.close());

async function addRun(id: string, flow: string, status: string, finishedAt: number | null): Promise<void> {
  const { query } = database;
  await database.atomic([
    query
      .insertInto('runs')
      .values({
        run_id: id,
        flow_id: flow,
        version: 'v',
        status,
        busy: 0,
        started_at: 0,
        updated_at: 0,
        finished_at: finishedAt,
        snapshot_sequence: 0,
      } as never)
      .compile(),
    query.insertInto('journal').values({ run_id: id, sequence: 1, event: '{}' }).compile(),
  ]);
}

test('finished runs go when their flow’s retention is over; running ones and those of other flows stay', async () => {
  await addRun('old', 'f', 'completed', now - 31 * day);
  await addRun('young', 'f', 'failed', now - 29 * day);
  await addRun('running', 'f', 'waiting', null);
  await addRun('kept', 'g', 'completed', now - 999 * day);
  expect(await tidy(database, now, [{ flow: { id: 'f' } as Flow, retentionMs: 30 * day }])).toBe(1);
  const runs = await database.query.selectFrom('runs').select('run_id').orderBy('run_id').execute();
  const journal = await database.query.selectFrom('journal').select('run_id').orderBy('run_id').execute();
  expect(runs.map((row) => row.run_id)).toEqual(['kept', 'running', 'young']);
  expect(journal).toEqual(runs);
});

test('idempotency keys live longer than the day that is promised, and then go', async () => {
  const key = (name: string, at: number) =>
    database.query
      .insertInto('requests')
      .values({ flow_id: 'f', key: name, body_hash: 'h', run_id: 'r', at })
      .compile();
  await database.atomic([key('expired', now - KEEP_REQUESTS_MS - 1), key('yesterday', now - day)]);
  await tidy(database, now, []);
  expect(await database.query.selectFrom('requests').select('key').execute()).toEqual([{ key: 'yesterday' }]);
});
