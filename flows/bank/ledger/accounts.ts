import { toFen } from '../money.ts';
import { Refusal } from '../refusal.ts';
import { accountByRule, type SeedAccount } from '../seed/accounts.ts';
import type { Database, Statement } from '../store/database.ts';
import type { AccountRow } from './rows.ts';

const columns = 'account_no AS accountNo, name, owner, kind, status, balance, held';

/** The accounts' rows. Money is moved only by `Journal`, which posts both sides. */
export class Accounts {
  readonly #find: Statement<AccountRow>;
  readonly #byOwner: Statement<AccountRow>;
  readonly #insert: Statement<never>;
  readonly #move: Statement<never>;
  readonly #hold: Statement<never>;

  constructor(database: Database) {
    this.#find = database.prepare(`SELECT ${columns} FROM account WHERE account_no = ?`);
    this.#byOwner = database.prepare(`SELECT ${columns} FROM account WHERE owner = ? ORDER BY account_no`);
    this.#insert = database.prepare(
      'INSERT INTO account (account_no, name, owner, kind, status, balance, held) VALUES (?, ?, ?, ?, ?, 0, 0)',
    );
    this.#move = database.prepare('UPDATE account SET balance = balance + ? WHERE account_no = ?');
    this.#hold = database.prepare('UPDATE account SET held = held + ? WHERE account_no = ?');
  }

  /** @throws {Refusal} `NOT_FOUND` */
  get(accountNo: string): AccountRow {
    const row = this.#find.get(accountNo) ?? virtualRow(accountNo);
    if (row === undefined) throw new Refusal('NOT_FOUND', `no account ${accountNo}`);
    return row;
  }

  byOwner(owner: string): readonly AccountRow[] {
    return this.#byOwner.all(owner);
  }

  /** Stores the row that an account by rule lacks before its first posting. */
  materialize(accountNo: string): void {
    if (this.#find.get(accountNo) !== undefined) return;
    const account = accountByRule(accountNo);
    if (account === undefined) throw new Refusal('NOT_FOUND', `no account ${accountNo}`);
    this.insert(account);
  }

  insert({ accountNo, name, owner, kind, status }: SeedAccount): void {
    this.#insert.run(accountNo, name, owner, kind, status);
  }

  /** @throws {Refusal} if the account may not pay `amount` fen out of what is available plus `released`. */
  requirePayable({ accountNo, amount, released = 0 }: { accountNo: string; amount: number; released?: number }): void {
    const account = this.requireOpen(accountNo);
    if (account.status === 'frozen') throw new Refusal('ACCOUNT_FROZEN', `${accountNo} is frozen by order`);
    if (account.kind !== 'internal' && account.balance - account.held + released < amount) {
      throw new Refusal('INSUFFICIENT_FUNDS', `${accountNo} has not enough available`);
    }
  }

  /** @throws {Refusal} `NOT_FOUND` or `ACCOUNT_CLOSED` */
  requireOpen(accountNo: string): AccountRow {
    const account = this.get(accountNo);
    if (account.status === 'closed') throw new Refusal('ACCOUNT_CLOSED', `${accountNo} is closed`);
    return account;
  }

  /** @returns the new balance */
  move(accountNo: string, fen: number): number {
    const balance = this.get(accountNo).balance + fen;
    if (!Number.isSafeInteger(balance)) throw new Refusal('AMOUNT_TOO_LARGE', `${accountNo} cannot hold that much`);
    this.#move.run(fen, accountNo);
    return balance;
  }

  changeHeld(accountNo: string, fen: number): void {
    this.#hold.run(fen, accountNo);
  }
}

function virtualRow(accountNo: string): AccountRow | undefined {
  const account = accountByRule(accountNo);
  if (account === undefined) return undefined;
  const { name, owner, kind, status, openingYuan } = account;
  return { accountNo, name, owner, kind, status, balance: toFen(openingYuan), held: 0 };
}
