import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bank-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test('is durable each time that it is opened, not only the first', () => {
  for (let opened = 0; opened < 2; opened += 1) {
    const database = openDatabase(dataDir);
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    database.close();
  }
});

test('refuses a directory that is open already', () => {
  const database = openDatabase(dataDir);
  expect(() => openDatabase(dataDir)).toThrow(`${dataDir} is in use by another bank`);
  database.close();
});
