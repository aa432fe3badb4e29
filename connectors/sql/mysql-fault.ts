import { SqlFault } from './session.ts';

/** Deadlock, lock wait timeout, record changed since last read. */
const conflicts = new Set([1213, 1205, 1020]);
/** Query interrupted, max_execution_time, max_statement_time. */
const timeouts = new Set([1317, 3024, 1969]);
/** Access denied, unknown database, host not allowed, wrong plugin. */
const denials = new Set([1044, 1045, 1049, 1130, 1251, 1698]);
/** Server shutdown, connection killed, too many connections, too many of this user. */
const losses = new Set([1053, 1927, 3169, 1040, 1203, 1226]);
/** Out of disk, memory or table space; files that cannot be read; a server that has become read only. */
const breakages = new Set([1021, 1037, 1038, 1041, 1114, 1030, 1290, 1836, 1105]);

/** Turns an error of `mysql2`, or of its socket, into one without values: messages of the server quote them. */
export function mysqlFault(error: unknown): SqlFault {
  if (error instanceof SqlFault) return error;
  const { code, number, sqlState, message } = factsOf(error);
  if (number === undefined || sqlState === undefined) {
    const isDenied = /CERT|SELF_SIGNED|ERR_TLS|HANDSHAKE_NO_SSL|AUTH_SWITCH/.test(code);
    return new SqlFault(isDenied ? 'denied' : 'lost', code || 'the connection ended');
  }
  const facts = { sqlState, code };
  const said = (text: string) => `${text} (${code}, SQLSTATE ${sqlState})`;
  if (conflicts.has(number)) return new SqlFault('conflict', said('another transaction was in the way'), facts);
  if (timeouts.has(number)) return new SqlFault('timeout', said('the database stopped the statement'), facts);
  if (denials.has(number)) return new SqlFault('denied', said('the database does not let us in'), facts);
  if (losses.has(number) || sqlState.startsWith('08')) {
    return new SqlFault('lost', said('the database cut the connection'), facts);
  }
  if (breakages.has(number)) return new SqlFault('failed', said('the database failed'), facts);
  if (sqlState.startsWith('23'))
    return new SqlFault('rejected', said('a constraint of the database is violated'), facts);
  if (sqlState.startsWith('22')) return new SqlFault('rejected', said('a value does not fit its type'), facts);
  if (sqlState === '45000') return new SqlFault('rejected', said('the database raised an error of its own'), facts);
  // Syntax, unknown column, unknown table: what the message quotes is the statement, in which there are no values.
  const detail = [1064, 1054, 1146].includes(number) ? `: ${message.slice(0, 200)}` : '';
  return new SqlFault('rejected', said(`the database refused the statement${detail}`), facts);
}

function factsOf(error: unknown): {
  code: string;
  number: number | undefined;
  sqlState: string | undefined;
  message: string;
} {
  if (!(error instanceof Error)) return { code: '', number: undefined, sqlState: undefined, message: '' };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    number: 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined,
    sqlState: 'sqlState' in error && typeof error.sqlState === 'string' ? error.sqlState : undefined,
    message: error.message,
  };
}
