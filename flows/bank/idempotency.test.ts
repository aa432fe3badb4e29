import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bank, startBank } from './bank.ts';
import { callService } from './testing/call-service.ts';

let dataDir: string;
let bank: Bank;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'bank-'));
  bank = await startBank({ port: 0, dataDir });
});
afterEach(async () => {
  await bank.close();
  rmSync(dataDir, { recursive: true });
});

const debit = '/core-ledger/accounts/6222020000000101/debit';
const reserve = '/limit/reservations';
const call = (path: string, key: string, body: object) => callService(bank.url + path, { key, body });

test.each([
  { path: debit, body: { amount: '5.00' }, other: { amount: '5.01' } },
  { path: reserve, body: { customerId: 'C0001', amount: '5.00' }, other: { customerId: 'C0002', amount: '5.00' } },
  {
    path: '/notify-sms/messages',
    body: { customerId: 'C0001', template: 'paid' },
    other: { customerId: 'C0001', template: 'x' },
  },
])(
  'answers the same call to $path the same, also after a restart, and refuses another',
  async ({ path, body, other }) => {
    const first = await call(path, 'k', body);
    expect(first).toMatchObject({ status: 200, isReplay: false });
    expect(await call(path, 'k', body)).toMatchObject({ status: 200, isReplay: true, text: first.text });
    await bank.close();
    bank = await startBank({ port: 0, dataDir });
    expect(await call(path, 'k', body)).toMatchObject({ status: 200, isReplay: true, text: first.text });
    expect(await call(path, 'k', other)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(bank.effects.byKey('k')).toMatchObject([{ executions: 1, calls: 4 }]);
  },
);

test('calls with one key that come together execute once', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(debit, 'k', { amount: '5.00' })));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(bank.effects.byKey('k')).toMatchObject([{ executions: 1, calls: 20 }]);
  expect(bank.ledger.audit()).toMatchObject({ ok: true, internalBalances: { 'INT-CLEARING': '5.00' } });
});

test('the order of members makes no other call, another operation does', async () => {
  await call(reserve, 'k', { customerId: 'C0001', amount: '5.00' });
  expect(await call(reserve, 'k', { amount: '5.00', customerId: 'C0001' })).toMatchObject({ isReplay: true });
  expect(await call('/limit/reservations/x/release', 'k', {})).toMatchObject({ status: 422 });
});

test('a refusal does not use up the key', async () => {
  expect(await call(debit, 'k', { amount: '900000.00' })).toMatchObject({ status: 409 });
  expect(bank.effects.byKey('k')).toMatchObject([{ executions: 0, calls: 1, answer: null }]);
  await call('/core-ledger/accounts/6222020000000101/credit', 'top-up', { amount: '900000.00' });
  expect(await call(debit, 'k', { amount: '900000.00' })).toMatchObject({ status: 200, isReplay: false });
  expect(bank.effects.byKey('k')).toMatchObject([{ executions: 1, calls: 2 }]);
});

test('a change without a key is refused, a question needs none', async () => {
  expect(await callService(bank.url + debit, { body: { amount: '1.00' } })).toMatchObject({
    status: 400,
    body: { code: 'IDEMPOTENCY_KEY_MISSING' },
  });
  const screening = await callService(`${bank.url}/aml/screenings`, { body: { name: '制裁贸易' } });
  expect(screening.body).toMatchObject({ result: 'hit' });
});

test('tells what has become of a key, named in the query or in the header', async () => {
  const { body: answer } = await call(debit, 'k', { amount: '5.00' });
  const url = `${bank.url}/core-ledger/outcomes`;
  const executed = { outcome: 'executed', operation: 'debit', answer };
  expect((await callService(`${url}?idempotencyKey=k`)).body).toMatchObject(executed);
  expect((await callService(url, { method: 'GET', key: 'k' })).body).toMatchObject(executed);
  expect((await callService(`${url}?idempotencyKey=other`)).body).toEqual({
    idempotencyKey: 'other',
    outcome: 'not-found',
  });
});

test('a reset leaves nothing but the seed', async () => {
  const before = bank.ledger.audit();
  await call(debit, 'k', { amount: '5.00' });
  bank.faults.set({ '*': { mode: 'fail' } });
  expect((await callService(`${bank.url}/_bank/reset`, { method: 'POST' })).status).toBe(204);
  expect(bank.ledger.audit()).toEqual(before);
  expect(await call(debit, 'k', { amount: '6.00' })).toMatchObject({ status: 200, isReplay: false });
});

test('names each wrong member of an input', async () => {
  const { status, body } = await call(debit, 'k', { amount: 5, colour: 'red' });
  expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'INVALID_INPUT' });
  expect(body['detail']).toMatch(/\/amount must be string.*/);
  expect(body['detail']).toContain('colour');
});
