/** Something that must hold of every row, as a query for the rows of which it does not. */
interface Rule {
  readonly name: string;
  /** Selects one column `what` for each violation. */
  readonly sql: string;
}

export const rules: readonly Rule[] = [
  {
    name: 'balance is not the sum of its postings',
    sql: `SELECT a.account_no AS what FROM account a LEFT JOIN (SELECT account_no,
          sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) AS total FROM posting GROUP BY account_no) p
          USING (account_no) WHERE a.balance <> coalesce(p.total, 0)`,
  },
  {
    name: 'held amount is not the sum of open holds',
    sql: `SELECT a.account_no AS what FROM account a LEFT JOIN (SELECT account_no, sum(amount) AS total FROM hold
          WHERE status = 'open' GROUP BY account_no) h USING (account_no) WHERE a.held <> coalesce(h.total, 0)`,
  },
  {
    name: 'available balance is negative',
    sql: `SELECT account_no AS what FROM account WHERE kind <> 'internal' AND balance - held < 0`,
  },
  {
    name: 'postings do not balance',
    sql: `SELECT serial_no AS what FROM posting GROUP BY serial_no HAVING count(*) <> 2
          OR sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) <> 0`,
  },
  {
    name: 'entry and postings disagree',
    sql: `SELECT e.serial_no AS what FROM entry e LEFT JOIN posting d ON d.serial_no = e.serial_no AND d.direction = 'debit'
          LEFT JOIN posting c ON c.serial_no = e.serial_no AND c.direction = 'credit'
          WHERE e.debit_account_no IS NOT d.account_no OR e.credit_account_no IS NOT c.account_no
          OR (d.amount IS NOT NULL AND (d.amount <> e.amount OR c.amount <> e.amount))`,
  },
  {
    name: 'ledger effect without an entry',
    sql: `SELECT f.idempotency_key AS what FROM effect f
          LEFT JOIN entry e ON e.service = f.service AND e.idempotency_key = f.idempotency_key
          WHERE f.service = 'core-ledger' AND f.executions > 0 AND e.seq IS NULL`,
  },
  {
    name: 'entry without its effect',
    sql: `SELECT e.serial_no AS what FROM entry e LEFT JOIN effect f ON f.service = e.service
          AND f.idempotency_key = e.idempotency_key AND f.executions > 0
          WHERE e.idempotency_key IS NOT NULL AND f.service IS NULL`,
  },
  {
    name: 'entry reversed more than once',
    sql: `SELECT original_serial_no AS what FROM entry WHERE kind = 'reverse' GROUP BY 1 HAVING count(*) > 1`,
  },
];
