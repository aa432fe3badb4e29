import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { type Core, openCore } from '../core.ts';
import { type Database, openDatabase } from '../store/database.ts';

const accountNo = '6222020000000101';
let database: Database;
let core: Core;
beforeEach(async () => {
  database = openDatabase(':memory:');
  core = await openCore({ database, clock: systemClock, closing: new AbortController().signal });
  const voucher = { service: 'core-ledger', now: 0 };
  core.ledger.debit(
    { ...voucher, key: null, serialNo: 'S1' },
    { accountNo, contraAccountNo: 'INT-CLEARING', amount: 100, note: '' },
  );
  core.ledger.holds.place({ ...voucher, key: null, serialNo: 'H1' }, { accountNo, amount: 50, reason: '' });
});
afterEach(() => database.close());

test('finds nothing in books that are right', () => {
  expect(core.ledger.audit()).toMatchObject({ ok: true, findings: [] });
});

// Each line is a way to break the books that the constraints of the tables let through.
test.each([
  [
    `UPDATE account SET balance = balance + 1 WHERE account_no = '${accountNo}'`,
    'balance is not the sum of its postings',
  ],
  [`UPDATE account SET held = 0 WHERE account_no = '${accountNo}'`, 'held amount is not the sum of open holds'],
  [`UPDATE posting SET amount = 99 WHERE serial_no = 'S1' AND direction = 'debit'`, 'debits are not equal to credits'],
  [`DELETE FROM posting WHERE serial_no = 'S1' AND direction = 'debit'`, 'postings do not balance'],
  [`UPDATE entry SET amount = 1 WHERE serial_no = 'S1'`, 'entry and postings disagree'],
  [`UPDATE entry SET idempotency_key = 'k' WHERE serial_no = 'S1'`, 'entry without its effect'],
  [`INSERT INTO effect VALUES ('core-ledger', 'k', 'debit', '', '{}', 1, 1, 0, 0)`, 'ledger effect without an entry'],
  [`INSERT INTO effect VALUES ('limit', 'k', 'reserveLimit', '', '{}', 2, 2, 0, 0)`, 'effect executed twice'],
  [`INSERT INTO break VALUES ('S1', 5, 'open', '', 0)`, 'the suspense account is not the sum of the open breaks'],
])('finds what %s did', (sql, finding) => {
  database.exec(sql);
  const audit = core.ledger.audit();
  expect(audit.ok).toBe(false);
  expect(audit.findings.join('\n')).toContain(finding);
});
