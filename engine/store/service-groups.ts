import type { Json } from '../errors.ts';
import type { Database } from './database.ts';

export interface StoredGroup {
  readonly id: string;
  readonly definition: Json;
}

/** Groups of services as documents; what they mean is the services layer's business. */
export class ServiceGroupDocuments {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  async all(): Promise<StoredGroup[]> {
    const rows = await this.database.query
      .selectFrom('service_groups')
      .select(['group_id', 'definition'])
      .orderBy('group_id')
      .execute();
    return rows.map((row) => ({ id: row.group_id, definition: JSON.parse(row.definition) as Json }));
  }

  async save(id: string, definition: unknown, by: string): Promise<void> {
    const row = { definition: JSON.stringify(definition), updated_at: this.now(), updated_by: by };
    await this.database.query
      .insertInto('service_groups')
      .values({ group_id: id, ...row })
      .onConflict((conflict) => conflict.column('group_id').doUpdateSet(row))
      .execute();
  }

  async remove(id: string): Promise<void> {
    await this.database.query.deleteFrom('service_groups').where('group_id', '=', id).execute();
  }
}
