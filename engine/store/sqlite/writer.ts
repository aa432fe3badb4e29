import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { messageOf } from '../../errors.ts';
import { saveAgain } from './durable-files.ts';
import type { Append, Failure, Query, Reply, Request, SqlValue, WorkerOptions } from './protocol.ts';

const FULL = 2;
const NUL = '\u0000';

/**
 * The binding ends a text at its first NUL, so that two keys that differ only behind it would be one, and the second
 * event a copy of the first: NUL is written as its symbol. JSON has none, it writes NUL as an escape.
 */
function bindable(params: readonly SqlValue[]): readonly SqlValue[] {
  const isWhole = !params.some((param) => typeof param === 'string' && param.includes(NUL));
  return isWhole
    ? params
    : params.map((param) => (typeof param === 'string' ? param.replaceAll(NUL, '\u2400') : param));
}

/**
 * Executes requests against one SQLite file: WAL, every commit fsynced (`synchronous=FULL`, set and checked on every
 * open, because SQLite reopens a WAL file with NORMAL).
 *
 * Two fences keep a second engine out: a lock file that is locked by the operating system as long as this process
 * lives, and an epoch that is checked in every transaction, so that a process frozen and overtaken cannot write.
 */
export class SqliteWriter {
  private readonly options: WorkerOptions;
  private readonly reply: (reply: Reply) => void;
  private readonly lock: DatabaseSyncInstance | undefined;
  private db: DatabaseSyncInstance;
  private epoch = 0;
  private isBroken = false;
  private statements = new Map<string, StatementSyncInstance>();

  /** Undefined when the database cannot be had; the reason has been replied as `fatal`. */
  static open(options: WorkerOptions, reply: (reply: Reply) => void): SqliteWriter | undefined {
    try {
      return new SqliteWriter(options, reply);
    } catch (error) {
      reply({
        kind: 'fatal',
        failure: error instanceof LockedError ? { code: 'STORE_LOCKED', message: error.message } : unavailable(error),
      });
      return undefined;
    }
  }

  private constructor(options: WorkerOptions, reply: (reply: Reply) => void) {
    this.options = options;
    this.reply = reply;
    if (options.path !== ':memory:') {
      this.lock = takeLock(options.path);
      // Commits are written behind what it holds: were that lost, they would be lost with it.
      saveAgain(`${options.path}-wal`);
    }
    this.db = this.connect();
    this.epoch = this.nextEpoch();
  }

  /** Executes a batch: all writes in one transaction, then the reads. Returns false once closed. */
  process(batch: readonly Request[]): boolean {
    const writes = batch.filter((request) => request.kind === 'append' || request.kind === 'atomic');
    if (writes.length > 0 && this.reopen(writes)) this.write(writes);
    for (const request of batch) {
      if (request.kind === 'read') this.read(request.id, request.query);
    }
    const closing = batch.find((request) => request.kind === 'close');
    if (closing === undefined) return true;
    this.statements.clear();
    this.db.close();
    this.lock?.close();
    this.reply({ kind: 'done', id: closing.id, results: [] });
    return false;
  }

  private write(requests: readonly Request[]): void {
    const replies: Reply[] = [];
    try {
      this.own('BEGIN IMMEDIATE').run();
      this.checkEpoch();
      for (const request of requests) {
        if (request.kind === 'append')
          replies.push({ kind: 'appended', id: request.id, failures: this.append(request.appends) });
        if (request.kind === 'atomic') replies.push(this.atomic(request.id, request.queries));
      }
      this.own('COMMIT').run();
    } catch (error) {
      this.refuse(requests, error);
      return;
    }
    for (const reply of replies) this.reply(reply);
  }

  /** After a failed write or fsync nothing is acknowledged, and the connection is not trusted with writes any more. */
  private refuse(requests: readonly Request[], error: unknown): void {
    const failure: Failure =
      error instanceof FencedError ? { code: 'FENCED', message: error.message } : unavailable(error);
    this.statements.clear();
    try {
      this.db.exec('ROLLBACK');
    } catch {
      // A commit that failed has ended its transaction, or not: what counts is that none is open now.
    }
    this.isBroken = true;
    for (const request of requests) this.reply({ kind: 'failed', id: request.id, failure });
  }

