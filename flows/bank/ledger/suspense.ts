import { Refusal } from '../refusal.ts';
import { internal } from '../seed/accounts.ts';
import type { Database, Statement } from '../store/database.ts';
import type { Journal } from './journal.ts';
import type { BreakRow, Voucher } from './rows.ts';

const columns = 'break_id AS breakId, signed_amount AS signedAmount, status, reason, at';

export interface BreakInput {
  readonly accountNo: string;
  readonly amount: number;
  readonly direction: 'surplus' | 'shortage';
  readonly reason: string;
}

/** 挂账: every fen in the suspense account belongs to one open break, so its balance equals their sum at any time. */
export class Suspense {
  readonly #journal: Journal;
  readonly #find: Statement<BreakRow>;
  readonly #open: Statement<BreakRow>;
  readonly #insert: Statement<never>;
  readonly #setStatus: Statement<never>;

  constructor(database: Database, journal: Journal) {
    this.#journal = journal;
    this.#find = database.prepare(`SELECT ${columns} FROM break WHERE break_id = ?`);
    this.#open = database.prepare(`SELECT ${columns} FROM break WHERE status = 'open' ORDER BY at, break_id`);
    this.#insert = database.prepare(
      `INSERT INTO break (break_id, signed_amount, status, reason, at) VALUES (?, ?, 'open', ?, ?)`,
    );
    this.#setStatus = database.prepare('UPDATE break SET status = ? WHERE break_id = ?');
  }

  find(breakId: string): BreakRow | undefined {
    return this.#find.get(breakId);
  }

  /** Oldest first. */
  listOpen(): readonly BreakRow[] {
    return this.#open.all();
  }

  /** The break's id is the serial number that posted it. */
  post(voucher: Voucher, { accountNo, amount, direction, reason }: BreakInput): void {
    const sides = sidesOf(direction === 'surplus' ? amount : -amount, accountNo);
    this.#journal.transfer(voucher, {
      kind: 'post-suspense',
      amount,
      note: reason,
      breakId: voucher.serialNo,
      ...sides,
    });
    this.#insert.run(voucher.serialNo, direction === 'surplus' ? amount : -amount, reason, voucher.now);
  }

  /** Moves the break's money out of suspense and closes it. */
  clear(
    voucher: Voucher,
    { breakId, accountNo, reason }: { breakId: string; accountNo: string; reason: string },
  ): BreakRow {
    const found = this.requireOpen(breakId);
    const amount = Math.abs(found.signedAmount);
    const sides = sidesOf(-found.signedAmount, accountNo);
    this.#journal.transfer(voucher, { kind: 'clear-suspense', amount, note: reason, breakId, ...sides });
    this.#setStatus.run('cleared', breakId);
    return found;
  }

  setStatus(breakId: string, status: BreakRow['status']): void {
    this.#setStatus.run(status, breakId);
  }

  requireOpen(breakId: string): BreakRow {
    const found = this.find(breakId);
    if (found === undefined) throw new Refusal('NOT_FOUND', `no break ${breakId}`);
    if (found.status !== 'open') throw new Refusal('STATE_CONFLICT', `break ${breakId} is ${found.status}`);
    return found;
  }
}

/** A positive amount goes into suspense, a negative one comes out. */
function sidesOf(signedAmount: number, accountNo: string): { debitAccountNo: string; creditAccountNo: string } {
  return signedAmount > 0
    ? { debitAccountNo: accountNo, creditAccountNo: internal.suspense }
    : { debitAccountNo: internal.suspense, creditAccountNo: accountNo };
}
