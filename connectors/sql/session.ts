import type { Json } from '../sdk/index.ts';

/** What one statement gave. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  /** Rows written; of a statement that only reads, 0 or the rows read, as the database counts. */
  readonly affected: number;
}

export interface Limits {
  readonly maxRows: number;
  readonly maxBytes: number;
  /** For the database itself, as a last resort: the deadline comes first. */
  readonly timeoutMs: number;
}

export interface Bound {
  readonly text: string;
  readonly values: readonly Json[];
}

/** One connection to a database; runs one thing at a time. Every failure is a {@link SqlFault}. */
export interface Session {
  /**
   * Before the first statement of a call: sets the database's own time limit. Nothing of the call leaves before it
   * is through, so a connection that went stale while idle is found without doubt about the call.
   */
  ready(limits: Limits): Promise<void>;
  run(statement: Bound, limits: Limits): Promise<Table>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Stops what is running, in the database too, and cuts the connection; what is running fails as `lost`. */
  kill(): void;
  close(): Promise<void>;
  /** It can serve no more. */
  readonly isLost: boolean;
}

/**
 * - `lost`: the connection is gone, or was never made.
 * - `denied`: the database does not let us in, or does not know itself by that name.
 * - `conflict`: undone by the database in favour of another; the same again can succeed.
 * - `rejected`: the statement, or its values, are not taken.
 * - `failed`: the database broke.
 * - `timeout`: the database stopped it.
 * - `too-large`: more rows or bytes than allowed.
 * - `unreadable`: a value that has no place in JSON.
 */
export type FaultKind = 'lost' | 'denied' | 'conflict' | 'rejected' | 'failed' | 'timeout' | 'too-large' | 'unreadable';

/** A failure in the words of no particular database. Its message and facts never hold values or passwords. */
export class SqlFault extends Error {
  override readonly name = 'SqlFault';
  readonly kind: FaultKind;
  /** SQLSTATE, names of codes and constraints. */
  readonly facts: { readonly [name: string]: string };

  constructor(kind: FaultKind, message: string, facts: { readonly [name: string]: string } = {}) {
    super(message);
    this.kind = kind;
    this.facts = facts;
  }
}
