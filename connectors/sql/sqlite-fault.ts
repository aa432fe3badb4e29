import { SqlFault } from './session.ts';

/** Primary result codes: the lower byte of the extended ones. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const MISMATCH = 20;
const NOTADB = 26;
/** Internal, permission, out of memory, I/O, corrupt, full. */
const breakages = new Set([2, 3, 7, 10, 11, 13]);

/** Messages that quote names of the statement or of the schema, and nothing else. */
const harmless =
  /^(?:near ".{0,100}": syntax error|no such (?:table|column|function): [\w.]+|incomplete input|(?:UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed(?:: [\w., ]+)?|table \w+ has .*)$/;

/** Turns an error of SQLite into one without values. */
export function sqliteFault(error: unknown): SqlFault {
  if (error instanceof SqlFault) return error;
  const message = error instanceof Error ? error.message : '';
  const extended =
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined;
  if (extended === undefined) return new SqlFault('rejected', 'the database refused the statement');
  const facts = { code: `SQLITE_${extended}` };
  const primary = extended & 0xff;
  const said = (text: string) => `${text} (SQLite code ${extended})${harmless.test(message) ? `: ${message}` : ''}`;
  if (primary === BUSY || primary === LOCKED)
    return new SqlFault('conflict', said('another writer was in the way'), facts);
  if (primary === CANTOPEN) return new SqlFault('lost', said('the file cannot be opened'), facts);
  if (primary === NOTADB) return new SqlFault('denied', said('the file is no database'), facts);
  if (primary === CONSTRAINT) return new SqlFault('rejected', said('a constraint of the database is violated'), facts);
  if (primary === MISMATCH) return new SqlFault('rejected', said('a value does not fit its type'), facts);
  if (primary === READONLY) return new SqlFault('rejected', said('the database is read only'), facts);
  if (breakages.has(primary)) return new SqlFault('failed', said('the database failed'), facts);
  return new SqlFault('rejected', said('the database refused the statement'), facts);
}
