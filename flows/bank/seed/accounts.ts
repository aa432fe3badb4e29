import { customerIds, customerNumber, customerOf, personName } from './customers.ts';

export type AccountKind = 'retail' | 'corporate' | 'payroll' | 'internal';
export type AccountStatus = 'active' | 'frozen' | 'closed';

export interface SeedAccount {
  readonly accountNo: string;
  readonly name: string;
  /** Customer id; for payroll accounts the employee number, for internal ones `BANK`. */
  readonly owner: string;
  readonly kind: AccountKind;
  readonly status: AccountStatus;
  readonly openingYuan: string;
}

/** The bank's own accounts. Unlike customers' accounts they may go below zero: they are the other side of the books. */
export const internal = {
  clearing: 'INT-CLEARING',
  suspense: 'INT-SUSPENSE',
  feeIncome: 'INT-FEE-INCOME',
  interestIncome: 'INT-INTEREST-INCOME',
  loanFund: 'INT-LOAN-FUND',
  nostro: 'INT-NOSTRO',
  bills: 'INT-BILLS',
  fx: 'INT-FX',
  cash: 'INT-CASH',
} as const;

const internalNames: Record<string, string> = {
  [internal.clearing]: '待清算款项',
  [internal.suspense]: '待处理挂账',
  [internal.feeIncome]: '手续费收入',
  [internal.interestIncome]: '利息收入',
  [internal.loanFund]: '贷款资金',
  [internal.nostro]: '存放中央银行',
  [internal.bills]: '贴现资产',
  [internal.fx]: '外汇买卖',
  [internal.cash]: '库存现金',
};

export const PAYROLL_EMPLOYEES = 10_000;

/** `6222 02…` for people, `1001 00…` for companies, two digits of sequence at the end. */
export function customerAccountNo(customerId: string, sequence: number): string {
  const prefix = customerOf(customerId)?.kind === 'corporate' ? '100100' : '622202';
  return `${prefix}${customerId.slice(1).padStart(8, '0')}${String(sequence).padStart(2, '0')}`;
}

/** Customer n has 1 + n mod 3 accounts. */
export function accountCount(customerId: string): number {
  return 1 + ((customerNumber(customerId) ?? 0) % 3);
}

/** Payroll account of employee 1 to 10,000. */
export function payrollAccountNo(employee: number): string {
  return `621788${String(employee).padStart(8, '0')}01`;
}

/** A payroll account that has been closed: crediting it is refused, as a return (退票) needs. */
export function closedPayrollAccountNo(employee: number): string {
  return `621788${String(90_000_000 + employee)}01`;
}

/**
 * Payroll accounts exist by rule: no row is stored until the first posting.
 *
 * @returns `undefined` if the number is not one of them.
 */
export function accountByRule(accountNo: string): SeedAccount | undefined {
  if (!/^621788\d{8}01$/.test(accountNo)) return undefined;
  const number = Number(accountNo.slice(6, 14));
  const isClosed = number > 90_000_000;
  const employee = isClosed ? number - 90_000_000 : number;
  if (employee < 1 || employee > PAYROLL_EMPLOYEES) return undefined;
  const owner = `E${String(employee).padStart(5, '0')}`;
  const status = isClosed ? 'closed' : 'active';
  return { accountNo, name: personName(employee), owner, kind: 'payroll', status, openingYuan: '0' };
}

/** All accounts that are stored from the start. */
export function seedAccounts(): readonly SeedAccount[] {
  return [...internalAccounts(), ...customerIds().flatMap(accountsOf)];
}

function internalAccounts(): readonly SeedAccount[] {
  return Object.values(internal).map((accountNo) => {
    const name = internalNames[accountNo] ?? accountNo;
    return { accountNo, name, owner: 'BANK', kind: 'internal', status: 'active', openingYuan: '0' };
  });
}

function accountsOf(customerId: string): readonly SeedAccount[] {
  const customer = customerOf(customerId);
  if (customer === undefined) return [];
  const number = customerNumber(customerId) ?? 0;
  return Array.from({ length: accountCount(customerId) }, (_, index) => {
    const accountNo = customerAccountNo(customerId, index + 1);
    const opening = customer.kind === 'corporate' ? 50_000_000 + number * 1_000 : 100_000 + number * 10;
    return {
      accountNo,
      name: customer.name,
      owner: customerId,
      kind: customer.kind,
      status: statusOf(accountNo),
      openingYuan: String(index === 0 ? opening : opening / 10),
    };
  });
}

/** Two accounts that refuse, for rehearsals: C0149's third is closed, C0148's second frozen by a court (司法冻结). */
function statusOf(accountNo: string): AccountStatus {
  if (accountNo === '6222020000014903') return 'closed';
  return accountNo === '6222020000014802' ? 'frozen' : 'active';
}
