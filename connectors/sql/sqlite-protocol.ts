import type { Bound, FaultKind, Limits, Table } from './session.ts';

/** What the process of a database is told, one thing at a time. */
export type SqliteRequest =
  | { readonly kind: 'run'; readonly statement: Bound; readonly limits: Limits }
  | { readonly kind: 'command'; readonly text: string };

export type SqliteReply =
  | { readonly ok: true; readonly table: Table }
  | {
      readonly ok: false;
      readonly fault: FaultKind;
      readonly message: string;
      readonly facts: { readonly [name: string]: string };
    };

/** By the environment, because the command line of a process is for everyone to read. */
export interface SqliteSettings {
  readonly path: string;
  readonly readOnly: boolean;
}
