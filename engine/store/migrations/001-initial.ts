import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';

/** The first schema. Text keys sort by code point on both databases; times are epoch ms in 64 bits. */
export function initial(db: Kysely<Tables>): CompiledQuery[] {
  const table = (name: string) => db.schema.createTable(name);
  return [
    table('flows')
      .addColumn('flow_id', 'text', (c) => c.primaryKey())
      .addColumn('current_version', 'text', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull()),
    table('versions')
      .addColumn('flow_id', 'text', (c) => c.notNull())
      .addColumn('version', 'text', (c) => c.notNull())
      .addColumn('number', 'integer', (c) => c.notNull())
      .addColumn('definition', 'text', (c) => c.notNull())
      .addColumn('note', 'text', (c) => c.notNull())
      .addColumn('published_at', 'bigint', (c) => c.notNull())
      .addColumn('published_by', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('versions_pk', ['flow_id', 'version'])
      .addUniqueConstraint('versions_number', ['flow_id', 'number']),
    table('drafts')
      .addColumn('flow_id', 'text', (c) => c.primaryKey())
      .addColumn('definition', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addColumn('updated_by', 'text', (c) => c.notNull()),
    table('services')
      .addColumn('service_id', 'text', (c) => c.primaryKey())
      .addColumn('definition', 'text', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull()),
    table('audit')
      .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addColumn('actor', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('details', 'text', (c) => c.notNull()),
    table('runs')
      .addColumn('run_id', 'text', (c) => c.primaryKey())
      .addColumn('flow_id', 'text', (c) => c.notNull())
      .addColumn('version', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('busy', 'integer', (c) => c.notNull())
      .addColumn('business_key', 'text')
      .addColumn('parent_run', 'text')
      .addColumn('outcome', 'text')
      .addColumn('error_code', 'text')
      .addColumn('error_message', 'text')
      .addColumn('error_node', 'text')
      .addColumn('started_at', 'bigint', (c) => c.notNull())
      .addColumn('updated_at', 'bigint', (c) => c.notNull())
      .addColumn('finished_at', 'bigint')
      .addColumn('snapshot', 'text')
      .addColumn('snapshot_sequence', 'integer', (c) => c.notNull().defaultTo(0)),
    table('journal')
      .addColumn('run_id', 'text', (c) => c.notNull())
      .addColumn('sequence', 'integer', (c) => c.notNull())
      .addColumn('event', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('journal_pk', ['run_id', 'sequence']),
    table('timers')
      .addColumn('run_id', 'text', (c) => c.notNull())
      .addColumn('effect_id', 'text', (c) => c.notNull())
      .addColumn('due_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('timers_pk', ['run_id', 'effect_id']),
    table('waits')
      .addColumn('run_id', 'text', (c) => c.notNull())
      .addColumn('effect_id', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('correlation', 'text')
      .addPrimaryKeyConstraint('waits_pk', ['run_id', 'effect_id']),
    table('early_events')
      .addColumn('event_id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('correlation', 'text')
      .addColumn('payload', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull()),
    table('tasks')
      .addColumn('task_id', 'text', (c) => c.primaryKey())
      .addColumn('run_id', 'text', (c) => c.notNull())
      .addColumn('effect_id', 'text', (c) => c.notNull())
      .addColumn('flow_id', 'text', (c) => c.notNull())
      .addColumn('node', 'text', (c) => c.notNull())
      .addColumn('title', 'text', (c) => c.notNull())
      .addColumn('form', 'text')
      .addColumn('data', 'text')
      .addColumn('assignees', 'text', (c) => c.notNull())
      .addColumn('groups', 'text', (c) => c.notNull())
      .addColumn('actions', 'text', (c) => c.notNull())
      .addColumn('responses', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('claimed_by', 'text')
      .addColumn('due_at', 'bigint')
      .addColumn('created_at', 'bigint', (c) => c.notNull())
      .addColumn('closed_at', 'bigint'),
    table('requests')
      .addColumn('flow_id', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('body_hash', 'text', (c) => c.notNull())
      .addColumn('run_id', 'text', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('requests_pk', ['flow_id', 'key']),
    db.schema.createIndex('runs_by_flow').on('runs').columns(['flow_id', 'run_id']),
    db.schema.createIndex('runs_by_status').on('runs').columns(['status', 'run_id']),
    db.schema
      .createIndex('runs_by_business_key')
      .on('runs')
      .columns(['business_key', 'run_id'])
      .where(sql.ref('business_key'), 'is not', null),
    db.schema.createIndex('runs_busy').on('runs').column('run_id').where(sql.ref('busy'), '=', sql.lit(1)),
    db.schema.createIndex('timers_by_due').on('timers').column('due_at'),
    db.schema.createIndex('waits_by_name').on('waits').columns(['name', 'correlation']),
    db.schema.createIndex('early_events_by_name').on('early_events').columns(['name', 'correlation']),
    db.schema.createIndex('tasks_open').on('tasks').columns(['status', 'task_id']),
    db.schema.createIndex('tasks_by_run').on('tasks').columns(['run_id', 'effect_id']),
    db.schema.createIndex('requests_by_age').on('requests').column('at'),
  ].map((builder) => builder.compile());
}
