import type { CompiledQuery, Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export interface WriteResult {
  readonly rows: readonly { readonly [column: string]: unknown }[];
  /** Rows changed. */
  readonly changes: number;
}

/** A database as the store sees it: one query builder, and writes that stand or fall together. */
export interface Database {
  readonly query: Kysely<Tables>;
  /**
   * Runs the queries in one transaction, durable when it resolves.
   *
   * @throws {FlowError} `STORE_UNAVAILABLE` if the disk refuses; nothing was written.
   */
  atomic(queries: readonly CompiledQuery[]): Promise<readonly WriteResult[]>;
  close(): Promise<void>;
}
