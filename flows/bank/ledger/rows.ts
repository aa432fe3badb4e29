import type { AccountKind, AccountStatus } from '../seed/accounts.ts';

/** Rows as the ledger's statements return them; amounts in fen. */
export interface AccountRow {
  readonly accountNo: string;
  readonly name: string;
  readonly owner: string;
  readonly kind: AccountKind;
  readonly status: AccountStatus;
  /** Credits minus debits: positive is what the bank owes. */
  readonly balance: number;
  readonly held: number;
}

export type EntryKind =
  | 'opening'
  | 'debit'
  | 'credit'
  | 'reverse'
  | 'post-suspense'
  | 'clear-suspense'
  | 'hold'
  | 'unhold'
  | 'blocked'
  | 'blocking';

export interface EntryRow {
  readonly seq: number;
  readonly serialNo: string;
  readonly service: string;
  readonly key: string | null;
  readonly kind: EntryKind;
  readonly amount: number;
  readonly debitAccountNo: string | null;
  readonly creditAccountNo: string | null;
  readonly holdId: string | null;
  readonly breakId: string | null;
  readonly originalSerialNo: string | null;
  readonly reversedBy: string | null;
  readonly note: string;
  readonly at: number;
}

export interface HoldRow {
  readonly holdId: string;
  readonly accountNo: string;
  readonly amount: number;
  readonly status: 'open' | 'captured' | 'released';
  readonly reason: string;
  readonly at: number;
}

export interface BreakRow {
  readonly breakId: string;
  /** Positive for 长款 (money without an owner), negative for 短款 (money that is missing). */
  readonly signedAmount: number;
  readonly status: 'open' | 'cleared' | 'reversed';
  readonly reason: string;
  readonly at: number;
}

/** Who is calling: goes into the entry, unchanged. */
export interface Voucher {
  /** The service whose effect this is; with the key it names the effect. */
  readonly service: string;
  readonly serialNo: string;
  readonly key: string | null;
  readonly now: number;
}
