import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Tables } from '../tables.ts';
import { initial } from './001-initial.ts';
import { testCases } from './002-test-cases.ts';
import { governance } from './003-governance.ts';
import { messages } from './004-messages.ts';
import { manyRuns } from './005-many-runs.ts';
import { cancellations } from './006-cancellations.ts';

/** All migrations in order; a new one is one file and one line. */
const migrations = [initial, testCases, governance, messages, manyRuns, cancellations];

/** Brings the schema to the newest version, each migration in a transaction of its own. Does nothing when it is there. */
export async function migrate(database: Database): Promise<void> {
  const db: Kysely<Tables> = database.query;
  const createMeta = db.schema
    .createTable('meta')
    .ifNotExists()
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull());
  await database.atomic([createMeta.compile()]);
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'schema').executeTakeFirst();
  const done = Number(row?.value ?? 0);
  for (const [index, migration] of migrations.entries()) {
    if (index < done) continue;
    const mark = db
      .insertInto('meta')
      .values({ key: 'schema', value: String(index + 1) })
      .onConflict((c) => c.column('key').doUpdateSet({ value: String(index + 1) }));
    await database.atomic([...migration(db), mark.compile()]);
  }
}
