import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/** Indexes for lists of runs, and for the deletion of old ones, among millions: no list reads rows that it does not show. */
export function manyRuns(db: Kysely<Tables>): CompiledQuery[] {
  const byFlowAndStatus = db.schema
    .createIndex('runs_by_flow_status')
    .on('runs')
    .columns(['flow_id', 'status', 'run_id']);
  const byEnd = db.schema
    .createIndex('runs_by_end')
    .on('runs')
    .columns(['flow_id', 'finished_at'])
    .where(sql.ref('finished_at'), 'is not', null);
  // The ids of sub-flow runs begin with those of their parents, and so may be older than they are themselves.
  const childrenByStart = db.schema
    .createIndex('runs_children_by_start')
    .on('runs')
    .columns(['started_at', 'run_id'])
    .where(sql.ref('parent_run'), 'is not', null);
  return [byFlowAndStatus, byEnd, childrenByStart].map((builder) => builder.compile());
}
