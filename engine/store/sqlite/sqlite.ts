import { dirname } from 'node:path';
import {
  type CompiledQuery,
  type DatabaseConnection,
  DummyDriver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { FlowError } from '../../errors.ts';
import { startThread } from '../../thread.ts';
import type { Database, WriteResult } from '../database.ts';
import type { Tables } from '../tables.ts';
import { makeFolder } from './durable-files.ts';
import type { Append, Failure, Query, Reply, Request, SqlValue, WorkerOptions } from './protocol.ts';

/** Hears of every commit of appends: how many it took together, and how long until they were durable. */
type CommitObserver = (appends: number, durationMs: number) => void;

/** What the database needs of its thread; a `Worker` is one. Messages arrive in order, and each is answered once. */
export interface DatabaseThread {
  postMessage(request: Request): void;
  on(event: 'message', listener: (reply: Reply) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  terminate(): Promise<unknown>;
}

interface PendingAppend {
  readonly append: Append;
  readonly resolve: () => void;
  readonly reject: (error: FlowError) => void;
}

/**
 * The embedded database: SQLite in a worker thread. `append` is the journal's fast way in, `query` and `atomic` serve
 * everything else. Several appends share one commit.
 */
export class SqliteDatabase implements Database {
  readonly query: Kysely<Tables>;
  private readonly worker: DatabaseThread;
  private readonly committed: CommitObserver | undefined;
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private queue: PendingAppend[] = [];
  private flushing = false;
  private committing = false;
  private nextId = 1;
  private lost: FlowError | undefined;

  /**
   * Opens (and creates) the database.
   *
   * @param options.statements SQL by the name that appends use
   * @param committed for metrics
   * @throws {FlowError} `STORE_LOCKED` if another engine has it open; `STORE_UNAVAILABLE` if it cannot be opened.
   */
  static async open(options: WorkerOptions, committed?: CommitObserver): Promise<SqliteDatabase> {
    if (options.path !== ':memory:') makeFolder(dirname(options.path));
    const worker = startThread(new URL('./worker', import.meta.url), import.meta.url, { workerData: options });
    const first = await new Promise<Reply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (first.kind === 'fatal')
      throw new FlowError(
        first.failure.code === 'STORE_LOCKED' ? 'STORE_LOCKED' : 'STORE_UNAVAILABLE',
        first.failure.message,
      );
    return new SqliteDatabase(worker, committed);
  }

  /** On a thread that is ready; `open` starts one. */
  constructor(worker: DatabaseThread, committed?: CommitObserver) {
    this.worker = worker;
    this.committed = committed;
    this.query = new Kysely<Tables>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new WorkerDriver((query) => this.run(query)),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    });
    worker.on('message', (reply: Reply) => this.take(reply));
    worker.on('error', (error) =>
      this.lose(new FlowError('STORE_UNAVAILABLE', `the database thread failed: ${error.message}`, { cause: error })),
    );
  }

  /**
   * Makes writes of one run durable, together or not at all.
   *
   * @throws {FlowError} `STORE_CONFLICT` if the first statement met a row that is there already; `FENCED` if another
   *   engine has taken over; `STORE_UNAVAILABLE` if the disk refuses. Nothing of the append was written.
   */
  append(append: Append): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ append, resolve, reject });
      if (this.flushing || this.committing) return;
      this.flushing = true;
      // Not a microtask: what every connection that is readable now brings is to share the commit.
      setImmediate(() => {
        this.flushing = false;
        this.flush();
      });
    });
  }

  /** Appends not yet durable. */
  get backlog(): number {
    return this.queue.length;
  }

  async atomic(queries: readonly CompiledQuery[]): Promise<readonly WriteResult[]> {
    const reply = await this.ask((id) => ({ kind: 'atomic', id, queries: queries.map(plain) }));
    return resultsOf(reply);
  }

  async close(): Promise<void> {
    if (this.lost) return;
    const closed = this.ask((id) => ({ kind: 'close', id }));
    // What comes from now on is refused: the thread would never answer it.
    this.lost = new FlowError('STORE_UNAVAILABLE', 'the store is closed');
    await closed;
    await this.worker.terminate();
  }

  private async run(query: CompiledQuery): Promise<WriteResult> {
    const isRead = /^\s*(select|with)\b/i.test(query.sql);
    const reply = await this.ask((id) =>
      isRead ? { kind: 'read', id, query: plain(query) } : { kind: 'atomic', id, queries: [plain(query)] },
    );
    const [result] = resultsOf(reply);
    return result ?? { rows: [], changes: 0 };
  }

  /**
   * One commit at a time, of whatever has come meanwhile. A second one behind it would keep the database thread busier,
   * but with commits a third as large, and a commit costs nearly the same whatever its size.
   */
  private flush(): void {
    if (this.queue.length === 0 || this.committing) return;
    const batch = this.queue;
    this.queue = [];
    this.committing = true;
    const begun = performance.now();
    this.ask((id) => ({ kind: 'append', id, appends: batch.map(({ append }) => append) })).then(
      (reply) => {
        this.committing = false;
        this.committed?.(batch.length, performance.now() - begun);
        this.flush();
        settle(batch, reply);
      },
      (error: unknown) => {
        this.committing = false;
        for (const { reject } of batch) reject(error as FlowError);
        this.flush();
      },
    );
  }

  private ask(make: (id: number) => Request): Promise<Reply> {
    if (this.lost) return Promise.reject(this.lost);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, (reply) => (reply.kind === 'fatal' ? reject(failureError(reply.failure)) : resolve(reply)));
      this.worker.postMessage(make(id));
    });
  }

  private take(reply: Reply): void {
    if (reply.kind === 'ready') return;
    if (reply.kind === 'fatal') return this.lose(failureError(reply.failure));
    const resolve = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    resolve?.(reply);
  }

  private lose(error: FlowError): void {
    this.lost = error;
    const failure: Failure = { code: 'STORE_UNAVAILABLE', message: error.message };
    for (const resolve of this.waiting.values()) resolve({ kind: 'fatal', failure });
    this.waiting.clear();
  }
}

const plain = (query: CompiledQuery): Query => ({ sql: query.sql, params: query.parameters as SqlValue[] });

const failureError = (failure: Failure) =>
  new FlowError(failure.code === 'CONFLICT' ? 'STORE_CONFLICT' : failure.code, failure.message);

function settle(batch: readonly PendingAppend[], reply: Reply): void {
  if (reply.kind === 'failed') {
    for (const { reject } of batch) reject(failureError(reply.failure));
    return;
  }
  const failures = new Map(reply.kind === 'appended' ? reply.failures : []);
  for (const [index, { resolve, reject }] of batch.entries()) {
    const failure = failures.get(index);
    if (failure) reject(failureError(failure));
    else resolve();
  }
}

function resultsOf(reply: Reply): readonly WriteResult[] {
  if (reply.kind === 'failed') throw failureError(reply.failure);
  return reply.kind === 'done' ? reply.results : [];
}

/** A kysely driver whose one connection is the worker. Transactions are `atomic`, never several messages. */
class WorkerDriver extends DummyDriver {
  private readonly connection: DatabaseConnection;

  constructor(run: (query: CompiledQuery) => Promise<WriteResult>) {
    super();
    this.connection = {
      executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
        const { rows, changes } = await run(query);
        return { rows: rows as R[], numAffectedRows: BigInt(changes) };
      },
      streamQuery: () => {
        throw new Error('streaming is not supported: page by key');
      },
    };
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return this.connection;
  }
}
