import Type from 'typebox';
import { CustomerId, PositiveAmount } from '../fields.ts';
import { query, type Service } from '../operation.ts';
import { customerNumber } from '../seed/customers.ts';
import { requireCustomer } from './require-customer.ts';

const LOWEST = 480;
const STEP = 37;
const SPAN = 370;
const OVERDUE_COST = 40;

const score = query({
  title: { en: 'Score an applicant', zh: '申请评分' },
  method: 'POST',
  path: '/score',
  input: Type.Object({
    customerId: CustomerId,
    amount: PositiveAmount,
    months: Type.Optional(Type.Integer({ minimum: 1, maximum: 360 })),
    overdue24m: Type.Optional(
      Type.Integer({ minimum: 0, description: 'From the credit report; costs 40 points each' }),
    ),
  }),
  output: Type.Object({
    customerId: CustomerId,
    score: Type.Integer({ description: '300 to 850; customer n has 480 + 37n mod 370' }),
    band: Type.Enum(['A', 'B', 'C', 'D']),
    reasons: Type.Array(Type.String()),
    model: Type.String(),
  }),
  handle: ({ customerId, overdue24m = 0 }) => {
    requireCustomer(customerId);
    const base = LOWEST + (((customerNumber(customerId) ?? 0) * STEP) % SPAN);
    const points = Math.max(300, base - overdue24m * OVERDUE_COST);
    const band: 'A' | 'B' | 'C' | 'D' = points >= 750 ? 'A' : points >= 650 ? 'B' : points >= 550 ? 'C' : 'D';
    const reasons = [...(overdue24m > 0 ? ['OVERDUE'] : []), ...(base < 550 ? ['THIN_FILE'] : [])];
    return { customerId, score: points, band, reasons, model: 'sample-2026.1' };
  },
});

/** 评分. */
export const scoring: Service = {
  id: 'score',
  title: { en: 'Scoring', zh: '评分' },
  owner: 'credit',
  operations: { score },
};
