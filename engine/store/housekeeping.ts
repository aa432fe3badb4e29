import type { Flow } from '../definition/index.ts';
import type { Database } from './database.ts';

/** Idempotency keys and unclaimed early events are kept this long (PROMISES: at least 24 h). */
export const KEEP_REQUESTS_MS = 7 * 86_400_000;
/** Runs deleted at once, so that a long backlog does not hold up the journal. */
const BATCH = 500;

export interface Kept {
  readonly flow: Flow;
  /** Age in ms at which finished runs of the flow go. */
  readonly retentionMs: number;
}

/**
 * Deletes what has outlived its use: old idempotency keys, early events and ids of messages, and finished runs of flows that name a
 * `retention`. Runs of other flows are kept for ever.
 *
 * @param now epoch ms
 * @returns how many runs were deleted
 */
export async function tidy(database: Database, now: number, retentions: readonly Kept[]): Promise<number> {
  const { query } = database;
  const before = now - KEEP_REQUESTS_MS;
  await database.atomic([
    query.deleteFrom('requests').where('at', '<', before).compile(),
    query.deleteFrom('early_events').where('at', '<', before).compile(),
    query.deleteFrom('received').where('at', '<', before).compile(),
  ]);
  let deleted = 0;
  for (const { flow, retentionMs } of retentions) {
    for (;;) {
      const rows = await query
        .selectFrom('runs')
        .select('run_id')
        .where('flow_id', '=', flow.id)
        .where('finished_at', '<', now - retentionMs)
        .where('status', 'in', ['completed', 'failed', 'compensated', 'cancelled'])
        .limit(BATCH)
        .execute();
      if (rows.length === 0) break;
      const ids = rows.map((row) => row.run_id);
      await database.atomic([
        query.deleteFrom('journal').where('run_id', 'in', ids).compile(),
        query.deleteFrom('tasks').where('run_id', 'in', ids).compile(),
        query.deleteFrom('runs').where('run_id', 'in', ids).compile(),
      ]);
      deleted += ids.length;
    }
  }
  return deleted;
}
