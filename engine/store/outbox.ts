import type { Json } from '../errors.ts';
import type { Database } from './database.ts';

/** A message to be published later, or again. */
export interface OutgoingMessage {
  /** The step's idempotency key. */
  readonly id: string;
  /** The broker's service; undefined: the engine's own events. */
  readonly service?: string;
  readonly topic: string;
  readonly key?: string;
  readonly payload: Json;
  /** Epoch ms. */
  readonly dueAt: number;
}

export interface QueuedMessage extends OutgoingMessage {
  /** Tries so far. */
  readonly attempts: number;
  readonly lastError?: string;
}

/** Messages that the engine has accepted to publish at a later time. They outlive it. */
export class Outbox {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  /** Durable when it resolves. The same id again is the same message. */
  async add({ id, service, topic, key, payload, dueAt }: OutgoingMessage): Promise<void> {
    await this.database.query
      .insertInto('outgoing')
      .values({
        message_id: id,
        service: service ?? '',
        topic,
        message_key: key ?? null,
        payload: JSON.stringify(payload),
        due_at: dueAt,
        attempts: 0,
        last_error: null,
        at: this.now(),
      })
      .onConflict((conflict) => conflict.column('message_id').doNothing())
      .execute();
  }

  /** Those due at `before` (epoch ms) or earlier; all without it. The earliest first. */
  async list(limit: number, before?: number): Promise<QueuedMessage[]> {
    let query = this.database.query.selectFrom('outgoing').selectAll().orderBy('due_at').limit(limit);
    if (before !== undefined) query = query.where('due_at', '<=', before);
    const rows = await query.execute();
    return rows.map((row) => ({
      id: row.message_id,
      ...(row.service !== '' && { service: row.service }),
      topic: row.topic,
      ...(row.message_key !== null && { key: row.message_key }),
      payload: JSON.parse(row.payload) as Json,
      dueAt: row.due_at,
      attempts: row.attempts,
      ...(row.last_error !== null && { lastError: row.last_error }),
    }));
  }

  /** Puts it off after a try in vain. */
  async postpone(id: string, dueAt: number, attempts: number, error: string): Promise<void> {
    await this.database.query
      .updateTable('outgoing')
      .set({ due_at: dueAt, attempts, last_error: error })
      .where('message_id', '=', id)
      .execute();
  }

  /** Whether it was there. */
  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('outgoing')
      .where('message_id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
