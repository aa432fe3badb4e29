import { sql } from 'kysely';
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

/** Lists and searches runs. Run ids sort by start, so they are the page key. A list reads no more rows than it shows. */
export class RunIndex {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async list(filter: RunFilter): Promise<RunSummary[]> {
    const newer = filter.after !== undefined;
    const pages = statusesOf(filter).map(async (status) => {
      const [first, second] = partsOf(filter);
      const found = await this.page(filter, status, first);
      return second === undefined || found.length === filter.limit
        ? found
        : [...found, ...(await this.page({ ...filter, limit: filter.limit - found.length }, status, second))];
    });
    const rows = (await Promise.all(pages)).flat();
    if (pages.length > 1) rows.sort((a, b) => (a.run_id < b.run_id === newer ? -1 : 1));
    const runs = rows.slice(0, filter.limit).map(summary);
    return newer ? runs.reverse() : runs;
  }

  private page(filter: RunFilter, status: string | undefined, part: Part): Promise<Row[]> {
    const isLate = part.lateChildren !== undefined;
    const id = isLate ? byItself('run_id') : sql.ref<string>('run_id');
    let query = this.database.query
      .selectFrom('runs')
      .select(COLUMNS)
      .orderBy(id, filter.after === undefined ? 'desc' : 'asc')
      .limit(filter.limit);
    if (filter.flowId !== undefined) query = query.where(isLate ? byItself('flow_id') : 'flow_id', '=', filter.flowId);
    if (status !== undefined) query = query.where(isLate ? byItself('status') : 'status', '=', status);
    if (filter.businessKey !== undefined) query = query.where('business_key', '=', filter.businessKey);
    if (filter.parentRun !== undefined) query = query.where('parent_run', '=', filter.parentRun);
    if (filter.startedBefore !== undefined) query = query.where('started_at', '<', filter.startedBefore);
    for (const from of part.from) query = query.where(id, '>=', from);
    for (const until of part.until) query = query.where(id, '<', until);
    if (filter.after !== undefined) query = query.where(id, '>', filter.after);
    if (isLate) query = query.where('parent_run', 'is not', null).where('started_at', '>=', part.lateChildren);
    return query.execute();
  }

  async get(runId: string): Promise<RunSummary | undefined> {
    const row = await this.database.query.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst();
    return row && summary(row);
  }
}

const COLUMNS = [
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
] as const;

/**
 * A column as no index has it. Sub-flows that began late are few, and found by their start; the database, which does not
 * know that they are few, would rather go through all runs in their order.
 */
const byItself = (column: 'run_id' | 'flow_id' | 'status') => sql<string>`${sql.ref(column)} || ''`;

const ENDED = ['completed', 'failed', 'compensated', 'cancelled'];

/** One query for each status: an index by status has the newest of each at hand, not those of several. */
const statusesOf = ({ status, finished }: RunFilter): readonly (string | undefined)[] =>
  status === undefined && finished ? ENDED : [status];

/** A stretch of ids. */
interface Part {
  readonly from: readonly string[];
  readonly until: readonly string[];
  /** Only runs of sub-flows started since then, epoch ms. */
  readonly lateChildren?: number;
}

/**
 * The stretches of ids in which runs of the filter's times are, in the order of the list. A run's id begins with the
 * time of its start, so the time needs no index of its own; but the id of a sub-flow's run begins with its parent's, and
 * it may have started much later than that says.
 */
function partsOf({ startedAfter, startedBefore, before, after }: RunFilter): readonly [Part, Part?] {
  const until = [before, startedBefore === undefined ? undefined : idFrom(startedBefore)].filter(isText);
  if (startedAfter === undefined) return [{ from: [], until }];
  const first = idFrom(startedAfter);
  const since = { from: [first], until };
  const earlier = { from: [], until: [...until, first], lateChildren: startedAfter };
  return after === undefined ? [since, earlier] : [earlier, since];
}

const isText = (id: string | undefined) => id !== undefined;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** The lowest id of a run that starts at this time: the first ten characters, as `newRunId` makes them. */
function idFrom(epochMs: number): string {
  let id = '';
  for (let rest = Math.min(Math.max(0, epochMs), 32 ** 10 - 1); id.length < 10; rest = Math.floor(rest / 32))
    id = ALPHABET[rest % 32] + id;
  return id;
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
