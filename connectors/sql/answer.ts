import { CallError, type Json } from '../sdk/index.ts';
import type { Phase } from './judge.ts';
import type { Plan } from './plan.ts';
import { SqlFault, type Table } from './session.ts';
import { jsonText } from './values.ts';

/** The table in the shape that the operation asks for. @throws {SqlFault | CallError} */
export function answerOf(table: Table, plan: Plan, phase: Phase): Json {
  if (plan.result === 'affected') return { affected: table.affected };
  const double = table.columns.find((name, index) => table.columns.indexOf(name) !== index);
  if (double !== undefined) {
    throw new SqlFault('unreadable', `two columns are named ${double}: tell them apart with AS`);
  }
  if (plan.result === 'rows') return table.rows.map((row) => objectOf(row, table, plan));
  const [first] = table.rows;
  if (first) return objectOf(first, table, plan);
  if (!plan.isNeeded) return null;
  throw new CallError('there is no such row', {
    kind: 'rejected',
    retryable: false,
    mayHaveActed: phase === 'decided' && table.affected > 0,
  });
}

function objectOf(row: readonly Json[], { columns }: Table, { jsonColumns }: Plan): Json {
  return Object.fromEntries(
    columns.map((name, index) => {
      const value = row[index] ?? null;
      return [name, jsonColumns.has(name) && typeof value === 'string' ? jsonText(value) : value];
    }),
  );
}
