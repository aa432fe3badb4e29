/**
 * Tables of the bank. Money is in fen. The constraints repeat what the code ensures, so that a mistake in the code
 * fails a transaction instead of corrupting the oracle.
 */
export const schema = `
CREATE TABLE IF NOT EXISTS account (
  account_no TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('retail', 'corporate', 'payroll', 'internal')),
  status TEXT NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
  balance INTEGER NOT NULL,
  held INTEGER NOT NULL CHECK (held >= 0),
  CHECK (kind = 'internal' OR balance - held >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS account_owner ON account (owner);

CREATE TABLE IF NOT EXISTS entry (
  seq INTEGER PRIMARY KEY,
  serial_no TEXT NOT NULL UNIQUE,
  service TEXT NOT NULL,
  idempotency_key TEXT,
  kind TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount >= 0),
  debit_account_no TEXT,
  credit_account_no TEXT,
  hold_id TEXT,
  break_id TEXT,
  original_serial_no TEXT,
  reversed_by TEXT,
  note TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (service, idempotency_key)
) STRICT;

CREATE TABLE IF NOT EXISTS posting (
  posting_no INTEGER PRIMARY KEY,
  serial_no TEXT NOT NULL REFERENCES entry (serial_no),
  account_no TEXT NOT NULL REFERENCES account (account_no),
  direction TEXT NOT NULL CHECK (direction IN ('debit', 'credit')),
  amount INTEGER NOT NULL CHECK (amount > 0),
  balance_after INTEGER NOT NULL,
  UNIQUE (serial_no, direction)
) STRICT;
CREATE INDEX IF NOT EXISTS posting_account ON posting (account_no, posting_no);

CREATE TABLE IF NOT EXISTS hold (
  hold_id TEXT PRIMARY KEY REFERENCES entry (serial_no),
  account_no TEXT NOT NULL REFERENCES account (account_no),
  amount INTEGER NOT NULL CHECK (amount > 0),
  status TEXT NOT NULL CHECK (status IN ('open', 'captured', 'released')),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS hold_open ON hold (account_no) WHERE status = 'open';

CREATE TABLE IF NOT EXISTS break (
  break_id TEXT PRIMARY KEY REFERENCES entry (serial_no),
  signed_amount INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'cleared', 'reversed')),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS effect (
  service TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  operation TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  answer TEXT,
  executions INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  executed_at INTEGER,
  PRIMARY KEY (service, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS effect_key ON effect (idempotency_key);

CREATE TABLE IF NOT EXISTS record (
  service TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  owner TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (service, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_owner ON record (service, kind, owner);

CREATE TABLE IF NOT EXISTS receipt (
  id TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  body TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  copies INTEGER NOT NULL,
  delivered_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS receipt_due ON receipt (due_at) WHERE delivered_at IS NULL;
`;

/** Children before parents, as the foreign keys ask. */
export const tables = ['posting', 'hold', 'break', 'entry', 'account', 'effect', 'record', 'receipt'] as const;
