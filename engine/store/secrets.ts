import type { Database } from './database.ts';

/** A secret as it is kept: sealed. */
export interface StoredSecret {
  readonly name: string;
  /** Which ciphers sealed it, and with which key. */
  readonly suite: string;
  readonly keyId: string;
  readonly sealed: string;
  /** Where it may be sent, by service id. */
  readonly grants: { readonly [serviceId: string]: string };
  /** Epoch ms. */
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** Sealed secrets; opening them is not the store's business. */
export class Secrets {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  async all(): Promise<StoredSecret[]> {
    const rows = await this.database.query.selectFrom('secrets').selectAll().orderBy('name').execute();
    return rows.map((row) => ({
      name: row.name,
      suite: row.suite,
      keyId: row.key_id,
      sealed: row.sealed,
      grants: JSON.parse(row.grants),
      updatedAt: row.updated_at,
      updatedBy: row.updated_by,
    }));
  }

  /** Durable when it resolves. @returns what was kept, with its time */
  async save(secret: StoredSecret): Promise<StoredSecret> {
    const updatedAt = this.now();
    const row = {
      suite: secret.suite,
      key_id: secret.keyId,
      sealed: secret.sealed,
      grants: JSON.stringify(secret.grants),
      updated_at: updatedAt,
      updated_by: secret.updatedBy,
    };
    await this.database.query
      .insertInto('secrets')
      .values({ name: secret.name, ...row })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
    return { ...secret, updatedAt };
  }

  async remove(name: string): Promise<void> {
    await this.database.query.deleteFrom('secrets').where('name', '=', name).execute();
  }
}
