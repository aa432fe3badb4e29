import { join } from 'node:path';
import { SqliteDatabase } from '@heddle/engine/store/sqlite/sqlite';

export interface FlowCount {
  readonly status: string;
  readonly count: number;
  /** Epoch ms; null if none has ended. */
  readonly firstEnd: number | null;
  readonly lastEnd: number | null;
}

/** How many runs of a flow have which status, by the store of an engine that has stopped. */
export async function countRuns(dataDir: string, flowId: string): Promise<readonly FlowCount[]> {
  const database = await SqliteDatabase.open({ path: join(dataDir, 'data', 'heddle.db'), statements: {} });
  try {
    return await database.query
      .selectFrom('runs')
      .select(({ fn }) => [
        'status',
        fn.countAll<number>().as('count'),
        fn.min('finished_at').as('firstEnd'),
        fn.max('finished_at').as('lastEnd'),
      ])
      .where('flow_id', '=', flowId)
      .groupBy('status')
      .execute();
  } finally {
    await database.close();
  }
}
