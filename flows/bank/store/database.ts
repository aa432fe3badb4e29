import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { schema } from './schema.ts';

export type Value = string | number | null;

/** A prepared statement whose rows have a known type. */
export interface Statement<Row> {
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): Row[];
  run(...values: readonly Value[]): { readonly changes: number };
}

/** One SQLite connection, the only one to its file. */
export interface Database {
  prepare<Row>(sql: string): Statement<Row>;
  exec(sql: string): void;
  readonly inTransaction: boolean;
  close(): void;
}

/**
 * Opens `<dataDir>/bank.db` (or memory) durably: WAL with `synchronous=FULL`, for this process alone.
 *
 * @throws {Error} If someone else has the directory open, or the settings did not take.
 */
export function openDatabase(dataDir: string): Database {
  const isInMemory = dataDir === ':memory:';
  if (!isInMemory) mkdirSync(dataDir, { recursive: true });
  const lock = isInMemory ? undefined : lockDirectory(dataDir);
  const raw = new DatabaseSync(isInMemory ? ':memory:' : join(dataDir, 'bank.db'));
  const close = () => {
    raw.close();
    lock?.close();
  };
  try {
    configure(raw, isInMemory);
    raw.exec(schema);
  } catch (error) {
    close();
    throw error;
  }
  return {
    prepare: (sql) => {
      const statement = raw.prepare(sql);
      return {
        get: (...values) => statement.get(...values),
        all: (...values) => statement.all(...values),
        run: (...values) => statement.run(...values),
      };
    },
    exec: (sql) => raw.exec(sql),
    get inTransaction() {
      return raw.isTransaction;
    },
    close,
  };
}

/**
 * Two banks must not post to the same books. The lock is a file of its own, because the driver cannot finalize statements:
 * a closed database keeps an exclusive lock until they are collected. The system frees it when the process is killed.
 */
function lockDirectory(dataDir: string): DatabaseSyncInstance {
  const lock = new DatabaseSync(join(dataDir, 'bank.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    throw new Error(`${dataDir} is in use by another bank`, { cause });
  }
}

function configure(raw: DatabaseSyncInstance, isInMemory: boolean): void {
  raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  const mode = raw.prepare('PRAGMA journal_mode').get();
  const synchronous = raw.prepare('PRAGMA synchronous').get();
  if (synchronous.synchronous !== 2)
    throw new Error(`SQLite runs with synchronous=${synchronous.synchronous}, not FULL`);
  if (!isInMemory && mode.journal_mode !== 'wal') throw new Error(`SQLite runs with journal_mode=${mode.journal_mode}`);
}
