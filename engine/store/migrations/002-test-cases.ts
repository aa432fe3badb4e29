import type { CompiledQuery, Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** Test cases of flows, whatever their version. */
export function testCases(db: Kysely<Tables>): CompiledQuery[] {
  const table = db.schema
    .createTable('test_cases')
    .addColumn('flow_id', 'text', (c) => c.notNull())
    .addColumn('case_id', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_by', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('test_cases_pk', ['flow_id', 'case_id']);
  return [table.compile()];
}
