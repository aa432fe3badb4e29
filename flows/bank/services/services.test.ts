import { Errors } from 'typebox/value';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bank, startBank } from '../bank.ts';
import { describeServices, type OperationDescription } from '../describe.ts';
import { callOperation } from '../testing/call-operation.ts';
import { billNo, payer, rehearsal } from '../testing/rehearsal.ts';

let bank: Bank;
beforeAll(async () => {
  bank = await startBank({ port: 0, dataDir: ':memory:' });
});
afterAll(() => bank.close());

test('every operation answers as its schema says', async () => {
  const described = new Map<string, OperationDescription>(
    describeServices(bank.url).flatMap(({ id, operations }) =>
      Object.entries(operations).map(([name, operation]) => [`${id}.${name}`, operation] as const),
    ),
  );
  const answers = new Map<string, Readonly<Record<string, unknown>>>();
  const resolve = (value: unknown): unknown => {
    const [, name = '', member = ''] = (typeof value === 'string' && /^\$(.+)\.(\w+)$/.exec(value)) || [];
    return name === '' ? value : answers.get(name)?.[member];
  };
  for (const [name, draft, expected] of rehearsal) {
    const input = Object.fromEntries(Object.entries(draft).map(([member, value]) => [member, resolve(value)]));
    const { status, body } = await callOperation(bank.url, name, { input, key: name });
    answers.set(name, body);
    const schema = described.get(name)?.response ?? {};
    expect({ name, status, body }).toMatchObject({ name, status: 200, body: expected });
    expect({ name, problems: Errors(schema, body) }).toEqual({ name, problems: [] });
    expect(Object.keys(Object(schema['properties']))).toEqual(expect.arrayContaining(Object.keys(body)));
  }
  const shared = [...described.keys()].filter((name) => name.endsWith('.getOutcome'));
  const missing = [...described.keys()].filter((name) => !answers.has(name) && !shared.includes(name));
  // The customer's two ways to end a contract exclude each other.
  expect(missing).toEqual(['esign.refuseContract']);
  expect(bank.ledger.audit()).toMatchObject({ ok: true, findings: [], openHolds: [], openBreaks: [] });
});

const refusals: readonly (readonly [name: string, input: Record<string, unknown>, code: string])[] = [
  ['limit.reserveLimit', { customerId: 'C0199', amount: '1.00' }, 'LIMIT_EXCEEDED'],
  ['limit.reserveLimit', { customerId: 'C0002', amount: '500000.01' }, 'LIMIT_EXCEEDED'],
  ['limit.reserveLimit', { customerId: 'C0999', amount: '1.00' }, 'NOT_FOUND'],
  [
    'paygate-beps.sendPayment',
    { payerAccountNo: payer, payeeAccountNo: '0001', payeeName: 'x', amount: '1000000.01' },
    'LIMIT_EXCEEDED',
  ],
  ['credit-line.reserveLine', { customerId: 'C0002', amount: '300000.01' }, 'LIMIT_EXCEEDED'],
  ['credit-line.confirmLine', { reservationId: 'none' }, 'NOT_FOUND'],
  [
    'loan-core.createLoan',
    { customerId: 'C0149', accountNo: '6222020000014903', amount: '1.00', annualRate: '0.05', months: 1 },
    'ACCOUNT_CLOSED',
  ],
  ['bill-shcpe.lockInterval', { billNo, from: 1, to: 999_999_999_999 }, 'INVALID_INPUT'],
  ['partner-callback.deliver', { partnerId: 'closed-1', event: 'x' }, 'REFUSED'],
];
test.each(refusals)('%s of %j is refused: %s', async (name, input, code) => {
  expect(await callOperation(bank.url, name, { input, key: JSON.stringify(input) })).toMatchObject({ body: { code } });
});

