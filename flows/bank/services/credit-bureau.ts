import Type from 'typebox';
import { Amount, CustomerId } from '../fields.ts';
import { query, type Service } from '../operation.ts';
import { customerNumber } from '../seed/customers.ts';
import { requireCustomer } from './require-customer.ts';

const getReport = query({
  title: { en: 'Get a credit report', zh: '查询征信报告' },
  method: 'GET',
  path: '/reports/{customerId}',
  input: Type.Object({ customerId: CustomerId }),
  output: Type.Object({
    customerId: CustomerId,
    reportNo: Type.String(),
    overdue24m: Type.Integer({
      description: 'Overdue instalments in 24 months; 5 for customers whose number ends in 7',
    }),
    openLoans: Type.Integer(),
    outstanding: Amount,
    queries6m: Type.Integer(),
    grade: Type.Enum(['A', 'B', 'C', 'D']),
  }),
  handle: ({ customerId }) => {
    requireCustomer(customerId);
    const number = customerNumber(customerId) ?? 0;
    const overdue24m = number % 10 === 7 ? 5 : 0;
    const openLoans = number % 4;
    const grades = ['A', 'A', 'B', 'C'] as const;
    const facts = { overdue24m, openLoans, outstanding: `${openLoans * 35_000}.00`, queries6m: number % 5 };
    return {
      customerId,
      reportNo: `PBOC-${customerId}`,
      ...facts,
      grade: overdue24m > 0 ? ('D' as const) : (grades[openLoans] ?? 'C'),
    };
  },
});

/** 征信. */
export const creditBureau: Service = {
  id: 'credit-bureau',
  title: { en: 'Credit bureau', zh: '征信' },
  owner: 'credit',
  operations: { getReport },
};
