import type { Json } from '../errors.ts';
import type { Database } from './database.ts';

export interface AuditEntry {
  readonly actor: string;
  /** What was done, `<thing>.<verb>`. */
  readonly action: string;
  /** What it was done to. */
  readonly subject: string;
  readonly details?: { readonly [key: string]: Json };
}

/** Who did what to which thing, in order. Written only, never changed. */
export class Audit {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  async write({ actor, action, subject, details }: AuditEntry): Promise<void> {
    await this.database.query
      .insertInto('audit')
      .values({ at: this.now(), actor, action, subject, details: JSON.stringify(details ?? {}) })
      .execute();
  }

  /** The newest entries first, at most `limit`, before entry `before`. */
  async list(limit: number, before?: number): Promise<(AuditEntry & { readonly id: number; readonly at: number })[]> {
    let query = this.database.query.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit);
    if (before !== undefined) query = query.where('id', '<', before);
    const rows = await query.execute();
    return rows.map(({ id, at, actor, action, subject, details }) => ({
      id,
      at,
      actor,
      action,
      subject,
      details: JSON.parse(details),
    }));
  }
}
