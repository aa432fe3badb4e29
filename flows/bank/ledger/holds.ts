import { Refusal } from '../refusal.ts';
import type { Database, Statement } from '../store/database.ts';
import type { Accounts } from './accounts.ts';
import type { Journal } from './journal.ts';
import type { HoldRow, Voucher } from './rows.ts';

const columns = 'hold_id AS holdId, account_no AS accountNo, amount, status, reason, at';

/** 冻结: money that stays in the account but cannot be spent. A hold's id is the serial number that placed it. */
export class Holds {
  readonly #accounts: Accounts;
  readonly #journal: Journal;
  readonly #find: Statement<HoldRow>;
  readonly #open: Statement<HoldRow>;
  readonly #insert: Statement<never>;
  readonly #setStatus: Statement<never>;

  constructor(database: Database, accounts: Accounts, journal: Journal) {
    this.#accounts = accounts;
    this.#journal = journal;
    this.#find = database.prepare(`SELECT ${columns} FROM hold WHERE hold_id = ?`);
    this.#open = database.prepare(`SELECT ${columns} FROM hold WHERE status = 'open' ORDER BY at, hold_id`);
    this.#insert = database.prepare(
      `INSERT INTO hold (hold_id, account_no, amount, status, reason, at) VALUES (?, ?, ?, 'open', ?, ?)`,
    );
    this.#setStatus = database.prepare('UPDATE hold SET status = ? WHERE hold_id = ?');
  }

  find(holdId: string): HoldRow | undefined {
    return this.#find.get(holdId);
  }

  /** Oldest first. */
  listOpen(): readonly HoldRow[] {
    return this.#open.all();
  }

  place(voucher: Voucher, { accountNo, amount, reason }: { accountNo: string; amount: number; reason: string }): void {
    this.#accounts.requirePayable({ accountNo, amount });
    this.#journal.note(voucher, { kind: 'hold', amount, note: reason, holdId: voucher.serialNo });
    this.#accounts.materialize(accountNo);
    this.#accounts.changeHeld(accountNo, amount);
    this.#insert.run(voucher.serialNo, accountNo, amount, reason, voucher.now);
  }

  release(voucher: Voucher, holdId: string): HoldRow {
    const hold = this.requireOpen(holdId);
    this.#journal.note(voucher, { kind: 'unhold', amount: hold.amount, note: 'unhold', holdId });
    this.#close(hold, 'released');
    return hold;
  }

  /** Ends the hold because the money is about to be debited. */
  capture(hold: HoldRow): void {
    this.#close(hold, 'captured');
  }

  /** Undoes a capture, after the money has come back. */
  reopen(holdId: string): void {
    const hold = this.find(holdId);
    if (hold?.status !== 'captured') throw new Refusal('HOLD_NOT_OPEN', `hold ${holdId} was not captured`);
    this.#accounts.changeHeld(hold.accountNo, hold.amount);
    this.#setStatus.run('open', holdId);
  }

  requireOpen(holdId: string): HoldRow {
    const hold = this.find(holdId);
    if (hold === undefined) throw new Refusal('NOT_FOUND', `no hold ${holdId}`);
    if (hold.status !== 'open') throw new Refusal('HOLD_NOT_OPEN', `hold ${holdId} is ${hold.status}`);
    return hold;
  }

  #close(hold: HoldRow, status: 'captured' | 'released'): void {
    this.#accounts.changeHeld(hold.accountNo, -hold.amount);
    this.#setStatus.run(status, hold.holdId);
  }
}
