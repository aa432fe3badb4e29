import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Bank, startBank } from '../bank.ts';
import { callService } from '../testing/call-service.ts';
import { draw, Faults } from './faults.ts';

const PATIENCE_MS = 250;
let bank: Bank;
beforeAll(async () => {
  bank = await startBank({ port: 0, dataDir: ':memory:' });
});
afterAll(() => bank.close());
beforeEach(() => bank.reset());

const debit = (amount = '5.00') =>
  callService(`${bank.url}/core-ledger/accounts/6222020000000101/debit`, {
    key: `key of ${amount}`,
    body: { amount },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
const clearing = () => bank.ledger.audit().internalBalances['INT-CLEARING'];

test.each([
  { mode: 'fail', status: 503, code: 'INJECTED_FAILURE' },
  { mode: 'refuse', status: 409, code: 'REFUSED' },
] as const)('$mode answers $status and does not act', async ({ mode, status, code }) => {
  bank.faults.set({ 'core-ledger.debit': { mode, times: 1 } });
  expect(await debit()).toMatchObject({ status, body: { code } });
  expect(clearing()).toBe('0.00');
  expect(await debit()).toMatchObject({ status: 200, isReplay: false });
  expect(bank.effects.byKey('key of 5.00')).toMatchObject([{ executions: 1, calls: 2 }]);
});

test.each([
  { mode: 'hang', acts: false },
  { mode: 'drop', acts: false },
  { mode: 'hang-after', acts: true },
  { mode: 'drop-after', acts: true },
  { mode: 'nonsense', acts: true },
] as const)('$mode leaves no answer that can be read; acted: $acts', async ({ mode, acts }) => {
  bank.faults.set({ 'core-ledger.debit': { mode, times: 1 } });
  const error: Error = await debit().then(
    () => expect.unreachable(),
    (caught) => caught,
  );
  expect(error.name).toBe(
    { hang: 'TimeoutError', drop: 'TypeError', nonsense: 'SyntaxError' }[mode.replace('-after', '')],
  );
  expect(clearing()).toBe(acts ? '5.00' : '0.00');
  expect(await debit()).toMatchObject({ status: 200, isReplay: acts });
  expect(clearing()).toBe('5.00');
  expect(bank.effects.byKey('key of 5.00')).toMatchObject([{ executions: 1, calls: 2 }]);
});

test('nonsense of a wrong shape is JSON that the schema does not know', async () => {
  bank.faults.set({ 'core-ledger.debit': { mode: 'nonsense', nonsense: 'wrong-shape' } });
  expect(await debit()).toMatchObject({ status: 200, body: { nonsense: expect.anything() } });
});

test('a delayed call whose caller has left does not act, unless it is to be late', async () => {
  bank.faults.set({
    'core-ledger.debit': [
      { mode: 'delay', delayMs: PATIENCE_MS * 2, late: true, match: { '/amount': '7.00' } },
      { mode: 'delay', delayMs: PATIENCE_MS * 2 },
    ],
  });
  await expect(debit('3.00')).rejects.toThrow();
  await expect(debit('7.00')).rejects.toThrow();
  // The bank's own delay is what is waited for: there is no event that says "nothing will happen".
  await expect.poll(clearing, { timeout: PATIENCE_MS * 8 }).toBe('7.00');
  await sleep(PATIENCE_MS);
  expect(clearing()).toBe('7.00');
});

test('a plan can be set, read and cleared over HTTP, and a wrong one is refused', async () => {
  const url = `${bank.url}/_bank/faults`;
  expect(await callService(url, { method: 'PUT', body: { 'cif.getCustomer': { mode: 'explode' } } })).toMatchObject({
    status: 400,
  });
  await callService(url, { method: 'PUT', body: { 'cif.*': { mode: 'fail', status: 502 } } });
  expect(await callService(`${bank.url}/cif/customers/C0001`)).toMatchObject({ status: 502 });
  expect((await callService(url)).body).toMatchObject({ 'cif.*': [{ matched: 1 }] });
  await callService(url, { method: 'DELETE' });
  expect(await callService(`${bank.url}/cif/customers/C0001`)).toMatchObject({ status: 200, body: { name: '李芳' } });
});

test('a share is drawn by seed: the same calls fail each time, and about as many as asked', () => {
  const run = (seed: number) => {
    const faults = new Faults();
    faults.set({ '*': { mode: 'fail', share: 0.3, seed } });
    return Array.from({ length: 1_000 }, () => faults.take('cif', 'getCustomer', {}) !== undefined);
  };
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
  const failed = run(1).filter(Boolean).length;
  expect(failed).toBeGreaterThan(250);
  expect(failed).toBeLessThan(350);
  expect(draw(1, 1)).toBeLessThan(1);
});

test('latency holds answers back', async () => {
  await callService(`${bank.url}/_bank/latency`, { method: 'PUT', body: { default: 0, 'cif.getCustomer': 120 } });
  const started = performance.now();
  await callService(`${bank.url}/cif/customers/C0001`);
  expect(performance.now() - started).toBeGreaterThanOrEqual(115);
});
