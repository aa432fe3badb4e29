import { Decimal } from 'decimal.js';
import Type from 'typebox';
import { Amount, CustomerId, Day, PositiveAmount } from '../../fields.ts';
import { query, type Service } from '../../operation.ts';
import { getOutcome } from '../outcome.ts';
import { requireCustomer } from '../require-customer.ts';
import { allBills, requireBill } from './bills.ts';
import { BillNo, getLock, lockInterval, unlockInterval } from './intervals.ts';
import { getRequestStatus, presentBill, submitDiscount, withdrawRequest } from './requests.ts';

/** 360 days make a year in the interest of bills. */
const YEAR_DAYS = 360;

const Bill = Type.Object({
  billNo: Type.String(),
  holderCustomerId: Type.String(),
  acceptorName: Type.String(),
  faceAmount: Amount,
  subBillFrom: Type.Integer(),
  subBillTo: Type.Integer(),
  issuedOn: Day,
  maturesOn: Day,
});

const getBill = query({
  title: { en: 'Get a bill', zh: '查询票据' },
  method: 'GET',
  path: '/bills/{billNo}',
  input: Type.Object({ billNo: BillNo }),
  output: Bill,
  handle: ({ billNo }) => requireBill(billNo),
});

const listBills = query({
  title: { en: 'List the bills of a holder', zh: '查询持票人票据' },
  method: 'GET',
  path: '/bills',
  query: ['customerId'],
  input: Type.Object({ customerId: CustomerId }),
  output: Type.Object({ items: Type.Array(Bill) }),
  handle: ({ customerId }) => {
    requireCustomer(customerId);
    return { items: allBills().filter(({ holderCustomerId }) => holderCustomerId === customerId) };
  },
});

const listDueBills = query({
  title: { en: 'List the bills due on a day', zh: '查询到期票据' },
  method: 'GET',
  path: '/due-bills',
  query: ['day'],
  input: Type.Object({ day: Day }),
  output: Type.Object({ items: Type.Array(Bill) }),
  handle: ({ day }) => ({ items: allBills().filter(({ maturesOn }) => maturesOn === day) }),
});

const quoteDiscount = query({
  title: { en: 'Quote a discount', zh: '贴现利息试算' },
  method: 'POST',
  path: '/discounts/quote',
  input: Type.Object({
    faceAmount: PositiveAmount,
    annualRate: Type.String({ pattern: '^0(\\.[0-9]{1,6})?$', examples: ['0.0235'] }),
    days: Type.Integer({ minimum: 1, maximum: 366 }),
  }),
  output: Type.Object({ interest: Amount, proceeds: Amount }),
  handle: ({ faceAmount, annualRate, days }) => {
    const exact = new Decimal(faceAmount).times(days).times(annualRate).div(YEAR_DAYS);
    const interest = exact.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    return { interest: interest.toFixed(2), proceeds: new Decimal(faceAmount).minus(interest).toFixed(2) };
  },
});

const getDishonourRecord = query({
  title: { en: 'Get the dishonour record of a company', zh: '查询拒付记录' },
  method: 'GET',
  path: '/customers/{customerId}/dishonours',
  input: Type.Object({ customerId: CustomerId }),
  output: Type.Object({ customerId: CustomerId, dishonours12m: Type.Integer(), amount: Amount }),
  handle: ({ customerId }) => {
    requireCustomer(customerId);
    const hasDishonoured = customerId.endsWith('5');
    const amount = hasDishonoured ? '2000000.00' : '0.00';
    return { customerId, dishonours12m: hasDishonoured ? 2 : 0, amount };
  },
});

/** 票交所接口. */
export const billShcpe: Service = {
  id: 'bill-shcpe',
  title: { en: 'Bill exchange interface', zh: '票交所接口' },
  owner: 'bills',
  operations: {
    getBill,
    listBills,
    listDueBills,
    quoteDiscount,
    lockInterval,
    unlockInterval,
    getLock,
    submitDiscount,
    presentBill,
    withdrawRequest,
    getRequestStatus,
    getDishonourRecord,
    getOutcome,
  },
};
