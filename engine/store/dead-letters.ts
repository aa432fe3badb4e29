import type { Selectable } from 'kysely';
import type { JsonObject } from '../errors.ts';
import type { Database } from './database.ts';
import type { DeadLettersTable } from './tables.ts';

export type LetterStatus = 'dead' | 'redriven' | 'discarded';

/** A message that could not be taken (`in`) or sent (`out`), with the reason. */
export interface DeadLetter {
  readonly id: number;
  readonly direction: 'in' | 'out';
  /** The broker's service. */
  readonly service: string;
  readonly topic: string;
  /** Whose trigger it came by, and what that read. */
  readonly flowId?: string;
  readonly source?: JsonObject;
  readonly messageId?: string;
  readonly key?: string;
  readonly headers: { readonly [name: string]: string };
  readonly encoding: 'utf8' | 'base64';
  readonly body: string;
  readonly code: string;
  readonly reason: string;
  readonly status: LetterStatus;
  /** Epoch ms. */
  readonly at: number;
  readonly settledAt?: number;
  readonly settledBy?: string;
}

export interface LetterFilter {
  readonly status?: LetterStatus | undefined;
  readonly direction?: 'in' | 'out' | undefined;
  readonly service?: string | undefined;
  readonly flowId?: string | undefined;
  readonly code?: string | undefined;
  /** Text that the body contains, upper and lower case alike for ASCII. */
  readonly search?: string | undefined;
  /** Letters older than this one. */
  readonly before?: number | undefined;
}

/** Messages that nobody may lose: kept until a person sends them again or discards them. */
export class DeadLetters {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  /** Durable when it resolves. */
  async add(letter: Omit<DeadLetter, 'id' | 'status' | 'at' | 'settledAt' | 'settledBy'>): Promise<void> {
    await this.database.query
      .insertInto('dead_letters')
      .values({
        direction: letter.direction,
        service: letter.service,
        topic: letter.topic,
        flow_id: letter.flowId ?? null,
        source: letter.source === undefined ? null : JSON.stringify(letter.source),
        message_id: letter.messageId ?? null,
        message_key: letter.key ?? null,
        headers: JSON.stringify(letter.headers),
        encoding: letter.encoding,
        body: letter.body,
        code: letter.code,
        reason: letter.reason,
        status: 'dead',
        at: this.now(),
        settled_at: null,
        settled_by: null,
      })
      .execute();
  }

  /** Newest first. */
  async list(filter: LetterFilter, limit: number): Promise<DeadLetter[]> {
    let query = this.database.query.selectFrom('dead_letters').selectAll().orderBy('letter_id', 'desc').limit(limit);
    if (filter.status !== undefined) query = query.where('status', '=', filter.status);
    if (filter.direction !== undefined) query = query.where('direction', '=', filter.direction);
    if (filter.service !== undefined) query = query.where('service', '=', filter.service);
    if (filter.flowId !== undefined) query = query.where('flow_id', '=', filter.flowId);
    if (filter.code !== undefined) query = query.where('code', '=', filter.code);
    if (filter.before !== undefined) query = query.where('letter_id', '<', filter.before);
    if (filter.search !== undefined) query = query.where('body', 'like', `%${filter.search.replaceAll(/[%_]/g, '_')}%`);
    return (await query.execute()).map(letterOf);
  }

  async get(id: number): Promise<DeadLetter | undefined> {
    const row = await this.database.query
      .selectFrom('dead_letters')
      .selectAll()
      .where('letter_id', '=', id)
      .executeTakeFirst();
    return row && letterOf(row);
  }

  /** Whether it was still dead; a settled letter stays as it is. */
  async settle(id: number, status: 'redriven' | 'discarded', by: string): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('dead_letters')
      .set({ status, settled_at: this.now(), settled_by: by })
      .where('letter_id', '=', id)
      .where('status', '=', 'dead')
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** It was tried again in vain: the newest reason is the one that helps. */
  async failAgain(id: number, code: string, reason: string): Promise<void> {
    await this.database.query.updateTable('dead_letters').set({ code, reason }).where('letter_id', '=', id).execute();
  }

  /** How many are dead. */
  async count(): Promise<number> {
    const { count } = await this.database.query
      .selectFrom('dead_letters')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('status', '=', 'dead')
      .executeTakeFirstOrThrow();
    return count;
  }
}

const letterOf = (row: Selectable<DeadLettersTable>): DeadLetter => ({
  id: row.letter_id,
  direction: row.direction,
  service: row.service,
  topic: row.topic,
  ...(row.flow_id !== null && { flowId: row.flow_id }),
  ...(row.source !== null && { source: JSON.parse(row.source) as JsonObject }),
  ...(row.message_id !== null && { messageId: row.message_id }),
  ...(row.message_key !== null && { key: row.message_key }),
  headers: JSON.parse(row.headers),
  encoding: row.encoding,
  body: row.body,
  code: row.code,
  reason: row.reason,
  status: row.status,
  at: row.at,
  ...(row.settled_at !== null && { settledAt: row.settled_at }),
  ...(row.settled_by !== null && { settledBy: row.settled_by }),
});
