import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FlowError } from '../../errors.ts';
import type { Reply } from './protocol.ts';
import { SqliteDatabase } from './sqlite.ts';
import { SqliteWriter } from './writer.ts';

const statements = {
  insert: 'INSERT INTO items (id, value) VALUES (?, ?)',
  touch: 'UPDATE items SET value = ? WHERE id = ?',
};
let dir: string;
let path: string;
let database: SqliteDatabase;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'heddle-sqlite-'));
  path = join(dir, 'store.db');
  database = await SqliteDatabase.open({ path, statements });
  await database.atomic([{ sql: 'CREATE TABLE items (id TEXT PRIMARY KEY, value TEXT)', parameters: [] } as never]);
});
afterEach(async () => {
  await database.close();
  rmSync(dir, { recursive: true });
});

/** Reads with a connection of its own, so that only what is committed is seen. */
function committed(): { id: string; value: string }[] {
  const reader = new DatabaseSync(path, { readOnly: true });
  const rows = reader.prepare('SELECT id, value FROM items ORDER BY id').all() as { id: string; value: string }[];
  reader.close();
  return rows;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: FlowError) => error.code,
  );

test('an append is committed when its promise resolves', async () => {
  await database.append([['insert', 'a', '1']]);
  expect(committed()).toEqual([{ id: 'a', value: '1' }]);
});

test('a fence that fails refuses its own append and no other of the same commit', async () => {
  await database.append([['insert', 'a', '1']]);
  const results = await Promise.all([
    codeOf(database.append([['insert', 'b', '2']])),
    codeOf(
      database.append([
        ['insert', 'a', 'stolen'],
        ['touch', 'stolen', 'b'],
      ]),
    ),
    codeOf(database.append([['insert', 'c', '3']])),
  ]);
  expect(results).toEqual(['none', 'STORE_CONFLICT', 'none']);
  expect(committed()).toEqual([
    { id: 'a', value: '1' },
    { id: 'b', value: '2' },
    { id: 'c', value: '3' },
  ]);
});

test('appends of one tick share a commit: a thousand are durable in far fewer transactions', async () => {
  const before = commits();
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => database.append([['insert', `k${index}`, 'x']])));
  expect(committed()).toHaveLength(1_000);
  expect(commits() - before).toBeLessThan(20);
});

/** Transactions in the write-ahead log: frames whose header names the size of the database (SQLite file format, 4.1). */
function commits(): number {
  const wal = readFileSync(`${path}-wal`);
  const pageSize = wal.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at + 24 <= wal.length; at += 24 + pageSize) if (wal.readUInt32BE(at + 4) > 0) count += 1;
  return count;
}

test('atomic writes stand or fall together', async () => {
  const insert = (id: string) =>
    ({ sql: 'INSERT INTO items (id, value) VALUES (?, ?)', parameters: [id, 'v'] }) as never;
  expect(await codeOf(database.atomic([insert('x'), insert('y'), insert('x')]))).toBe('STORE_CONFLICT');
  expect(committed()).toEqual([]);
  await database.atomic([insert('x'), insert('y')]);
  expect(committed().map(({ id }) => id)).toEqual(['x', 'y']);
});

test('a second engine on the same file is refused, and may open it after the first has closed', async () => {
  expect(await codeOf(SqliteDatabase.open({ path, statements }))).toBe('STORE_LOCKED');
  await database.close();
  database = await SqliteDatabase.open({ path, statements });
  await database.append([['insert', 'later', '1']]);
  expect(committed()).toHaveLength(1);
});

test('an engine that was overtaken while it was frozen cannot write any more', async () => {
  const other = new DatabaseSync(path);
  other.exec("UPDATE meta SET value = '99' WHERE key = 'epoch'");
  other.close();
  expect(await codeOf(database.append([['insert', 'zombie', '1']]))).toBe('FENCED');
  expect(committed()).toEqual([]);
});

test('every commit is synchronised to disk: FULL is set on every open, although SQLite reopens WAL files with NORMAL', async () => {
  await database.close();
  database = await SqliteDatabase.open({ path, statements });
  expect(await database.query.selectFrom('meta').select('value').where('key', '=', 'epoch').executeTakeFirst()).toEqual(
    { value: '2' },
  );
  const { rows } = (await database.query.executeQuery({
    sql: 'SELECT synchronous FROM pragma_synchronous',
    parameters: [],
    query: { kind: 'RawNode' },
    queryId: { queryId: 'q' },
  } as never)) as { rows: { synchronous: number }[] };
  expect(rows).toEqual([{ synchronous: 2 }]);
});

test('a write that fails does not stop reading, not even what is asked together with it', () => {
  const replies: Reply[] = [];
  const options = { path: join(dir, 'other.db'), statements: { broken: 'INSERT INTO nowhere VALUES (1)' } };
  const writer = SqliteWriter.open(options, (reply) => replies.push(reply));
  const read = { sql: 'SELECT 1 AS one', params: [] };
  writer?.process([
    { kind: 'append', id: 1, appends: [[['broken']]] },
    { kind: 'read', id: 2, query: read },
  ]);
  writer?.process([{ kind: 'read', id: 3, query: read }]);
  writer?.process([{ kind: 'close', id: 4 }]);
  expect(replies.map(({ kind }) => kind)).toEqual(['failed', 'done', 'done', 'done']);
});