  /** Opens the database again after a failure. While the disk refuses, writes fail, and the old connection reads. */
  private reopen(writes: readonly Request[]): boolean {
    if (!this.isBroken) return true;
    try {
      const trusted = this.connect();
      this.db.close();
      this.db = trusted;
      this.isBroken = false;
      return true;
    } catch (error) {
      for (const request of writes) this.reply({ kind: 'failed', id: request.id, failure: unavailable(error) });
      return false;
    }
  }

  private append(appends: readonly Append[]): [number, Failure][] {
    const failures: [number, Failure][] = [];
    for (const [index, ops] of appends.entries()) {
      let first = true;
      for (const [name, ...params] of ops) {
        try {
          this.statement(name).run(...bindable(params));
        } catch (error) {
          if (!first || !isConstraint(error)) throw error;
          failures.push([index, { code: 'CONFLICT', message: messageOf(error) }]);
          break;
        }
        first = false;
      }
    }
    return failures;
  }

  private atomic(id: number, queries: readonly Query[]): Reply {
    this.db.exec('SAVEPOINT atomic');
    try {
      const results = queries.map((query) => this.execute(query));
      this.db.exec('RELEASE atomic');
      return { kind: 'done', id, results };
    } catch (error) {
      if (!isConstraint(error)) throw error;
      this.db.exec('ROLLBACK TO atomic');
      this.db.exec('RELEASE atomic');
      return { kind: 'failed', id, failure: { code: 'CONFLICT', message: messageOf(error) } };
    }
  }

  private read(id: number, query: Query): void {
    try {
      this.reply({ kind: 'done', id, results: [this.execute(query)] });
    } catch (error) {
      this.reply({ kind: 'failed', id, failure: unavailable(error) });
    }
  }

  private execute({ sql, params: given }: Query) {
    const params = bindable(given);
    const statement = this.db.prepare(sql);
    if (/^\s*(select|with)\b|\breturning\b/i.test(sql))
      return { rows: statement.all(...params) as { [column: string]: unknown }[], changes: 0 };
    return { rows: [], changes: Number(statement.run(...params).changes) };
  }

  private statement(name: string): StatementSyncInstance {
    const known = this.statements.get(name);
    if (known) return known;
    const sql = this.options.statements[name];
    if (sql === undefined) throw new Error(`no statement is registered as ${name}`);
    return this.prepare(name, sql);
  }

  /** A statement of the writer itself: every commit takes three, and to prepare one takes as long as to run it. */
  private own(sql: string): StatementSyncInstance {
    return this.statements.get(sql) ?? this.prepare(sql, sql);
  }

  private prepare(name: string, sql: string): StatementSyncInstance {
    const prepared = this.db.prepare(sql);
    this.statements.set(name, prepared);
    return prepared;
  }

  private connect(): DatabaseSyncInstance {
    const db = new DatabaseSync(this.options.path);
    try {
      db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON;');
      const { synchronous } = db.prepare('PRAGMA synchronous').get() as { synchronous: number };
      if (synchronous !== FULL)
        throw new Error(`SQLite runs with synchronous=${synchronous}; FULL (2) is needed for durability`);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  private nextEpoch(): number {
    this.db.exec('CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)');
    this.db.exec(
      "INSERT INTO meta (key, value) VALUES ('epoch', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
    );
    return this.storedEpoch();
  }

  private storedEpoch(): number {
    const row = this.own("SELECT value FROM meta WHERE key = 'epoch'").get() as { value: string } | undefined;
    return Number(row?.value);
  }

  private checkEpoch(): void {
    const stored = this.storedEpoch();
    if (stored !== this.epoch)
      throw new FencedError(`another engine has taken over this store (epoch ${stored}, own ${this.epoch})`);
  }
}

class LockedError extends Error {}
class FencedError extends Error {}

/** An exclusive transaction on a file of its own, held as long as the process lives. */
function takeLock(path: string): DatabaseSyncInstance {
  const lock = new DatabaseSync(`${path}.lock`);
  try {
    lock.exec(
      'PRAGMA journal_mode=DELETE; PRAGMA busy_timeout=0; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (pid INTEGER)',
    );
  } catch (error) {
    lock.close();
    throw new LockedError(`another engine has ${path} open; stop it first (${messageOf(error)})`);
  }
  return lock;
}

const unavailable = (error: unknown): Failure => ({ code: 'STORE_UNAVAILABLE', message: messageOf(error) });
const isConstraint = (error: unknown) => /constraint/i.test(messageOf(error));
