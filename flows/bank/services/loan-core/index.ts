import Type, { type Static } from 'typebox';
import { toDay } from '../../clock.ts';
import {
  AccountNo,
  AllowMissing,
  Amount,
  CustomerId,
  Identifier,
  PositiveAmount,
  SerialNo,
  ShortText,
} from '../../fields.ts';
import { fromFen, toFen } from '../../money.ts';
import { change, query, type Service } from '../../operation.ts';
import { Refusal } from '../../refusal.ts';
import { internal } from '../../seed/accounts.ts';
import { customerNumber } from '../../seed/customers.ts';
import type { RecordReader } from '../../store/records.ts';
import { getOutcome } from '../outcome.ts';
import { requireCustomer } from '../require-customer.ts';
import { Instalment, scheduleOf } from './schedule.ts';

const Rate = Type.String({ pattern: '^0(\\.[0-9]{1,6})?$', description: 'Per year', examples: ['0.0435'] });
const Months = Type.Integer({ minimum: 1, maximum: 360 });

const Loan = Type.Object({
  loanId: Identifier,
  customerId: Type.String(),
  accountNo: Type.String(),
  amount: Amount,
  annualRate: Type.String(),
  months: Type.Integer(),
  status: Type.Enum(['pending', 'disbursed', 'cancelled']),
  disbursementSerialNo: Type.Optional(SerialNo),
});
type Loan = Static<typeof Loan>;

const createLoan = change({
  title: { en: 'Try: create a loan', zh: '建立借据 (Try)' },
  method: 'POST',
  path: '/loans',
  input: Type.Object({
    customerId: CustomerId,
    accountNo: Type.String({ ...AccountNo, description: 'Where the money goes' }),
    amount: PositiveAmount,
    annualRate: Rate,
    months: Months,
    loanId: Type.Optional(Type.String({ ...Identifier, description: "The caller's own name for it" })),
  }),
  output: Loan,
  handle: ({ customerId, accountNo, amount, annualRate, months, loanId }, { records, ledger, derivedId }) => {
    requireCustomer(customerId);
    ledger.accounts.requireOpen(accountNo);
    const id = loanId ?? derivedId;
    const earlier = records.get<Loan>('loan', id);
    if (earlier !== undefined) throw new Refusal('STATE_CONFLICT', `loan ${id} is ${earlier.status}`);
    const terms = { amount: fromFen(toFen(amount)), annualRate, months };
    const loan: Loan = { loanId: id, customerId, accountNo, ...terms, status: 'pending' };
    records.put('loan', id, loan, customerId);
    return loan;
  },
});

const disburse = change({
  title: { en: 'Confirm: disburse a loan', zh: '放款 (Confirm)' },
  method: 'POST',
  path: '/loans/{loanId}/disburse',
  movesMoney: true,
  input: Type.Object({
    loanId: Identifier,
    payToAccountNo: Type.Optional(Type.String({ ...AccountNo, description: '受托支付: pay this account instead' })),
  }),
  output: Loan,
  handle: ({ loanId, payToAccountNo }, { service, key, derivedId, now, ledger, records }) => {
    const loan = requireLoan(loanId, records);
    if (loan.status !== 'pending') throw new Refusal('STATE_CONFLICT', `loan ${loanId} is ${loan.status}`);
    const voucher = { service, key, serialNo: derivedId, now };
    const sides = { accountNo: payToAccountNo ?? loan.accountNo, contraAccountNo: internal.loanFund };
    ledger.credit(voucher, { ...sides, amount: toFen(loan.amount), note: `loan ${loanId}` });
    const disbursed: Loan = { ...loan, status: 'disbursed', disbursementSerialNo: derivedId };
    records.put('loan', loanId, disbursed, loan.customerId);
    return disbursed;
  },
});

