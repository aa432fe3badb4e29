import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Bank, startBank } from '../bank.ts';
import { callService } from '../testing/call-service.ts';

const payer = '6222020000000101';
let bank: Bank;
beforeAll(async () => {
  bank = await startBank({ port: 0, dataDir: ':memory:' });
});
afterAll(() => bank.close());
beforeEach(() => bank.reset());

let keys = 0;
async function post(path: string, body: object, key = `key-${keys}`) {
  keys += 1;
  return callService(`${bank.url}/core-ledger${path}`, { key, body });
}
async function account(accountNo = payer) {
  return (await callService(`${bank.url}/core-ledger/accounts/${accountNo}`)).body;
}

test('a debit names both sides and moves the money to clearing', async () => {
  const { body } = await post(`/accounts/${payer}/debit`, { amount: '100.5' });
  expect(body).toMatchObject({
    debitAccountNo: payer,
    creditAccountNo: 'INT-CLEARING',
    amount: '100.50',
    balance: '99909.50',
  });
  expect(bank.ledger.audit()).toMatchObject({ ok: true, internalBalances: { 'INT-CLEARING': '100.50' } });
});

test('a hold keeps money from being spent, and its debit uses it up', async () => {
  const held = await post(`/accounts/${payer}/holds`, { amount: '100000.00' });
  expect(await account()).toMatchObject({ balance: '100010.00', heldAmount: '100000.00', availableBalance: '10.00' });
  expect(await post(`/accounts/${payer}/debit`, { amount: '10.01' })).toMatchObject({
    status: 409,
    body: { code: 'INSUFFICIENT_FUNDS' },
  });
  expect(bank.ledger.audit().openHolds).toHaveLength(1);
  await post(`/accounts/${payer}/debit`, { amount: '60000.00', holdId: held.body['holdId'] });
  expect(await account()).toMatchObject({ balance: '40010.00', heldAmount: '0.00' });
  expect(bank.ledger.audit()).toMatchObject({ ok: true, openHolds: [] });
});

test('the reversal of a debit opens its hold again, which can then be released', async () => {
  const held = await post(`/accounts/${payer}/holds`, { amount: '500.00' });
  const debited = await post(`/accounts/${payer}/debit`, { amount: '500.00', holdId: held.body['holdId'] });
  const reversed = await post(`/entries/${debited.body['serialNo']}/reverse`, {});
  expect(reversed.body).toMatchObject({ status: 'reversed', amount: '500.00' });
  expect(await account()).toMatchObject({ balance: '100010.00', heldAmount: '500.00' });
  await post(`/holds/${held.body['holdId']}/release`, {});
  expect(await account()).toMatchObject({ balance: '100010.00', heldAmount: '0.00' });
  expect(await post(`/entries/${debited.body['serialNo']}/reverse`, {})).toMatchObject({
    body: { code: 'ALREADY_REVERSED' },
  });
});

test('an undo that comes first blocks its original for ever', async () => {
  const undone = await post('/entries/PAY-1/reverse', { allowMissing: true });
  expect(undone.body).toMatchObject({ status: 'nothing-to-reverse' });
  const late = await callService(`${bank.url}/core-ledger/accounts/${payer}/debit`, {
    key: 'late',
    body: { amount: '1.00' },
    headers: { 'x-serial-number': 'PAY-1' },
  });
  expect(late.body).toMatchObject({ code: 'SERIAL_BLOCKED' });
  expect(bank.ledger.audit()).toMatchObject({ ok: true });
});

test('a serial number is used once, whatever the key', async () => {
  const headers = { 'x-serial-number': 'PAY-2' };
  const url = `${bank.url}/core-ledger/accounts/${payer}/debit`;
  await callService(url, { key: 'one', body: { amount: '1.00' }, headers });
  const second = await callService(url, { key: 'two', body: { amount: '1.00' }, headers });
  expect(second).toMatchObject({ status: 409, body: { code: 'SERIAL_TAKEN' } });
});

test('suspense holds exactly the open breaks, and is closed to all else', async () => {
  const surplus = await post('/suspense', { amount: '30.00', reason: '长款' });
  const shortage = await post('/suspense', { amount: '12.00', direction: 'shortage', reason: '短款' });
  expect(bank.ledger.audit()).toMatchObject({ ok: true, suspenseBalance: '18.00', openBreakTotal: '18.00' });
  await post(`/suspense/${surplus.body['breakId']}/clear`, { accountNo: payer });
  await post(`/entries/${shortage.body['serialNo']}/reverse`, {});
  expect(bank.ledger.audit()).toMatchObject({ ok: true, suspenseBalance: '0.00', openBreaks: [] });
  const direct = await post('/accounts/INT-SUSPENSE/credit', { amount: '1.00', contraAccountNo: payer });
  expect(direct.body).toMatchObject({ code: 'SUSPENSE_ONLY_BY_BREAK' });
});

test.each([
  { accountNo: '6222020000014903', operation: 'credit', code: 'ACCOUNT_CLOSED' },
  { accountNo: '6222020000014802', operation: 'debit', code: 'ACCOUNT_FROZEN' },
  { accountNo: '6217889000000101', operation: 'credit', code: 'ACCOUNT_CLOSED' },
  { accountNo: '6217880001000101', operation: 'credit', code: 'NOT_FOUND' },
])('refuses to $operation $accountNo: $code', async ({ accountNo, operation, code }) => {
  expect(await post(`/accounts/${accountNo}/${operation}`, { amount: '1.00' })).toMatchObject({ body: { code } });
});

test('a payroll account exists before it is first paid', async () => {
  expect(await account('6217880001000001')).toMatchObject({ balance: '0.00', owner: 'E10000' });
  await post('/accounts/6217880001000001/credit', { amount: '5000.00' });
  expect(await account('6217880001000001')).toMatchObject({ balance: '5000.00' });
});
