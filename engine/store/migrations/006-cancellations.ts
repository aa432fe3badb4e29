import type { CompiledQuery, Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** Sub-flow runs that are to be cancelled: written with the step of the parent that gives them up, so no crash forgets it. */
export function cancellations(db: Kysely<Tables>): CompiledQuery[] {
  const table = db.schema.createTable('cancellations').addColumn('run_id', 'text', (c) => c.primaryKey());
  return [table.compile()];
}
