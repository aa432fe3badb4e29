import { expect, test } from 'vitest';
import { SqliteDatabase } from '../../store/sqlite/sqlite.ts';
import { openStore } from '../../store/store.ts';
import { Journal } from './journal.ts';
import { statements } from './statements.ts';

const COUNT = 1_200;
const startOf = (runId: string) => JSON.stringify({ kind: 'start', runId, input: runId, at: 0, depth: 0 });
const timer = (id: string) => JSON.stringify({ kind: 'timer', id, at: 1 });

test('runs asked for in one moment are read together, each as it is by itself', async () => {
  const database = await SqliteDatabase.open({ path: ':memory:', statements });
  await openStore(database, () => 0);
  const ids = Array.from({ length: COUNT }, (_, n) => `run-${n}`);
  for (const [n, id] of ids.entries()) {
    await database.append([
      ['runStart', id, 'f', 'v', 'waiting', 0, null, null, 0, 0],
      ['event', id, 1, n === 7 ? timer('lost its start') : startOf(id)],
      ['event', id, 2, timer('a')],
    ]);
    if (n % 2 === 0) {
      await database.append([['event', id, 3, timer('b')]]);
      const snapshot = JSON.stringify({ id, input: id, startedAt: 0, depth: 0 });
      await database.append([['runRest', 'waiting', 0, 0, snapshot, 2, id]]);
    }
  }
  const journal = new Journal(database);
  const asked = [...ids, 'nobody'].map((id) => journal.load(id));
  const found = await Promise.allSettled(asked);
  expect(found[7]).toMatchObject({ status: 'rejected', reason: { message: 'the journal of run run-7 has no start' } });
  expect(found.at(-1)).toEqual({ status: 'fulfilled', value: undefined });
  expect(found.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  for (const n of [0, 1, 500, 501, 1_198, 1_199])
    expect(found[n]).toEqual({ status: 'fulfilled', value: await journal.load(ids[n] ?? '') });
  expect(found[0]).toMatchObject({ value: { snapshot: { id: 'run-0' }, events: [{ id: 'b' }] } });
  expect(found[1]).toMatchObject({ value: { snapshot: undefined, start: { input: 'run-1' }, events: [{ id: 'a' }] } });
  await database.close();
});
