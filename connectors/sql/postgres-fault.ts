import { SqlFault } from './session.ts';

/** What is said of a class of SQLSTATE. The database's own words are kept to those that cannot hold values. */
const classes: Readonly<Record<string, string>> = {
  '21': 'the number of rows or columns does not fit',
  '22': 'a value does not fit its type',
  '23': 'a constraint of the database is violated',
  '25': 'the transaction does not allow it',
  '42': 'the statement is not valid',
  '44': 'a row does not fit its view',
  P0: 'the database raised an error of its own',
};

/** Turns an error of `pg`, or of its socket, into one without values. */
export function postgresFault(error: unknown): SqlFault {
  if (error instanceof SqlFault) return error;
  const { code, message, constraint } = factsOf(error);
  // Only the database has SQLSTATEs; those of sockets are words such as ECONNREFUSED, EPIPE.
  if (!/^[0-9A-Z]{5}$/.test(code) || /^E[A-Z]{4}$/.test(code)) {
    return new SqlFault(
      code.startsWith('ERR_TLS') || /CERT|SELF_SIGNED/.test(code) ? 'denied' : 'lost',
      socketReason(code, message),
    );
  }
  const facts = { sqlState: code, ...(constraint !== undefined && { constraint }) };
  const family = code.slice(0, 2);
  const said = (text: string) => `${text} (SQLSTATE ${code}${constraint === undefined ? '' : `, ${constraint}`})`;
  if (code === '40001' || code === '40P01' || code === '55P03') {
    return new SqlFault('conflict', said('another transaction was in the way'), facts);
  }
  if (code === '57014') return new SqlFault('timeout', said('the database stopped the statement'), facts);
  if (code === '53300') return new SqlFault('lost', said('the database has no connection free'), facts);
  if (code === '40003' || family === '08' || family === '57')
    return new SqlFault('lost', said('the database cut the connection'), facts);
  if (family === '28' || code === '3D000')
    return new SqlFault('denied', said('the database does not let us in'), facts);
  if (['53', '54', '58', 'XX'].includes(family)) return new SqlFault('failed', said('the database failed'), facts);
  // Of these the message names what stands in the statement, in which there are no values.
  const detail = family === '42' ? `: ${message.slice(0, 200)}` : '';
  return new SqlFault('rejected', said(`${classes[family] ?? 'the database refused the statement'}${detail}`), facts);
}

function factsOf(error: unknown): { code: string; message: string; constraint: string | undefined } {
  if (!(error instanceof Error)) return { code: '', message: String(error), constraint: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const constraint = 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined;
  return { code, message: error.message, constraint };
}

function socketReason(code: string, message: string): string {
  if (code !== '') return code;
  return /timeout/i.test(message) ? 'no connection in time' : 'the connection ended';
}
