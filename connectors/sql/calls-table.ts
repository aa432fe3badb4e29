import type { Json } from '../sdk/index.ts';
import type { Dialect } from './dialect.ts';
import { type Limits, type Session, SqlFault } from './session.ts';
import { jsonText } from './values.ts';

/** Answers by the key of their call, kept by the transaction that did the work. */
interface CallsTable {
  readonly create: string;
  readonly insert: string;
  readonly read: string;
  readonly keep: string;
}

const tables: Readonly<Record<Dialect, CallsTable>> = {
  postgresql: {
    create:
      'CREATE TABLE heddle_calls (key text PRIMARY KEY, answer text, at timestamptz NOT NULL DEFAULT current_timestamp)',
    insert: 'INSERT INTO heddle_calls (key) VALUES ($1) ON CONFLICT DO NOTHING',
    read: 'SELECT answer FROM heddle_calls WHERE key = $1',
    keep: 'UPDATE heddle_calls SET answer = $1 WHERE key = $2',
  },
  mysql: {
    // Bytes, because texts are equal there that are not the same: in case, accents, blanks at the end.
    create:
      'CREATE TABLE heddle_calls (`key` varbinary(512) PRIMARY KEY, answer longtext CHARACTER SET utf8mb4, at timestamp NOT NULL DEFAULT current_timestamp) ENGINE = InnoDB',
    insert: 'INSERT IGNORE INTO heddle_calls (`key`) VALUES (?)',
    read: 'SELECT answer FROM heddle_calls WHERE `key` = ?',
    keep: 'UPDATE heddle_calls SET answer = ? WHERE `key` = ?',
  },
  sqlite: {
    create:
      'CREATE TABLE heddle_calls (key TEXT PRIMARY KEY, answer TEXT, at TEXT NOT NULL DEFAULT current_timestamp) WITHOUT ROWID',
    insert: 'INSERT INTO heddle_calls (key) VALUES (?) ON CONFLICT DO NOTHING',
    read: 'SELECT answer FROM heddle_calls WHERE key = ?',
    keep: 'UPDATE heddle_calls SET answer = ? WHERE key = ?',
  },
};

/** Makes sure that there is the table, as far as this user may. Not inside a transaction. @throws {SqlFault} */
export async function provideCallsTable(session: Session, dialect: Dialect, limits: Limits): Promise<void> {
  const probe = { text: 'SELECT 1 FROM heddle_calls WHERE 1 = 0', values: [] };
  const isThere = () =>
    session.run(probe, limits).then(
      () => true,
      (error: unknown) => {
        if (error instanceof SqlFault && error.kind === 'rejected') return false;
        throw error;
      },
    );
  if (await isThere()) return;
  try {
    await session.run({ text: tables[dialect].create, values: [] }, limits);
  } catch (error) {
    // Another engine may have been quicker.
    if (!(await isThere())) throw error;
  }
}

/**
 * Takes the key for this transaction. A call with the same key that is under way is waited for.
 *
 * @returns The answer kept under the key, if the call was made before.
 */
export async function takeKey(
  session: Session,
  { dialect, key, limits }: { readonly dialect: Dialect; readonly key: string; readonly limits: Limits },
): Promise<{ readonly answer: Json } | undefined> {
  const { insert, read } = tables[dialect];
  const { affected } = await session.run({ text: insert, values: [key] }, limits);
  if (affected === 1) return undefined;
  const [row] = (await session.run({ text: read, values: [key] }, limits)).rows;
  const text = row?.[0];
  if (typeof text === 'string') return { answer: jsonText(text) };
  throw new SqlFault('conflict', 'the same call is under way');
}

export async function keepAnswer(
  session: Session,
  { dialect, key, limits, answer }: { dialect: Dialect; key: string; limits: Limits; answer: Json },
): Promise<void> {
  await session.run({ text: tables[dialect].keep, values: [JSON.stringify(answer), key] }, limits);
}
