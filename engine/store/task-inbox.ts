import { sql } from 'kysely';
import { FlowError, type Json } from '../errors.ts';
import type { Database } from './database.ts';
import type { TasksTable } from './tables.ts';

export interface Task {
  readonly id: string;
  readonly runId: string;
  readonly effectId: string;
  readonly flowId: string;
  readonly node: string;
  readonly title: Json;
  readonly form?: Json;
  readonly data?: Json;
  readonly assignees: readonly string[];
  readonly groups: readonly string[];
  readonly actions: readonly { readonly id: string; readonly title?: Json; readonly need: number }[];
  readonly responses: readonly Json[];
  readonly status: 'open' | 'claimed' | 'closed' | 'cancelled';
  readonly claimedBy?: string;
  /** Epoch ms. */
  readonly dueAt?: number;
  readonly createdAt: number;
  readonly closedAt?: number;
}

export interface TaskFilter {
  readonly status?: string;
  readonly runId?: string;
  /** Only tasks that this person may answer: assigned to them, to groups, or to everybody. */
  readonly user?: string;
  readonly claimedBy?: string;
  readonly limit: number;
  /** Default: oldest first. */
  readonly newestFirst?: boolean;
  /** Id of the last task of the page before. */
  readonly after?: string;
}

/** Human tasks as people see them. What an action means is decided by the run, not here. */
export class TaskInbox {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  async list(filter: TaskFilter): Promise<Task[]> {
    const { newestFirst = false, user } = filter;
    let query = this.database.query
      .selectFrom('tasks')
      .selectAll()
      .orderBy('task_id', newestFirst ? 'desc' : 'asc')
      .limit(filter.limit);
    if (filter.status !== undefined) query = query.where('status', '=', filter.status);
    if (filter.runId !== undefined) query = query.where('run_id', '=', filter.runId);
    if (filter.claimedBy !== undefined) query = query.where('claimed_by', '=', filter.claimedBy);
    if (filter.after !== undefined) query = query.where('task_id', newestFirst ? '<' : '>', filter.after);
    if (user !== undefined)
      query = query.where((where) =>
        where.or([
          where('assignees', '=', '[]'),
          where('groups', '!=', '[]'),
          sql<boolean>`${where.ref('assignees')} like ${memberOf(user)} escape '!'`,
        ]),
      );
    return (await query.execute()).map(taskOf);
  }

  /** @throws {FlowError} `TASK_NOT_FOUND`. */
  async get(taskId: string): Promise<Task> {
    const row = await this.database.query
      .selectFrom('tasks')
      .selectAll()
      .where('task_id', '=', taskId)
      .executeTakeFirst();
    if (row === undefined) throw new FlowError('TASK_NOT_FOUND', `no task ${taskId}`);
    return taskOf(row);
  }

  /**
   * Reserves a task for one person, or gives it back (`by` undefined).
   *
   * @throws {FlowError} `TASK_CLAIMED` if somebody else holds it, `TASK_CLOSED` if it is done.
   */
  async claim(taskId: string, by: string): Promise<Task> {
    const update = this.database.query
      .updateTable('tasks')
      .set({ status: 'claimed', claimed_by: by })
      .where('task_id', '=', taskId)
      .where((where) =>
        where.or([
          where('status', '=', 'open'),
          where.and([where('status', '=', 'claimed'), where('claimed_by', '=', by)]),
        ]),
      );
    const { numUpdatedRows } = await update.executeTakeFirst();
    const task = await this.get(taskId);
    if (numUpdatedRows > 0n) return task;
    if (task.status === 'claimed')
      throw new FlowError('TASK_CLAIMED', `task ${taskId} is claimed by ${task.claimedBy ?? 'somebody'}`);
    throw new FlowError('TASK_CLOSED', `task ${taskId} is ${task.status}`);
  }

  /** Gives a claimed task back to everyone. */
  async release(taskId: string, by: string): Promise<Task> {
    await this.database.query
      .updateTable('tasks')
      .set({ status: 'open', claimed_by: null })
      .where('task_id', '=', taskId)
      .where('status', '=', 'claimed')
      .where('claimed_by', '=', by)
      .execute();
    return this.get(taskId);
  }
}

/** Matches the JSON text of a list of names that has this one. */
const memberOf = (name: string) => `%${JSON.stringify(name).replaceAll(/[!%_]/g, '!$&')}%`;

function taskOf(row: TasksTable): Task {
  const optional = (key: string, text: string | null) => (text === null ? {} : { [key]: JSON.parse(text) as Json });
  return {
    id: row.task_id,
    runId: row.run_id,
    effectId: row.effect_id,
    flowId: row.flow_id,
    node: row.node,
    title: JSON.parse(row.title) as Json,
    ...optional('form', row.form),
    ...optional('data', row.data),
    assignees: JSON.parse(row.assignees) as string[],
    groups: JSON.parse(row.groups) as string[],
    actions: JSON.parse(row.actions) as Task['actions'],
    responses: JSON.parse(row.responses) as Json[],
    status: row.status as Task['status'],
    ...(row.claimed_by === null ? {} : { claimedBy: row.claimed_by }),
    ...(row.due_at === null ? {} : { dueAt: row.due_at }),
    createdAt: row.created_at,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
  };
}
