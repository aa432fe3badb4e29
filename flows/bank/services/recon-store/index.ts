import Type, { type Static } from 'typebox';
import { AccountNo, Amount, Day, Identifier, PositiveAmount, SerialNo, ShortText } from '../../fields.ts';
import { fromFen, toFen } from '../../money.ts';
import { change, query, type Service } from '../../operation.ts';
import { Refusal } from '../../refusal.ts';
import { getOutcome } from '../outcome.ts';
import { type PayrollFile, requirePayroll, totalOf } from './payroll.ts';
import { breakKinds, transactionsOf } from './transactions.ts';

const PAGE = 10_000;
const page = {
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE, description: `Default ${PAGE}` })),
};

const PayrollRow = Type.Object({
  rowNo: Type.Integer({ minimum: 1 }),
  accountNo: AccountNo,
  name: ShortText,
  amount: PositiveAmount,
});

const Totals = Type.Object({
  fileId: Identifier,
  rowCount: Type.Integer({ description: 'As the file states it' }),
  totalAmount: Type.String({ ...Amount, description: 'As the file states it' }),
  isConsistent: Type.Boolean({ description: 'The rows meet the stated totals' }),
});

const payrollHelp =
  'Uploaded, or by rule: PAY-10000, PAY-100-R10 (every tenth account closed), PAY-100-X (wrong total)';
const PayrollFileId = Type.String({ ...Identifier, description: payrollHelp, examples: ['PAY-10000'] });

const putPayrollFile = change({
  title: { en: 'Upload a payroll file', zh: '上传代发文件' },
  method: 'PUT',
  path: '/payroll-files/{fileId}',
  input: Type.Object({
    fileId: Identifier,
    rowCount: Type.Integer({ minimum: 1, maximum: PAGE }),
    totalAmount: PositiveAmount,
    rows: Type.Array(PayrollRow, { minItems: 1, maxItems: PAGE }),
  }),
  output: Totals,
  handle: ({ fileId, rowCount, totalAmount, rows }, { records }) => {
    if (records.get('payroll', fileId) !== undefined) throw new Refusal('STATE_CONFLICT', `file ${fileId} exists`);
    const file: PayrollFile = { rowCount, totalAmount: fromFen(toFen(totalAmount)), rows };
    records.put('payroll', fileId, file);
    return totalsOf(fileId, file);
  },
});

const getPayrollFile = query({
  title: { en: 'Get the control totals of a payroll file', zh: '查询代发文件控制总数' },
  method: 'GET',
  path: '/payroll-files/{fileId}',
  input: Type.Object({ fileId: PayrollFileId }),
  output: Totals,
  handle: ({ fileId }, { records }) => totalsOf(fileId, requirePayroll(fileId, records)),
});

const listPayrollRows = query({
  title: { en: 'List rows of a payroll file', zh: '查询代发明细' },
  method: 'GET',
  path: '/payroll-files/{fileId}/rows',
  query: ['offset', 'limit'],
  input: Type.Object({ fileId: PayrollFileId, ...page }),
  output: Type.Object({ items: Type.Array(PayrollRow) }),
  handle: ({ fileId, offset = 0, limit = PAGE }, { records }) => ({
    items: requirePayroll(fileId, records).rows.slice(offset, offset + limit),
  }),
});

const listTransactions = query({
  title: { en: 'List transactions of one side', zh: '查询对账流水' },
  method: 'GET',
  path: '/transactions/{fileId}/{side}',
  query: ['offset', 'limit'],
  input: Type.Object({
    fileId: Type.String({ ...Identifier, description: '`1000-B50`: 1,000 transactions, every 50th broken' }),
    side: Type.Enum(['core', 'clearing']),
    ...page,
  }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({ serialNo: SerialNo, amount: Amount, day: Day, status: Type.Enum(['settled', 'failed']) }),
    ),
    rowCount: Type.Integer(),
    totalAmount: Amount,
  }),
  handle: ({ fileId, side, offset = 0, limit = PAGE }) => {
    const all = transactionsOf(fileId, side);
    const total = all.reduce((sum, { amount }) => sum + toFen(amount), 0);
    return { items: all.slice(offset, offset + limit), rowCount: all.length, totalAmount: fromFen(total) };
  },
});

const Break = Type.Object({
  breakId: Identifier,
  fileId: Identifier,
  serialNo: SerialNo,
  kind: Type.Enum([...breakKinds], { description: '长款, 短款, 金额不符, 状态不符, 跨日' }),
  difference: Amount,
  status: Type.Enum(['open', 'closed']),
});
type Break = Static<typeof Break>;

const saveBreak = change({
  title: { en: 'Save a break', zh: '登记差错' },
  method: 'POST',
  path: '/breaks',
  input: Type.Object({ fileId: Identifier, serialNo: SerialNo, kind: Break.properties.kind, difference: Amount }),
  output: Break,
  handle: (found, { records, derivedId }) => {
    const saved: Break = { breakId: derivedId, ...found, status: 'open' };
    records.put('break', derivedId, saved, found.fileId);
    return saved;
  },
});

const closeBreak = change({
  title: { en: 'Close a break', zh: '差错结案' },
  method: 'POST',
  path: '/breaks/{breakId}/close',
  input: Type.Object({ breakId: Identifier, treatment: ShortText }),
  output: Break,
  handle: ({ breakId }, { records }) => {
    const found = records.get<Break>('break', breakId);
    if (found === undefined) throw new Refusal('NOT_FOUND', `no break ${breakId}`);
    if (found.status === 'closed') throw new Refusal('STATE_CONFLICT', `break ${breakId} is closed`);
    const closed: Break = { ...found, status: 'closed' };
    records.put('break', breakId, closed, found.fileId);
    return closed;
  },
});

const listBreaks = query({
  title: { en: 'List the breaks of a file', zh: '查询差错' },
  method: 'GET',
  path: '/breaks',
  query: ['fileId'],
  input: Type.Object({ fileId: Identifier }),
  output: Type.Object({ items: Type.Array(Break) }),
  handle: ({ fileId }, { records }) => ({ items: records.listByOwner<Break>('break', fileId) }),
});

function totalsOf(fileId: string, { rowCount, totalAmount, rows }: PayrollFile): Static<typeof Totals> {
  const isConsistent = rows.length === rowCount && totalOf(rows) === toFen(totalAmount);
  return { fileId, rowCount, totalAmount, isConsistent };
}

/** 对账库: files to work through, and the breaks found in them. */
export const reconStore: Service = {
  id: 'recon-store',
  title: { en: 'Reconciliation store', zh: '对账库' },
  owner: 'operations',
  operations: {
    putPayrollFile,
    getPayrollFile,
    listPayrollRows,
    listTransactions,
    saveBreak,
    closeBreak,
    listBreaks,
    getOutcome,
  },
};
