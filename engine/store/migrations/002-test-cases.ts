import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/** Test cases of flows, whatever their version; and a way from a run to those of its sub-flows. */
export function testCases(db: Kysely<Tables>): CompiledQuery[] {
  const table = db.schema
    .createTable('test_cases')
    .addColumn('flow_id', 'text', (c) => c.notNull())
    .addColumn('case_id', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_by', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('test_cases_pk', ['flow_id', 'case_id']);
  const byParent = db.schema
    .createIndex('runs_by_parent')
    .on('runs')
    .columns(['parent_run', 'run_id'])
    .where(sql.ref('parent_run'), 'is not', null);
  return [table.compile(), byParent.compile()];
}
