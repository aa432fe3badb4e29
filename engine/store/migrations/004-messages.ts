import type { CompiledQuery, Kysely } from 'kysely';
import type { Tables } from '../tables.ts';

/** Messages: those that could not be taken or sent, those to be sent later, and the ids of those taken. */
export function messages(db: Kysely<Tables>): CompiledQuery[] {
  const letters = db.schema
    .createTable('dead_letters')
    .addColumn('letter_id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('flow_id', 'text')
    .addColumn('source', 'text')
    .addColumn('message_id', 'text')
    .addColumn('message_key', 'text')
    .addColumn('headers', 'text', (c) => c.notNull())
    .addColumn('encoding', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('settled_at', 'bigint')
    .addColumn('settled_by', 'text');
  const outgoing = db.schema
    .createTable('outgoing')
    .addColumn('message_id', 'text', (c) => c.primaryKey())
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('message_key', 'text')
    .addColumn('payload', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('last_error', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull());
  const received = db.schema
    .createTable('received')
    .addColumn('message_id', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull());
  return [
    letters,
    outgoing,
    received,
    db.schema.createIndex('dead_letters_by_status').on('dead_letters').columns(['status', 'letter_id']),
    db.schema.createIndex('outgoing_by_due').on('outgoing').column('due_at'),
    db.schema.createIndex('received_by_age').on('received').column('at'),
  ].map((builder) => builder.compile());
}
