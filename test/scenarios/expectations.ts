import type { Bank } from '@heddle/flows/bank/bank';
import { fromFen } from '@heddle/flows/bank/money';
import { callOperation } from '@heddle/flows/bank/testing/call-operation';
import { expect } from 'vitest';
import type { Case, Expectation } from './case.ts';
import type { Run } from './engine-client.ts';
import { type Observed, withRun } from './run-case.ts';

/** Numbers of customers' accounts, which no history may show. */
const ACCOUNT_NO = /\b(?:622202|100100|621788)\d{10}\b/g;

/** Balances before a case, in fen, of the bank's own accounts and of those that the case names. */
export type Balances = ReadonlyMap<string, number>;

export function balancesOf(bank: Bank, { input, expect: { ledger } }: Case): Balances {
  const named = [...(JSON.stringify(input).match(ACCOUNT_NO) ?? []), ...Object.keys(ledger?.changes ?? {})];
  const accountNos = [...Object.keys(bank.ledger.audit().internalBalances), ...named];
  return new Map(accountNos.map((accountNo) => [accountNo, balanceOf(bank, accountNo)]));
}

function balanceOf(bank: Bank, accountNo: string): number {
  try {
    return bank.ledger.accounts.get(accountNo).balance;
  } catch {
    return 0; // A case may name an account that does not exist: nothing can happen to it.
  }
}

/** Compares what was seen with what the case expects. */
export function checkObserved(
  { expect: expected, twice }: Case,
  { reply, replyMs, again, runId, run }: Observed,
): void {
  if (expected.httpStatus !== undefined)
    expect(reply, JSON.stringify(reply.body)).toMatchObject({ status: expected.httpStatus });
  if (expected.withinMs !== undefined) expect(replyMs).toBeLessThan(expected.withinMs);
  if (twice) {
    expect(again?.headers.get('heddle-run-id')).toBe(runId);
    expect(again?.headers.get('idempotent-replayed')).toBe('true');
  }
  if (run === undefined) checkReply(expected, reply.status, reply.body);
  else checkRun(expected, run);
}

/** An express flow, or a start that was refused: the answer is all there is. */
function checkReply({ status, output, error }: Expectation, httpStatus: number, body: unknown): void {
  const { runStatus = 'refused' } = Object(body) as { runStatus?: string };
  expect(httpStatus < 300 ? 'completed' : runStatus, JSON.stringify(body)).toBe(status);
  if (output !== undefined) expect(body).toMatchObject(output as object);
  if (error !== undefined) expect(body).toMatchObject(error);
}

function checkRun(expected: Expectation, run: Run): void {
  const { status, outcome, error } = run;
  expect({ status, outcome, error }).toMatchObject({
    status: expected.status,
    ...(expected.outcome === undefined ? {} : { outcome: expected.outcome }),
    ...(expected.error === undefined ? {} : { error: expected.error }),
  });
  if (expected.output !== undefined) expect(run.output).toMatchObject(expected.output as object);
  const reached = run.steps.map(({ node }) => node);
  if (expected.path !== undefined)
    expect(common(reached, expected.path), `reached ${reached.join(', ')}`).toEqual(expected.path);
  for (const node of expected.never ?? []) expect(reached).not.toContain(node);
  if (expected.undone !== undefined) expect(undoneOf(run)).toEqual(expected.undone);
  expect(JSON.stringify(run).match(ACCOUNT_NO), 'account numbers in the history').toBeNull();
}

/** As much of `wanted` as can be found in `reached` in this order. */
function common(reached: readonly string[], wanted: readonly string[]): string[] {
  let from = 0;
  return wanted.filter((node) => {
    const at = reached.indexOf(node, from);
    if (at >= 0) from = at + 1;
    return at >= 0;
  });
}

/** Of two that were undone in the same millisecond, the later step came first. */
function undoneOf({ steps }: Run): string[] {
  return steps
    .map((step, order) => ({ ...step, order }))
    .filter(({ status }) => status === 'undone')
    .sort((a, b) => (a.undoneAt ?? 0) - (b.undoneAt ?? 0) || b.order - a.order)
    .map(({ node }) => node);
}

/** The books hold whatever happened, and say what the case says. */
export async function checkBank(
  bank: Bank,
  { expect: expected }: Case,
  runId: string,
  before: Balances,
): Promise<void> {
  for (const { ask, input, answer } of expected.bank ?? []) {
    const { body } = await callOperation(bank.url, ask, { input: withRun(input, runId), key: '' });
    expect(body, `${ask} ${JSON.stringify(input)}`).toMatchObject(answer as object);
  }
  for (const [operation, count] of Object.entries(expected.calls ?? {}))
    expect({ operation, count: bank.calls.get(operation) ?? 0 }).toEqual({ operation, count });
  const audit = bank.ledger.audit();
  expect(audit).toMatchObject({ ok: true, findings: [], duplicateSerials: [], executedMoreThanOnce: [] });
  const { unchanged, changes = {}, openHolds = 0, openBreaks = 0, reversals } = expected.ledger ?? {};
  expect({ openHolds: audit.openHolds.length, openBreaks: audit.openBreaks.length }).toEqual({ openHolds, openBreaks });
  expect(audit.suspenseBalance).toBe(audit.openBreakTotal);
  if (reversals !== undefined) expect(audit.entries['reverse'] ?? 0).toBe(reversals);
  const gained = [...before].map(([no, fen]) => [no, fromFen(balanceOf(bank, no) - fen)] as const);
  if (unchanged || expected.ledger?.changes !== undefined)
    expect(Object.fromEntries(gained.filter(([, gain]) => gain !== '0.00'))).toEqual(unchanged ? {} : changes);
}
