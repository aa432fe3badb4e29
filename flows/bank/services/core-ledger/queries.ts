import Type, { type Static } from 'typebox';
import { toInstant } from '../../clock.ts';
import { AccountNo, Amount, Currency, CustomerId, Instant, SerialNo } from '../../fields.ts';
import type { AccountRow, EntryRow } from '../../ledger/rows.ts';
import { fromFen } from '../../money.ts';
import { query } from '../../operation.ts';
import { Refusal } from '../../refusal.ts';

const Account = Type.Object({
  accountNo: AccountNo,
  name: Type.String(),
  owner: Type.String({ description: 'Customer id; employee number of a payroll account; BANK' }),
  kind: Type.Enum(['retail', 'corporate', 'payroll', 'internal']),
  status: Type.Enum(['active', 'frozen', 'closed']),
  balance: Amount,
  heldAmount: Amount,
  availableBalance: Amount,
  currency: Currency,
});

const Entry = Type.Object({
  serialNo: SerialNo,
  kind: Type.String({
    description: 'opening, debit, credit, reverse, post-suspense, clear-suspense, hold, unhold, blocked, blocking',
  }),
  amount: Amount,
  currency: Currency,
  debitAccountNo: Type.Optional(AccountNo),
  creditAccountNo: Type.Optional(AccountNo),
  holdId: Type.Optional(SerialNo),
  breakId: Type.Optional(SerialNo),
  originalSerialNo: Type.Optional(SerialNo),
  reversedBy: Type.Optional(SerialNo),
  idempotencyKey: Type.Optional(Type.String()),
  summary: Type.String(),
  postedAt: Instant,
});

export const getAccount = query({
  title: { en: 'Get an account', zh: '查询账户' },
  method: 'GET',
  path: '/accounts/{accountNo}',
  input: Type.Object({ accountNo: AccountNo }),
  output: Account,
  handle: ({ accountNo }, { ledger }) => accountOf(ledger.accounts.get(accountNo)),
});

export const listAccounts = query({
  title: { en: 'List accounts with balances', zh: '查询客户账户余额' },
  method: 'GET',
  path: '/accounts',
  query: ['customerId'],
  input: Type.Object({ customerId: CustomerId }),
  output: Type.Object({ items: Type.Array(Account), totalBalance: Amount, currency: Currency }),
  handle: ({ customerId }, { ledger }) => {
    const rows = ledger.accounts.byOwner(customerId);
    const total = rows.reduce((sum, { balance }) => sum + balance, 0);
    return { items: rows.map(accountOf), totalBalance: fromFen(total), currency: 'CNY' as const };
  },
});

export const getEntry = query({
  title: { en: 'Get an entry by serial number', zh: '按流水号查询' },
  method: 'GET',
  path: '/entries/{serialNo}',
  input: Type.Object({ serialNo: SerialNo }),
  output: Entry,
  handle: ({ serialNo }, { ledger }) => {
    const entry = ledger.journal.find(serialNo);
    if (entry === undefined) throw new Refusal('NOT_FOUND', `no entry ${serialNo}`);
    return entryOf(entry);
  },
});

export const listEntries = query({
  title: { en: 'List entries of an account, newest first', zh: '查询账户明细' },
  method: 'GET',
  path: '/accounts/{accountNo}/entries',
  query: ['limit'],
  input: Type.Object({ accountNo: AccountNo, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }),
  output: Type.Object({ items: Type.Array(Entry) }),
  handle: ({ accountNo, limit = 20 }, { ledger }) => ({
    items: ledger.journal.byAccount(accountNo, limit).map(entryOf),
  }),
});

export const getTurnover = query({
  title: { en: 'Turnover of a customer over recent entries', zh: '查询客户近期流水汇总' },
  method: 'GET',
  path: '/turnover',
  query: ['customerId'],
  input: Type.Object({ customerId: CustomerId }),
  output: Type.Object({
    customerId: CustomerId,
    credits: Amount,
    debits: Amount,
    entries: Type.Integer(),
    currency: Currency,
  }),
  handle: ({ customerId }, { ledger }) => {
    const owned = new Set(ledger.accounts.byOwner(customerId).map(({ accountNo }) => accountNo));
    const entries = [...owned].flatMap((accountNo) => ledger.journal.byAccount(accountNo, 500));
    const sum = (side: 'debitAccountNo' | 'creditAccountNo') =>
      entries.filter((entry) => owned.has(entry[side] ?? '')).reduce((total, { amount }) => total + amount, 0);
    const [credits, debits] = [fromFen(sum('creditAccountNo')), fromFen(sum('debitAccountNo'))];
    return { customerId, credits, debits, entries: entries.length, currency: 'CNY' as const };
  },
});

export const getHold = query({
  title: { en: 'Get a hold', zh: '查询冻结' },
  method: 'GET',
  path: '/holds/{holdId}',
  input: Type.Object({ holdId: SerialNo }),
  output: Type.Object({
    holdId: SerialNo,
    accountNo: AccountNo,
    amount: Amount,
    currency: Currency,
    status: Type.Enum(['open', 'captured', 'released']),
    reason: Type.String(),
    placedAt: Instant,
  }),
  handle: ({ holdId }, { ledger }) => {
    const hold = ledger.holds.find(holdId);
    if (hold === undefined) throw new Refusal('NOT_FOUND', `no hold ${holdId}`);
    const { accountNo, amount, status, reason, at } = hold;
    return {
      holdId,
      accountNo,
      amount: fromFen(amount),
      currency: 'CNY' as const,
      status,
      reason,
      placedAt: toInstant(at),
    };
  },
});

export const listOpenBreaks = query({
  title: { en: 'List open breaks in suspense', zh: '查询未销挂账' },
  method: 'GET',
  path: '/suspense',
  input: Type.Object({}),
  output: Type.Object({
    items: Type.Array(Type.Object({ breakId: SerialNo, amount: Amount, reason: Type.String(), postedAt: Instant })),
    balance: Amount,
    currency: Currency,
  }),
  handle: (_input, { ledger }) => {
    const open = ledger.suspense.listOpen();
    const items = open.map(({ breakId, signedAmount, reason, at }) => {
      return { breakId, amount: fromFen(signedAmount), reason, postedAt: toInstant(at) };
    });
    const balance = fromFen(open.reduce((sum, { signedAmount }) => sum + signedAmount, 0));
    return { items, balance, currency: 'CNY' as const };
  },
});

function accountOf({ accountNo, name, owner, kind, status, balance, held }: AccountRow): Static<typeof Account> {
  const amounts = { balance: fromFen(balance), heldAmount: fromFen(held), availableBalance: fromFen(balance - held) };
  return { accountNo, name, owner, kind, status, ...amounts, currency: 'CNY' };
}

function entryOf(entry: EntryRow): Static<typeof Entry> {
  const { serialNo, kind, amount, debitAccountNo, creditAccountNo, holdId, breakId, originalSerialNo, reversedBy } =
    entry;
  return {
    ...{ serialNo, kind, amount: fromFen(amount), currency: 'CNY' as const, summary: entry.note },
    ...(debitAccountNo !== null && { debitAccountNo }),
    ...(creditAccountNo !== null && { creditAccountNo }),
    ...(holdId !== null && { holdId }),
    ...(breakId !== null && { breakId }),
    ...(originalSerialNo !== null && { originalSerialNo }),
    ...(reversedBy !== null && { reversedBy }),
    ...(entry.key !== null && { idempotencyKey: entry.key }),
    postedAt: toInstant(entry.at),
  };
}
