import type { Connection, ConnectionOptions, FieldPacket } from 'mysql2';
import type { Json } from '../sdk/index.ts';
import { mysqlFault } from './mysql-fault.ts';
import { readRow } from './mysql-values.ts';
import type { Server } from './server.ts';
import { type Bound, type Limits, type Session, SqlFault, type Table } from './session.ts';
import { TableReader } from './table-reader.ts';

/** Past the deadline, the database stops a statement by itself: for the case that this process is gone. */
const GRACE_MS = 2_000;

type Library = typeof import('mysql2');

/** @throws {SqlFault} `lost` or `denied` */
export async function openMysql(server: Server): Promise<Session> {
  const library = await import('mysql2');
  const connection = await connect(library, server);
  const session = new MysqlSession(library, connection, server);
  if (server.readOnly) await session.command('SET SESSION TRANSACTION READ ONLY');
  return session;
}

function connect(library: Library, server: Server): Promise<Connection> {
  const connection = library.createConnection(optionsOf(server));
  return new Promise((resolve, reject) => {
    connection.on('error', () => {});
    connection.connect((error) => {
      if (!error) return resolve(connection);
      connection.destroy();
      reject(mysqlFault(error));
    });
  });
}

function optionsOf({ host, port, user, password, database, tls, connectTimeoutMs }: Server): ConnectionOptions {
  return {
    host,
    port: port ?? 3_306,
    user,
    password: password ?? '',
    database,
    connectTimeout: connectTimeoutMs,
    enableKeepAlive: true,
    maxPreparedStatements: 100,
    // A server could else ask this process for its files.
    flags: ['-LOCAL_FILES'],
    dateStrings: true,
    supportBigNumbers: true,
    jsonStrings: true,
    ...(tls && { ssl: { rejectUnauthorized: true, ...(tls.ca !== undefined && { ca: tls.ca }) } }),
  };
}

class MysqlSession implements Session {
  readonly #library: Library;
  readonly #connection: Connection;
  readonly #server: Server;
  /** Ends what is running: the library tells the loss of a connection to the connection only. */
  #abandon: ((fault: SqlFault) => void) | undefined;
  isLost = false;

  constructor(library: Library, connection: Connection, server: Server) {
    this.#library = library;
    this.#connection = connection;
    this.#server = server;
    connection.on('error', (error) => this.#lose(mysqlFault(error)));
    connection.on('end', () => this.#lose(new SqlFault('lost', 'the connection ended')));
  }

  ready({ timeoutMs }: Limits): Promise<void> {
    const capMs = Math.ceil(timeoutMs) + GRACE_MS;
    // MySQL itself knows a limit for SELECT only.
    return this.command(
      `SET SESSION /*M! max_statement_time = ${capMs / 1_000} */ /*!50704 max_execution_time = ${capMs} */`,
    );
  }

  run({ text, values }: Bound, limits: Limits): Promise<Table> {
    const reader = new TableReader(limits);
    let fields: readonly FieldPacket[] | undefined;
    let affected = 0;
    return this.#running((resolve, reject) => {
      const execution = this.#connection.execute({ sql: text, rowsAsArray: true, values: values.map(parameterOf) });
      execution.on('fields', (given: readonly FieldPacket[] | undefined) => {
        if (given && fields) {
          reject(new SqlFault('unreadable', 'the statement answers several tables'));
          this.kill();
        }
        fields ??= given;
      });
      execution.on('result', (row: unknown) => {
        if (!Array.isArray(row)) {
          affected += affectedOf(row);
          return;
        }
        try {
          reader.add(readRow(row, fields ?? []));
        } catch (error) {
          reject(error);
          // There may be gigabytes to come.
          this.kill();
        }
      });
      execution.on('error', (error: unknown) => reject(mysqlFault(error)));
      execution.on('end', () =>
        resolve({ columns: (fields ?? []).map(({ name }) => name), rows: reader.rows, affected }),
      );
    });
  }

  begin(): Promise<void> {
    return this.command('START TRANSACTION');
  }

  commit(): Promise<void> {
    return this.command('COMMIT');
  }

  rollback(): Promise<void> {
    return this.command('ROLLBACK');
  }

  command(text: string): Promise<void> {
    return this.#running((resolve, reject) => {
      this.#connection.query(text, (error: unknown) => (error ? reject(mysqlFault(error)) : resolve()));
    });
  }

  kill(): void {
    if (this.isLost) return;
    const { threadId } = this.#connection;
    this.#lose(new SqlFault('lost', 'cut'));
    this.#connection.destroy();
    this.#terminate(threadId).catch((error: unknown) => {
      this.#server.warn('a statement could not be stopped in the database', { reason: mysqlFault(error).message });
    });
  }

  async #terminate(threadId: number): Promise<void> {
    const connection = await connect(this.#library, this.#server);
    // The thread may have ended by itself, which is as good.
    await new Promise<void>((resolve) => connection.query(`KILL ${Math.trunc(threadId)}`, () => resolve()));
    connection.destroy();
  }

  close(): Promise<void> {
    const wasLost = this.isLost;
    this.isLost = true;
    if (wasLost) return Promise.resolve();
    return new Promise((resolve) => this.#connection.end(() => resolve()));
  }

  #running<Value>(start: (resolve: (value: Value) => void, reject: (error: unknown) => void) => void): Promise<Value> {
    if (this.isLost) return Promise.reject(new SqlFault('lost', 'the connection ended'));
    return new Promise<Value>((resolve, reject) => {
      this.#abandon = reject;
      start(resolve, (error) => {
        if (error instanceof SqlFault && error.kind === 'lost') this.isLost = true;
        reject(error);
      });
    }).finally(() => {
      this.#abandon = undefined;
    });
  }

  #lose(fault: SqlFault): void {
    this.isLost = true;
    this.#abandon?.(fault.kind === 'lost' ? fault : new SqlFault('lost', fault.message));
  }
}

function affectedOf(header: unknown): number {
  const isHeader = typeof header === 'object' && header !== null && 'affectedRows' in header;
  return isHeader && typeof header.affectedRows === 'number' ? header.affectedRows : 0;
}

function parameterOf(value: Json): string | number | boolean | null {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