const cancelLoan = change({
  title: { en: 'Cancel a loan; takes the money back if it is out', zh: '撤销借据 (Cancel)' },
  method: 'POST',
  path: '/loans/{loanId}/cancel',
  movesMoney: true,
  input: Type.Object({
    loanId: Identifier,
    reason: Type.Optional(ShortText),
    allowMissing: Type.Optional(AllowMissing),
  }),
  output: Type.Object({ loanId: Identifier, status: Type.Enum(['cancelled', 'nothing-to-cancel']), amount: Amount }),
  handle: ({ loanId, reason = 'loan cancelled', allowMissing = false }, context) => {
    const { service, key, derivedId, now, ledger, records } = context;
    const loan = records.get<Loan>('loan', loanId);
    if (loan === undefined) {
      if (!allowMissing) throw new Refusal('NOT_FOUND', `no loan ${loanId}`);
      const nobody = { customerId: '', accountNo: '', amount: fromFen(0), annualRate: '0', months: 0 };
      const blocked: Loan = { loanId, ...nobody, status: 'cancelled' };
      records.put('loan', loanId, blocked);
      return { loanId, status: 'nothing-to-cancel' as const, amount: blocked.amount };
    }
    if (loan.status === 'cancelled') throw new Refusal('STATE_CONFLICT', `loan ${loanId} is cancelled`);
    if (loan.disbursementSerialNo !== undefined) {
      const voucher = { service, key, serialNo: derivedId, now };
      ledger.reverse(voucher, { originalSerialNo: loan.disbursementSerialNo, reason });
    }
    records.put('loan', loanId, { ...loan, status: 'cancelled' }, loan.customerId);
    return { loanId, status: 'cancelled' as const, amount: loan.amount };
  },
});

const getLoan = query({
  title: { en: 'Get a loan', zh: '查询借据' },
  method: 'GET',
  path: '/loans/{loanId}',
  input: Type.Object({ loanId: Identifier }),
  output: Loan,
  handle: ({ loanId }, { records }) => requireLoan(loanId, records),
});

const listLoans = query({
  title: { en: "List a customer's loans", zh: '查询客户借据' },
  method: 'GET',
  path: '/loans',
  query: ['customerId'],
  input: Type.Object({ customerId: CustomerId }),
  output: Type.Object({ items: Type.Array(Loan), outstanding: Amount }),
  handle: ({ customerId }, { records }) => {
    requireCustomer(customerId);
    const items = records.listByOwner<Loan>('loan', customerId);
    const out = items
      .filter(({ status }) => status === 'disbursed')
      .reduce((sum, { amount }) => sum + toFen(amount), 0);
    return { items, outstanding: fromFen(out) };
  },
});

const quoteSchedule = query({
  title: { en: 'Quote a repayment schedule', zh: '试算还款计划' },
  method: 'POST',
  path: '/schedules/quote',
  input: Type.Object({ amount: PositiveAmount, annualRate: Rate, months: Months }),
  output: Type.Object({ instalments: Type.Array(Instalment), totalInterest: Amount }),
  handle: ({ amount, annualRate, months }, { now }) => {
    const instalments = scheduleOf({ amount, annualRate, months, firstDay: toDay(now) });
    const interest = instalments.reduce((sum, instalment) => sum + toFen(instalment.interest), 0);
    return { instalments: [...instalments], totalInterest: fromFen(interest) };
  },
});

const getRepaymentRecord = query({
  title: { en: 'Get the repayment record of a customer', zh: '查询客户还款记录' },
  method: 'GET',
  path: '/customers/{customerId}/repayments',
  input: Type.Object({ customerId: CustomerId }),
  output: Type.Object({
    customerId: CustomerId,
    overdueDays: Type.Integer(),
    overdueAmount: Amount,
    missed12m: Type.Integer(),
  }),
  handle: ({ customerId }) => {
    requireCustomer(customerId);
    const isOverdue = (customerNumber(customerId) ?? 0) % 7 === 0;
    const overdueAmount = isOverdue ? '18500.00' : '0.00';
    return { customerId, overdueDays: isOverdue ? 35 : 0, overdueAmount, missed12m: isOverdue ? 3 : 0 };
  },
});

function requireLoan(loanId: string, records: RecordReader): Loan {
  const loan = records.get<Loan>('loan', loanId);
  if (loan === undefined) throw new Refusal('NOT_FOUND', `no loan ${loanId}`);
  return loan;
}

/** 放款与还款计划: posts to the core ledger in the same transaction. */
export const loanCore: Service = {
  id: 'loan-core',
  title: { en: 'Loan core', zh: '放款与还款计划' },
  owner: 'credit',
  operations: { createLoan, disburse, cancelLoan, getLoan, listLoans, quoteSchedule, getRepaymentRecord, getOutcome },
};
