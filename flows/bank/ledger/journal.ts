import { Refusal } from '../refusal.ts';
import type { Database, Statement } from '../store/database.ts';
import type { Accounts } from './accounts.ts';
import type { EntryKind, EntryRow, Voucher } from './rows.ts';

const columns = `seq, serial_no AS serialNo, service, idempotency_key AS key, kind, amount, debit_account_no AS debitAccountNo,
  credit_account_no AS creditAccountNo, hold_id AS holdId, break_id AS breakId,
  original_serial_no AS originalSerialNo, reversed_by AS reversedBy, note, at`;

/** What an entry says beside its voucher. Entries without a posting (holds, blocks) name no account. */
export interface Remark {
  readonly kind: EntryKind;
  readonly amount: number;
  readonly note: string;
  readonly holdId?: string | undefined;
  readonly breakId?: string | undefined;
  readonly originalSerialNo?: string | undefined;
}

export interface Transfer extends Remark {
  readonly debitAccountNo: string;
  readonly creditAccountNo: string;
}

/** One row per serial number, and for those that move money exactly two postings: the only place where balances change. */
export class Journal {
  readonly #accounts: Accounts;
  readonly #find: Statement<EntryRow>;
  readonly #byAccount: Statement<EntryRow>;
  readonly #insert: Statement<never>;
  readonly #post: Statement<never>;
  readonly #markReversed: Statement<never>;

  constructor(database: Database, accounts: Accounts) {
    this.#accounts = accounts;
    this.#find = database.prepare(`SELECT ${columns} FROM entry WHERE serial_no = ?`);
    this.#byAccount = database.prepare(
      `SELECT ${columns} FROM entry WHERE serial_no IN (SELECT serial_no FROM posting WHERE account_no = ?
       ORDER BY posting_no DESC LIMIT ?) ORDER BY seq DESC`,
    );
    this.#insert = database.prepare(
      `INSERT INTO entry (serial_no, service, idempotency_key, kind, amount, debit_account_no, credit_account_no, hold_id,
       break_id, original_serial_no, note, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#post = database.prepare(
      'INSERT INTO posting (serial_no, account_no, direction, amount, balance_after) VALUES (?, ?, ?, ?, ?)',
    );
    this.#markReversed = database.prepare('UPDATE entry SET reversed_by = ? WHERE serial_no = ?');
  }

  find(serialNo: string): EntryRow | undefined {
    return this.#find.get(serialNo);
  }

  /** Newest first. */
  byAccount(accountNo: string, limit: number): readonly EntryRow[] {
    return this.#byAccount.all(accountNo, limit);
  }

  /** Moves money from the debit side to the credit side, in whole. The caller has checked that it may. */
  transfer(voucher: Voucher, transfer: Transfer): void {
    const { debitAccountNo, creditAccountNo, amount } = transfer;
    if (debitAccountNo === creditAccountNo) throw new Refusal('SAME_ACCOUNT', 'both sides are the same account');
    this.note(voucher, transfer);
    for (const accountNo of [debitAccountNo, creditAccountNo]) this.#accounts.materialize(accountNo);
    const debited = this.#accounts.move(debitAccountNo, -amount);
    this.#post.run(voucher.serialNo, debitAccountNo, 'debit', amount, debited);
    const credited = this.#accounts.move(creditAccountNo, amount);
    this.#post.run(voucher.serialNo, creditAccountNo, 'credit', amount, credited);
  }

  /** @throws {Refusal} `SERIAL_TAKEN`, or `SERIAL_BLOCKED` if an undo has come before this call. */
  note(voucher: Voucher, remark: Remark & Partial<Transfer>): void {
    const { serialNo, service, key, now } = voucher;
    const earlier = this.find(serialNo);
    if (earlier?.kind === 'blocked') throw new Refusal('SERIAL_BLOCKED', `${serialNo} was undone before it arrived`);
    if (earlier) throw new Refusal('SERIAL_TAKEN', `${serialNo} is the serial number of another entry`);
    const { kind, amount, debitAccountNo = null, creditAccountNo = null, note } = remark;
    const { holdId = null, breakId = null, originalSerialNo = null } = remark;
    this.#insert.run(
      ...[serialNo, service, key, kind, amount, debitAccountNo, creditAccountNo],
      ...[holdId, breakId, originalSerialNo, note, now],
    );
  }

  /** Reserves a serial number for ever, so that its original is refused should it still arrive. */
  block(serialNo: string, by: Voucher): void {
    this.note({ ...by, serialNo, key: null }, { kind: 'blocked', amount: 0, note: `blocked by ${by.serialNo}` });
    this.note(by, { kind: 'blocking', amount: 0, note: `blocks ${serialNo}`, originalSerialNo: serialNo });
  }

  markReversed(serialNo: string, by: string): void {
    this.#markReversed.run(by, serialNo);
  }
}
