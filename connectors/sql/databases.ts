import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Dialect } from './dialect.ts';
import { openMysql } from './mysql.ts';
import { openPostgres } from './postgres.ts';
import type { Server } from './server.ts';
import type { Session } from './session.ts';

/** A database that tests may make tables in. */
export interface TestDatabase {
  readonly dialect: Dialect;
  /** The connector's configuration. */
  readonly config: { readonly [key: string]: string };
  /** Where its files are, if it has any. */
  readonly folder?: string;
  /** A configuration that leads nowhere. */
  readonly unreachableConfig: { readonly [key: string]: string };
  /** Does something beside the connector, one statement after the other; rows as arrays. */
  ask(...statements: string[]): Promise<readonly (readonly unknown[])[]>;
  close(): Promise<void>;
}

/** Everything that tests make has this in its name. */
export const PREFIX = `heddle_test_${process.pid}`;

const limits = { maxRows: 10_000, maxBytes: 10_000_000, timeoutMs: 10_000 };

const local: Server = {
  host: '127.0.0.1',
  port: undefined,
  user: 'root',
  password: undefined,
  database: 'test',
  tls: undefined,
  readOnly: false,
  connectTimeoutMs: 2_000,
  warn() {},
};

/** Where the tests of this dialect run; undefined if there is no server, which one line on the console tells. */
export async function testDatabase(dialect: Dialect): Promise<TestDatabase | undefined> {
  if (dialect === 'sqlite') return sqliteDatabase();
  try {
    const session = await (dialect === 'mysql' ? openMysql(local) : openPostgres(local));
    return serverDatabase(dialect, session);
  } catch (error) {
    console.warn(`${dialect} cannot be reached on 127.0.0.1, so its tests are skipped: ${String(error)}`);
    return undefined;
  }
}

function serverDatabase(dialect: 'postgresql' | 'mysql', session: Session): TestDatabase {
  return {
    dialect,
    config: { dialect, url: `${dialect}://root@127.0.0.1/test` },
    unreachableConfig: { dialect, url: `${dialect}://root@127.0.0.1:1/test` },
    async ask(...statements) {
      let rows: readonly (readonly unknown[])[] = [];
      for (const text of statements) ({ rows } = await session.run({ text, values: [] }, limits));
      return rows;
    },
    close: () => session.close(),
  };
}

function sqliteDatabase(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-sql-'));
  const database = new DatabaseSync(join(folder, 'test.db'), { timeout: 2_000 });
  database.exec('PRAGMA journal_mode = WAL');
  return {
    dialect: 'sqlite',
    folder,
    config: { dialect: 'sqlite', file: 'test.db' },
    unreachableConfig: { dialect: 'sqlite', file: 'nowhere/test.db' },
    async ask(...statements) {
      let rows: readonly (readonly unknown[])[] = [];
      for (const text of statements) {
        const statement = database.prepare(text);
        statement.setReturnArrays(true);
        rows = [...statement.iterate()];
      }
      return rows;
    },
    async close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
