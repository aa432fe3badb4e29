/** A value that SQLite stores. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** One statement of an append: the name it was registered under, then its parameters. */
export type Op = readonly [statement: string, ...params: SqlValue[]];

/**
 * Writes of one run that stand or fall together. The first is the fence: it is the one that fails on a duplicate, and
 * then nothing of the append is done.
 */
export type Append = readonly Op[];

export interface Query {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

export type Request =
  | { readonly kind: 'append'; readonly id: number; readonly appends: readonly Append[] }
  | { readonly kind: 'atomic'; readonly id: number; readonly queries: readonly Query[] }
  | { readonly kind: 'read'; readonly id: number; readonly query: Query }
  | { readonly kind: 'close'; readonly id: number };

export interface Failure {
  readonly code: 'STORE_UNAVAILABLE' | 'STORE_LOCKED' | 'FENCED' | 'CONFLICT';
  readonly message: string;
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'fatal'; readonly failure: Failure }
  /** `failures` by index of the append; the others are durable. */
  | {
      readonly kind: 'appended';
      readonly id: number;
      readonly failures: readonly (readonly [index: number, failure: Failure])[];
    }
  | {
      readonly kind: 'done';
      readonly id: number;
      readonly results: readonly {
        readonly rows: readonly { readonly [column: string]: unknown }[];
        readonly changes: number;
      }[];
    }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

export interface WorkerOptions {
  /** `:memory:` or the path of the database file. */
  readonly path: string;
  readonly statements: { readonly [name: string]: string };
}
