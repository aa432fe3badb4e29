import type { Workload } from './client.ts';
import type { Counterparties } from './people.ts';

/** The six sample flows under load, with inputs that the sample bank's seed allows any number of times. */
export function sampleWorkloads(tag: string): Workload[] {
  const serial = (n: number) => `${tag}-${n}`;
  const cents = (n: number) => `${(n % 90) + 10}.${String(n % 100).padStart(2, '0')}`;
  return [
    { flowId: 'account-360', express: true, input: () => ({ customerId: 'C0001' }) },
    {
      flowId: 'corp-payment',
      input: (n) => ({
        customerId: n % 2 === 0 ? 'C0151' : 'C0152',
        clientSerialNo: serial(n),
        payer: { accountNo: n % 2 === 0 ? '1001000000015101' : '1001000000015201' },
        payee: {
          accountNo: '6222020000000101',
          name: '江南贸易公司',
          ...(n % 4 < 2 ? {} : { bankNo: '102100099996' }),
        },
        amount: cents(n),
      }),
    },
    {
      flowId: 'payroll',
      input: (n) => ({
        customerId: 'C0151',
        payrollNo: serial(n),
        payerAccountNo: '1001000000015101',
        rows: [1, 2, 3].map((rowNo) => ({
          rowNo,
          accountNo: `62178800000${String(rowNo).padStart(3, '0')}01`,
          name: `员工${rowNo}`,
          amount: '1.10',
        })),
        rowCount: 3,
        totalAmount: '3.30',
      }),
    },
    {
      flowId: 'online-loan',
      input: (n) => ({
        customerId: 'C0008',
        applicationNo: serial(n),
        amount: '100.00',
        months: 12,
        accountNo: '6222020000000801',
        merchantAccountNo: '6222020000000101',
      }),
    },
    {
      flowId: 'bill-discount',
      input: (n) => ({
        customerId: 'C0154',
        applicationNo: serial(n),
        billNo: '531352100001220260105000000003',
        accountNo: '1001000000015401',
        annualRate: '0.0235',
        // Each request its own thousand sub-bills of one cent, so that no two want the same.
        from: n * 1_000 + 1,
        to: n * 1_000 + 1_000,
      }),
    },
    {
      flowId: 'credit-watch',
      input: (n) => ({ customerId: ['C0001', 'C0004', 'C0155'][n % 3] ?? 'C0001', alert: serial(n) }),
    },
  ];
}

/** Who answers what the sample flows wait for. Receipts come from the bank by itself. */
export const counterparties = (bankUrl: string): Counterparties => ({
  'offer-answer': { payload: { accepted: true } },
  'contract-ended': {
    act: async (runId) => {
      await fetch(`${bankUrl}/esign/contracts/${encodeURIComponent(`${runId}/contract`)}/sign`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `customer/${runId}` },
        body: '{}',
      });
    },
  },
});
