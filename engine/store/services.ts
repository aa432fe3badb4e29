import type { Json } from '../errors.ts';
import type { Database } from './database.ts';

/** Service descriptions as documents; what they mean is the services layer's business. */
export class ServiceDocuments {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  async all(): Promise<Json[]> {
    const rows = await this.database.query.selectFrom('services').select('definition').orderBy('service_id').execute();
    return rows.map((row) => JSON.parse(row.definition) as Json);
  }

  async save(serviceId: string, definition: unknown): Promise<void> {
    const row = { definition: JSON.stringify(definition), updated_at: this.now() };
    await this.database.query
      .insertInto('services')
      .values({ service_id: serviceId, ...row })
      .onConflict((conflict) => conflict.column('service_id').doUpdateSet(row))
      .execute();
  }

  async remove(serviceId: string): Promise<void> {
    await this.database.query.deleteFrom('services').where('service_id', '=', serviceId).execute();
  }
}
