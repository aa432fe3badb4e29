import { toFen } from '../money.ts';
import { Refusal } from '../refusal.ts';
import { internal, seedAccounts } from '../seed/accounts.ts';
import type { Database } from '../store/database.ts';
import { Accounts } from './accounts.ts';
import { type Audit, openAudit } from './audit.ts';
import { Holds } from './holds.ts';
import { Journal } from './journal.ts';
import type { EntryRow, HoldRow, Voucher } from './rows.ts';
import { type BreakInput, Suspense } from './suspense.ts';

export interface PostingInput {
  readonly accountNo: string;
  readonly contraAccountNo: string;
  readonly amount: number;
  readonly note: string;
  /** Debits only: the hold that this debit uses up. Its remainder, if any, becomes available again. */
  readonly holdId?: string | undefined;
}

/**
 * The double-entry core ledger. Its methods are synchronous and change several rows: call the changing ones inside one
 * transaction, together with the record that makes the call idempotent. Amounts are in fen.
 */
export class Ledger {
  readonly accounts: Accounts;
  readonly journal: Journal;
  readonly holds: Holds;
  readonly suspense: Suspense;
  /** Checks the books; see {@link Audit}. */
  readonly audit: () => Audit;

  constructor(database: Database) {
    this.accounts = new Accounts(database);
    this.journal = new Journal(database, this.accounts);
    this.holds = new Holds(database, this.accounts, this.journal);
    this.suspense = new Suspense(database, this.journal);
    this.audit = openAudit(database, this);
  }

  /** Opens the seeded accounts; each opening balance is an entry against cash. */
  seed(now: number): void {
    for (const account of seedAccounts()) {
      this.accounts.insert(account);
      const amount = toFen(account.openingYuan);
      if (amount === 0) continue;
      const serialNo = `OPENING-${account.accountNo}`;
      const sides = { debitAccountNo: internal.cash, creditAccountNo: account.accountNo };
      const voucher: Voucher = { service: 'core-ledger', serialNo, key: null, now };
      this.journal.transfer(voucher, { kind: 'opening', amount, note: 'opening balance', ...sides });
    }
  }

  debit(voucher: Voucher, { accountNo, contraAccountNo, amount, note, holdId }: PostingInput): void {
    refuseSuspense(accountNo, contraAccountNo);
    this.accounts.requireOpen(contraAccountNo);
    if (holdId === undefined) this.accounts.requirePayable({ accountNo, amount });
    else this.#capture(accountNo, amount, holdId);
    const sides = { debitAccountNo: accountNo, creditAccountNo: contraAccountNo };
    this.journal.transfer(voucher, { kind: 'debit', amount, note, holdId, ...sides });
  }

  credit(voucher: Voucher, { accountNo, contraAccountNo, amount, note }: PostingInput): void {
    refuseSuspense(accountNo, contraAccountNo);
    this.accounts.requireOpen(accountNo);
    this.accounts.requirePayable({ accountNo: contraAccountNo, amount });
    const sides = { debitAccountNo: contraAccountNo, creditAccountNo: accountNo };
    this.journal.transfer(voucher, { kind: 'credit', amount, note, ...sides });
  }

  /**
   * 冲正: posts the original the other way round. A hold that the original had captured is open again afterwards, and a
   * break that it had posted or cleared is back where it was.
   */
  reverse(voucher: Voucher, { originalSerialNo, reason }: { originalSerialNo: string; reason: string }): EntryRow {
    const original = this.journal.find(originalSerialNo);
    if (original === undefined || original.kind === 'blocked' || original.kind === 'blocking') {
      throw new Refusal('NOT_FOUND', `no entry ${originalSerialNo}`);
    }
    if (original.reversedBy !== null) {
      throw new Refusal('ALREADY_REVERSED', `${originalSerialNo} was reversed by ${original.reversedBy}`);
    }
    const { debitAccountNo, creditAccountNo, amount } = original;
    const isReversible = ['debit', 'credit', 'post-suspense', 'clear-suspense'].includes(original.kind);
    if (!isReversible || debitAccountNo === null || creditAccountNo === null) {
      throw new Refusal('NOT_REVERSIBLE', `${originalSerialNo} is of kind ${original.kind}`);
    }
    this.#restoreBreak(original);
    this.accounts.requirePayable({ accountNo: creditAccountNo, amount });
    const sides = { debitAccountNo: creditAccountNo, creditAccountNo: debitAccountNo };
    this.journal.transfer(voucher, { kind: 'reverse', amount, note: reason, originalSerialNo, ...sides });
    this.journal.markReversed(originalSerialNo, voucher.serialNo);
    if (original.holdId !== null) this.holds.reopen(original.holdId);
    return original;
  }

  postSuspense(voucher: Voucher, input: BreakInput): void {
    refuseSuspense(input.accountNo);
    this.accounts.requireOpen(input.accountNo);
    if (input.direction === 'surplus') this.accounts.requirePayable(input);
    this.suspense.post(voucher, input);
  }

  clearSuspense(voucher: Voucher, input: { breakId: string; accountNo: string; reason: string }): number {
    refuseSuspense(input.accountNo);
    this.accounts.requireOpen(input.accountNo);
    const { signedAmount } = this.suspense.requireOpen(input.breakId);
    if (signedAmount < 0) this.accounts.requirePayable({ accountNo: input.accountNo, amount: -signedAmount });
    this.suspense.clear(voucher, input);
    return signedAmount;
  }

  #capture(accountNo: string, amount: number, holdId: string): void {
    const hold: HoldRow = this.holds.requireOpen(holdId);
    if (hold.accountNo !== accountNo) throw new Refusal('STATE_CONFLICT', `hold ${holdId} is on another account`);
    this.accounts.requirePayable({ accountNo, amount, released: hold.amount });
    this.holds.capture(hold);
  }

  #restoreBreak(original: EntryRow): void {
    const { breakId, kind } = original;
    if (breakId === null) return;
    const expected = kind === 'post-suspense' ? 'open' : 'cleared';
    if (this.suspense.find(breakId)?.status !== expected) {
      throw new Refusal('STATE_CONFLICT', `break ${breakId} is not ${expected}`);
    }
    this.suspense.setStatus(breakId, kind === 'post-suspense' ? 'reversed' : 'open');
  }
}

function refuseSuspense(...accountNos: readonly string[]): void {
  if (!accountNos.includes(internal.suspense)) return;
  throw new Refusal('SUSPENSE_ONLY_BY_BREAK', 'the suspense account is reached by postSuspense and clearSuspense only');
}
