import type { Database } from './database.ts';

export interface RunSummary {
  readonly id: string;
  readonly flowId: string;
  readonly version: string;
  readonly status: string;
  readonly businessKey?: string;
  readonly parentRun?: string;
  readonly outcome?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly node?: string };
  /** Epoch ms. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly finishedAt?: number;
}

export interface RunFilter {
  readonly flowId?: string;
  readonly status?: string;
  /** Only runs that have ended. */
  readonly finished?: boolean;
  readonly businessKey?: string;
  /** Sub-flow runs of this one. */
  readonly parentRun?: string;
  readonly startedAfter?: number;
  readonly startedBefore?: number;
  /** Id of the last run of the page before: keyset paging, newest first. */
  readonly before?: string;
  /** Id of the first run of the page after: the runs just newer than it, still newest first. */
  readonly after?: string;
  readonly limit: number;
}

/** Lists and searches runs. Run ids sort by start, so they are the page key. */
export class RunIndex {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async list(filter: RunFilter): Promise<RunSummary[]> {
    let query = this.database.query
      .selectFrom('runs')
      .select([
        'run_id',
        'flow_id',
        'version',
        'status',
        'business_key',
        'parent_run',
        'outcome',
        'error_code',
        'error_message',
        'error_node',
        'started_at',
        'updated_at',
        'finished_at',
      ])
      .orderBy('run_id', filter.after === undefined ? 'desc' : 'asc')
      .limit(filter.limit);
    if (filter.flowId !== undefined) query = query.where('flow_id', '=', filter.flowId);
    if (filter.status !== undefined) query = query.where('status', '=', filter.status);
    if (filter.businessKey !== undefined) query = query.where('business_key', '=', filter.businessKey);
    if (filter.parentRun !== undefined) query = query.where('parent_run', '=', filter.parentRun);
    if (filter.startedAfter !== undefined) query = query.where('started_at', '>=', filter.startedAfter);
    if (filter.startedBefore !== undefined) query = query.where('started_at', '<', filter.startedBefore);
    if (filter.before !== undefined) query = query.where('run_id', '<', filter.before);
    if (filter.after !== undefined) query = query.where('run_id', '>', filter.after);
    if (filter.finished) query = query.where('finished_at', 'is not', null);
    const runs = (await query.execute()).map(summary);
    return filter.after === undefined ? runs : runs.reverse();
  }

  async get(runId: string): Promise<RunSummary | undefined> {
    const row = await this.database.query.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst();
    return row && summary(row);
  }
}

interface Row {
  readonly run_id: string;
  readonly flow_id: string;
  readonly version: string;
  readonly status: string;
  readonly business_key: string | null;
  readonly parent_run: string | null;
  readonly outcome: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly error_node: string | null;
  readonly started_at: number;
  readonly updated_at: number;
  readonly finished_at: number | null;
}

function summary(row: Row): RunSummary {
  const error =
    row.error_code === null
      ? undefined
      : {
          code: row.error_code,
          message: row.error_message ?? '',
          ...(row.error_node === null ? {} : { node: row.error_node }),
        };
  return {
    id: row.run_id,
    flowId: row.flow_id,
    version: row.version,
    status: row.status,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    ...(row.business_key === null ? {} : { businessKey: row.business_key }),
    ...(row.parent_run === null ? {} : { parentRun: row.parent_run }),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(error === undefined ? {} : { error }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  };
}
