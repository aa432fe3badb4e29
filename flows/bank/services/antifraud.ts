import Type from 'typebox';
import { Amount, CustomerId, PositiveAmount, ShortText } from '../fields.ts';
import { toFen } from '../money.ts';
import { query, type Service } from '../operation.ts';
import { customerNumber } from '../seed/customers.ts';
import { requireCustomer } from './require-customer.ts';

const LARGE_YUAN = '5000000.00';

const Decision = Type.Object({
  decision: Type.Enum(['pass', 'review', 'deny']),
  score: Type.Integer({ description: '0 (harmless) to 1000' }),
  rules: Type.Array(Type.String()),
});

const assessPayment = query({
  title: { en: 'Assess a payment', zh: '支付反欺诈评估' },
  method: 'POST',
  path: '/payments/assess',
  input: Type.Object({
    payerAccountNo: ShortText,
    payeeAccountNo: Type.String({ ...ShortText, description: '…9911 is denied, …9912 needs a review' }),
    amount: PositiveAmount,
    payeeName: Type.Optional(ShortText),
    channel: Type.Optional(Type.Enum(['counter', 'ebank', 'mobile', 'api'])),
    deviceId: Type.Optional(ShortText),
  }),
  output: Decision,
  handle: ({ payeeAccountNo, amount }) => {
    if (payeeAccountNo.endsWith('9911')) return { decision: 'deny' as const, score: 950, rules: ['PAYEE_REPORTED'] };
    if (payeeAccountNo.endsWith('9912')) return { decision: 'review' as const, score: 640, rules: ['PAYEE_NEW'] };
    const isLarge = toFen(amount) >= toFen(LARGE_YUAN);
    return { decision: 'pass' as const, score: isLarge ? 210 : 20, rules: isLarge ? ['LARGE_AMOUNT'] : [] };
  },
});

const assessApplication = query({
  title: { en: 'Assess a loan application', zh: '申请反欺诈评估' },
  method: 'POST',
  path: '/applications/assess',
  input: Type.Object({
    customerId: CustomerId,
    amount: PositiveAmount,
    deviceId: Type.Optional(Type.String({ ...ShortText, description: '`emulator…` is denied, `new…` needs a review' })),
    ip: Type.Optional(ShortText),
  }),
  output: Decision,
  handle: ({ customerId, deviceId = '' }) => {
    requireCustomer(customerId);
    if (deviceId.startsWith('emulator')) return { decision: 'deny' as const, score: 990, rules: ['DEVICE_EMULATOR'] };
    if (deviceId.startsWith('new')) return { decision: 'review' as const, score: 560, rules: ['DEVICE_NEW'] };
    return { decision: 'pass' as const, score: 35, rules: [] };
  },
});

const getSignals = query({
  title: { en: 'Get risk signals of a customer', zh: '查询客户欺诈信号' },
  method: 'GET',
  path: '/customers/{customerId}/signals',
  input: Type.Object({ customerId: CustomerId }),
  output: Type.Object({
    customerId: CustomerId,
    alerts30d: Type.Integer(),
    blockedAmount: Amount,
    level: Type.Enum(['none', 'low', 'high']),
  }),
  handle: ({ customerId }) => {
    requireCustomer(customerId);
    const alerts30d = (customerNumber(customerId) ?? 0) % 6 === 5 ? 3 : 0;
    return {
      customerId,
      alerts30d,
      blockedAmount: alerts30d > 0 ? '12000.00' : '0.00',
      level: alerts30d > 0 ? ('high' as const) : ('none' as const),
    };
  },
});

/** 反欺诈. */
export const antifraud: Service = {
  id: 'antifraud',
  title: { en: 'Anti-fraud', zh: '反欺诈' },
  owner: 'risk-control',
  operations: { assessPayment, assessApplication, getSignals },
};
