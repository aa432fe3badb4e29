import { fromFen } from '../money.ts';
import { internal } from '../seed/accounts.ts';
import type { Database } from '../store/database.ts';
import type { Accounts } from './accounts.ts';
import { rules } from './audit-rules.ts';
import type { Holds } from './holds.ts';
import type { BreakRow, HoldRow } from './rows.ts';
import type { Suspense } from './suspense.ts';

/** What the books say about themselves. `ok` is the conjunction of everything that must always hold. */
export interface Audit {
  readonly ok: boolean;
  /** One sentence for each thing that is wrong. */
  readonly findings: readonly string[];
  readonly debitTotal: string;
  readonly creditTotal: string;
  readonly suspenseBalance: string;
  readonly openBreakTotal: string;
  readonly internalBalances: Readonly<Record<string, string>>;
  readonly openHolds: readonly (Omit<HoldRow, 'amount'> & { readonly amount: string })[];
  readonly openBreaks: readonly (Omit<BreakRow, 'signedAmount'> & { readonly amount: string })[];
  readonly duplicateSerials: readonly string[];
  readonly entries: Readonly<Record<string, number>>;
  readonly effects: Readonly<
    Record<string, { readonly executions: number; readonly calls: number; readonly keys: number }>
  >;
  /** Must be empty: an effect that happened twice. */
  readonly executedMoreThanOnce: readonly EffectName[];
  /** Calls that came more than once under their key; harmless. At most 1,000 are listed. */
  readonly calledMoreThanOnce: readonly EffectName[];
}

export interface EffectName {
  readonly service: string;
  readonly operation: string;
  readonly key: string;
  readonly executions: number;
  readonly calls: number;
}

interface Books {
  readonly accounts: Accounts;
  readonly holds: Holds;
  readonly suspense: Suspense;
}

/** Prepares the audit's statements once; the returned function reads the whole database, so it is for tests and drills. */
export function openAudit(database: Database, ledger: Books): () => Audit {
  const checks = rules.map(({ name, sql }) => ({ name, statement: database.prepare<{ what: string }>(sql) }));
  // Text, because the turnover of a long load test does not fit a double.
  const totals = database.prepare<{ direction: string; total: string }>(
    'SELECT direction, CAST(sum(amount) AS TEXT) AS total FROM posting GROUP BY direction',
  );
  const duplicates = database.prepare<{ what: string }>(
    'SELECT serial_no AS what FROM entry GROUP BY serial_no HAVING count(*) > 1',
  );
  const kinds = database.prepare<{ kind: string; count: number }>(
    'SELECT kind, count(*) AS count FROM entry GROUP BY kind',
  );
  const effects = database.prepare<{ name: string; executions: number; calls: number; keys: number }>(
    `SELECT service || '.' || operation AS name, sum(executions) AS executions, sum(calls) AS calls, count(*) AS keys
     FROM effect GROUP BY service, operation`,
  );
  const repeated = (column: 'executions' | 'calls') =>
    database.prepare<EffectName>(
      `SELECT service, operation, idempotency_key AS key, executions, calls FROM effect WHERE ${column} > 1 LIMIT 1000`,
    );
  const executedTwice = repeated('executions');
  const calledTwice = repeated('calls');

  return () => {
    const findings = checks.flatMap(({ name, statement }) => statement.all().map(({ what }) => `${name}: ${what}`));
    const sums = new Map(totals.all().map(({ direction, total }) => [direction, BigInt(total)]));
    const debitTotal = sums.get('debit') ?? 0n;
    const creditTotal = sums.get('credit') ?? 0n;
    if (debitTotal !== creditTotal) findings.push('debits are not equal to credits');
    const duplicateSerials = duplicates.all().map(({ what }) => what);
    findings.push(...duplicateSerials.map((serialNo) => `serial number used twice: ${serialNo}`));
    const openBreaks = ledger.suspense.listOpen();
    const openBreakTotal = openBreaks.reduce((sum, { signedAmount }) => sum + signedAmount, 0);
    const suspenseBalance = ledger.accounts.get(internal.suspense).balance;
    if (suspenseBalance !== openBreakTotal) findings.push('the suspense account is not the sum of the open breaks');
    const executedMoreThanOnce = executedTwice.all();
    findings.push(...executedMoreThanOnce.map(({ service, key }) => `effect executed twice: ${service} ${key}`));
    return {
      ok: findings.length === 0,
      findings,
      debitTotal: fromTotal(debitTotal),
      creditTotal: fromTotal(creditTotal),
      suspenseBalance: fromFen(suspenseBalance),
      openBreakTotal: fromFen(openBreakTotal),
      internalBalances: Object.fromEntries(
        ledger.accounts.byOwner('BANK').map(({ accountNo, balance }) => [accountNo, fromFen(balance)]),
      ),
      openHolds: ledger.holds.listOpen().map((hold) => ({ ...hold, amount: fromFen(hold.amount) })),
      openBreaks: openBreaks.map(({ signedAmount, ...rest }) => ({ ...rest, amount: fromFen(signedAmount) })),
      duplicateSerials,
      entries: Object.fromEntries(kinds.all().map(({ kind, count }) => [kind, count])),
      effects: Object.fromEntries(effects.all().map(({ name, ...counts }) => [name, counts])),
      executedMoreThanOnce,
      calledMoreThanOnce: calledTwice.all(),
    };
  };
}

function fromTotal(fen: bigint): string {
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
}
