import { fromFen, toFen } from '../../money.ts';
import { Refusal } from '../../refusal.ts';
import { closedPayrollAccountNo, PAYROLL_EMPLOYEES, payrollAccountNo } from '../../seed/accounts.ts';
import { personName } from '../../seed/customers.ts';
import type { RecordReader } from '../../store/records.ts';

export interface PayrollRow {
  readonly rowNo: number;
  readonly accountNo: string;
  readonly name: string;
  readonly amount: string;
}

/** A payroll with its control totals, which an honest file meets. */
export interface PayrollFile {
  readonly rowCount: number;
  readonly totalAmount: string;
  readonly rows: readonly PayrollRow[];
}

/**
 * An uploaded file, or one by rule: `PAY-<n>` pays employees 1 to n; `-R<k>` closes the account of every k-th;
 * `-X` states a total that is one yuan too high.
 */
export function requirePayroll(fileId: string, records: RecordReader): PayrollFile {
  const stored = records.get<PayrollFile>('payroll', fileId);
  if (stored !== undefined) return stored;
  const rule = /^PAY-(\d{1,5})(?:-R(\d{1,5}))?(-X)?$/.exec(fileId);
  const rowCount = Number(rule?.[1] ?? 0);
  if (rowCount < 1 || rowCount > PAYROLL_EMPLOYEES) throw new Refusal('NOT_FOUND', `no payroll file ${fileId}`);
  const closedEvery = Number(rule?.[2] ?? 0);
  const rows = Array.from({ length: rowCount }, (_, index) => rowOf(index + 1, closedEvery));
  const error = rule?.[3] === undefined ? 0 : toFen('1');
  return { rowCount, totalAmount: fromFen(totalOf(rows) + error), rows };
}

export function totalOf(rows: readonly PayrollRow[]): number {
  return rows.reduce((sum, { amount }) => sum + toFen(amount), 0);
}

function rowOf(rowNo: number, closedEvery: number): PayrollRow {
  const isClosed = closedEvery > 0 && rowNo % closedEvery === 0;
  const accountNo = isClosed ? closedPayrollAccountNo(rowNo) : payrollAccountNo(rowNo);
  return { rowNo, accountNo, name: personName(rowNo), amount: `${5_000 + (rowNo % 400) * 10}.00` };
}
