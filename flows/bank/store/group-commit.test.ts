import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { GroupCommit } from './group-commit.ts';

let database: Database;
let writer: GroupCommit;
beforeEach(() => {
  database = openDatabase(':memory:');
  database.exec('CREATE TABLE note (text TEXT UNIQUE)');
  writer = new GroupCommit(database);
});
afterEach(() => database.close());

const write = (text: string) => writer.submit(() => database.exec(`INSERT INTO note VALUES ('${text}')`));
const notes = () =>
  database
    .prepare<{ text: string }>('SELECT text FROM note ORDER BY text')
    .all()
    .map(({ text }) => text);

test('work that throws is undone alone', async () => {
  const half = writer.submit(() => {
    database.exec(`INSERT INTO note VALUES ('half')`);
    throw new Error('no');
  });
  const settled = await Promise.allSettled([write('a'), half, write('b')]);
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(notes()).toEqual(['a', 'b']);
});

test('work of one tick shares a commit', async () => {
  const statements: string[] = [];
  const { exec } = database;
  database.exec = (sql) => {
    statements.push(sql);
    exec(sql);
  };
  await Promise.all([write('a'), write('b'), write('c')]);
  expect(statements.filter((sql) => sql === 'COMMIT')).toHaveLength(1);
});

test('a commit that fails is reported to everyone in it, and the next one works', async () => {
  const { exec } = database;
  database.exec = (sql) => {
    if (sql === 'COMMIT') throw new Error('disk full');
    exec(sql);
  };
  const settled = await Promise.allSettled([write('a'), write('b')]);
  expect(settled.map((one) => one.status === 'rejected' && one.reason.code)).toEqual([
    'STORE_UNAVAILABLE',
    'STORE_UNAVAILABLE',
  ]);
  database.exec = exec;
  await write('c');
  expect(notes()).toEqual(['c']);
});

test('takes nothing after it is closed, and commits what was waiting', async () => {
  const waiting = write('a');
  writer.close();
  await waiting;
  await expect(write('b')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(notes()).toEqual(['a']);
});
