import { Refusal } from '../refusal.ts';
import type { Database } from './database.ts';

const MAX_BATCH = 256;

interface Work {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs changing work in transactions, many callers to one fsync: whatever has come in while the last commit was
 * written goes into the next. Each piece of work has a savepoint of its own: if it throws, it alone is undone.
 */
export class GroupCommit {
  readonly #database: Database;
  #waiting: Work[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Resolves after the commit, so an answer that is sent then is durable.
   *
   * @param work - Synchronous; sees the effects of the work before it.
   * @throws {Refusal} `STORE_UNAVAILABLE` if the commit failed: none of the batch has happened.
   */
  submit<T>(work: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Refusal('STORE_UNAVAILABLE', 'the bank is closed'));
    return new Promise<T>((resolve, reject) => {
      // The queue holds work of many types; each `resolve` only ever gets what its own `run` returned.
      this.#waiting.push({ run: work, resolve: resolve as (value: unknown) => void, reject });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(() => this.#flush());
    });
  }

  /** Commits what is waiting and takes no more; to be called before the database is closed. */
  close(): void {
    this.#isClosed = true;
    while (this.#waiting.length > 0) this.#flush();
  }

  #flush(): void {
    const batch = this.#waiting.splice(0, MAX_BATCH);
    this.#isScheduled = this.#waiting.length > 0;
    if (this.#isScheduled) setImmediate(() => this.#flush());
    if (batch.length === 0) return;
    const settlements: (() => void)[] = [];
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const work of batch) settlements.push(this.#runOne(work));
      this.#database.exec('COMMIT');
    } catch (cause) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      const refusal = new Refusal('STORE_UNAVAILABLE', 'the bank could not commit; nothing has happened', { cause });
      for (const { reject } of batch) reject(refusal);
      return;
    }
    for (const settle of settlements) settle();
  }

  #runOne({ run, resolve, reject }: Work): () => void {
    this.#database.exec('SAVEPOINT work');
    try {
      const value = run();
      this.#database.exec('RELEASE work');
      return () => resolve(value);
    } catch (error) {
      this.#database.exec('ROLLBACK TO work; RELEASE work');
      return () => reject(error);
    }
  }
}
