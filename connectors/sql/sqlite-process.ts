import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Json } from '../sdk/index.ts';
import { integer, real } from './numbers.ts';
import { type Bound, type Limits, SqlFault, type Table } from './session.ts';
import { sqliteFault } from './sqlite-fault.ts';
import type { SqliteReply, SqliteRequest, SqliteSettings } from './sqlite-protocol.ts';
import { TableReader } from './table-reader.ts';

const none: Table = { columns: [], rows: [], affected: 0 };

/*
 * A process that holds one SQLite database. SQLite computes where it is called and cannot be interrupted from
 * outside; a process can be killed at its deadline, and what it had not committed is as if it had never been.
 */
process.on('disconnect', () => process.exit());
reply(() => {
  const database = open(JSON.parse(process.env['HEDDLE_SQLITE'] ?? '{}'));
  process.on('message', (request: SqliteRequest) => reply(() => perform(database, request)));
  return none;
});

function open({ path, readOnly }: SqliteSettings): DatabaseSyncInstance {
  const database = new DatabaseSync(path, {
    readOnly,
    allowExtension: false,
    enableForeignKeyConstraints: true,
    limits: { attach: 0 },
  });
  if (!readOnly && path !== ':memory:') database.exec('PRAGMA journal_mode = WAL');
  return database;
}

function perform(database: DatabaseSyncInstance, request: SqliteRequest): Table {
  if (request.kind === 'run') return run(database, request.statement, request.limits);
  database.exec(request.text);
  return none;
}

function run(database: DatabaseSyncInstance, { text, values }: Bound, limits: Limits): Table {
  const statement = database.prepare(text);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const reader = new TableReader(limits);
  const before = changes(database);
  for (const row of statement.iterate(...values.map(parameterOf))) reader.add(row.map(jsonOf));
  return {
    columns: statement.columns().map(({ name }) => name),
    rows: reader.rows,
    affected: changes(database) - before,
  };
}

function changes(database: DatabaseSyncInstance): number {
  return Number(database.prepare('SELECT total_changes() AS count').get().count);
}

function parameterOf(value: Json): string | number | bigint | null {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  // A number is bound as a floating one, and 5 would be kept as 5.0 where the column has no type.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function jsonOf(value: unknown): Json {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return integer(value);
  if (typeof value === 'number') return real(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  throw new SqlFault('unreadable', 'a value has a type that JSON cannot hold');
}

function reply(work: () => Table): void {
  let answer: SqliteReply;
  try {
    answer = { ok: true, table: work() };
  } catch (error) {
    const { kind, message, facts } = sqliteFault(error);
    answer = { ok: false, fault: kind, message, facts };
  }
  process.send?.(answer);
}