const undos: readonly (readonly [undo: string, original: string, member: string, input: Record<string, unknown>])[] = [
  ['limit.releaseLimit', 'limit.reserveLimit', 'reservationId', { customerId: 'C0003', amount: '1.00' }],
  ['credit-line.cancelLine', 'credit-line.reserveLine', 'reservationId', { customerId: 'C0003', amount: '1.00' }],
  ['bill-shcpe.unlockInterval', 'bill-shcpe.lockInterval', 'lockId', { billNo }],
  ['esign.voidContract', 'esign.createContract', 'contractId', { customerId: 'C0003', template: 'loan' }],
  [
    'paygate-hvps.recallPayment',
    'paygate-hvps.sendPayment',
    'reference',
    { payerAccountNo: payer, payeeAccountNo: '62280001', payeeName: '收款人', amount: '1.00' },
  ],
  [
    'loan-core.cancelLoan',
    'loan-core.createLoan',
    'loanId',
    { customerId: 'C0003', accountNo: payer, amount: '1.00', annualRate: '0.05', months: 1 },
  ],
];
test.each(undos)(
  '%s before its original succeeds, and the original is refused then',
  async (undo, original, member, input) => {
    const name = { [member]: 'came-late' };
    expect(await callOperation(bank.url, undo, { input: { ...name, allowMissing: true }, key: 'u' })).toMatchObject({
      status: 200,
    });
    const late = await callOperation(bank.url, original, { input: { ...name, ...input }, key: 'o' });
    expect(late).toMatchObject({ status: 409, body: { code: 'STATE_CONFLICT' } });
  },
);

test.each([
  { payeeAccountNo: '62289902', status: 200, then: 'rejected' },
  { payeeAccountNo: '62289901', status: 200, then: 'rejected' },
  { payeeAccountNo: '62280001', status: 409, then: 'settled' },
])(
  'a payment to $payeeAccountNo answers a recall with $status and is $then',
  async ({ payeeAccountNo, ...expected }) => {
    const reference = `recall-${payeeAccountNo}`;
    const payment = { payerAccountNo: payer, payeeAccountNo, payeeName: '收款人', amount: '1.00' };
    const input = { ...payment, reference, receiptDelayMs: 0 };
    await callOperation(bank.url, 'paygate-beps.sendPayment', { input, key: reference });
    const recalled = await callOperation(bank.url, 'paygate-beps.recallPayment', {
      input: { reference },
      key: `${reference}-recall`,
    });
    expect(recalled.status).toBe(expected.status);
    const asked = await callOperation(bank.url, 'paygate-beps.getPaymentStatus', { input: { reference }, key: 'q' });
    expect(asked.body).toMatchObject({ status: expected.then });
  },
);

test('intervals of one bill do not overlap, and a freed one can be taken again', async () => {
  const lock = (from: number, to: number, key: string) =>
    callOperation(bank.url, 'bill-shcpe.lockInterval', { input: { billNo, from, to, lockId: key }, key });
  expect(await lock(1_000, 2_000, 'a')).toMatchObject({ status: 200 });
  expect(await lock(2_000, 3_000, 'b')).toMatchObject({ body: { code: 'INTERVAL_LOCKED' } });
  expect(await lock(500, 1_000, 'e')).toMatchObject({ body: { code: 'INTERVAL_LOCKED' } });
  expect(await lock(500, 3_000, 'f')).toMatchObject({ body: { code: 'INTERVAL_LOCKED' } });
  expect(await lock(2_001, 3_000, 'c')).toMatchObject({ status: 200 });
  await callOperation(bank.url, 'bill-shcpe.unlockInterval', { input: { lockId: 'a' }, key: 'free' });
  expect(await lock(2_000, 2_000, 'd')).toMatchObject({ status: 200 });
});

test('a reconciliation has exactly the breaks that were asked for', async () => {
  const side = async (name: string) => {
    const { body } = await callOperation(bank.url, 'recon-store.listTransactions', {
      input: { fileId: '1000-B50', side: name },
      key: '',
    });
    const items: unknown = body['items'];
    return new Map(Array.isArray(items) ? items.map((row) => [row.serialNo, JSON.stringify(row)]) : []);
  };
  const [core, clearing] = [await side('core'), await side('clearing')];
  const serialNos = new Set([...core.keys(), ...clearing.keys()]);
  expect([...serialNos].filter((serialNo) => core.get(serialNo) !== clearing.get(serialNo))).toHaveLength(20);
});
