import type { Client, ClientConfig, CustomTypesConfig, QueryConfig } from 'pg';
import type { Json } from '../sdk/index.ts';
import { postgresFault } from './postgres-fault.ts';
import { readerOf } from './postgres-values.ts';
import type { Server } from './server.ts';
import { type Bound, type Limits, type Session, SqlFault, type Table } from './session.ts';
import { TableReader } from './table-reader.ts';

/** Past the deadline, the database stops a statement by itself: for the case that this process is gone. */
const GRACE_MS = 2_000;

type Library = typeof import('pg')['default'];

const types: CustomTypesConfig = {
  // biome-ignore lint/suspicious/noExplicitAny: the library's own signature
  getTypeParser: (oid: number): any => readerOf(oid),
};

/** @throws {SqlFault} `lost` or `denied` */
export async function openPostgres(server: Server): Promise<Session> {
  const { default: library } = await import('pg');
  const client = new library.Client(configOf(server));
  client.on('error', () => {});
  try {
    await client.connect();
    const readOnly = server.readOnly ? '; SET default_transaction_read_only = on' : '';
    await client.query(`SET DateStyle = ISO; SET IntervalStyle = iso_8601${readOnly}`);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new PostgresSession(library, client, rows[0]?.pid ?? 0, server);
  } catch (error) {
    client.end().catch(() => {});
    throw postgresFault(error);
  }
}

function configOf({ host, port, user, password, database, tls, connectTimeoutMs }: Server): ClientConfig {
  return {
    host,
    port: port ?? 5_432,
    user,
    // A function, because without a password the library would look for one in the environment and in files.
    password: () => password ?? '',
    database,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: 'heddle',
    ssl: tls ? { rejectUnauthorized: true, ...(tls.ca !== undefined && { ca: tls.ca }) } : false,
    types,
  };
}

class PostgresSession implements Session {
  readonly #library: Library;
  readonly #client: Client;
  readonly #pid: number;
  readonly #server: Server;
  isLost = false;

  constructor(library: Library, client: Client, pid: number, server: Server) {
    this.#library = library;
    this.#client = client;
    this.#pid = pid;
    this.#server = server;
    const lose = () => {
      this.isLost = true;
    };
    client.on('error', lose);
    client.on('end', lose);
  }

  ready({ timeoutMs }: Limits): Promise<void> {
    return this.#command(`SET statement_timeout = ${Math.ceil(timeoutMs) + GRACE_MS}`);
  }

  run({ text, values }: Bound, limits: Limits): Promise<Table> {
    const reader = new TableReader(limits);
    return new Promise((resolve, reject) => {
      const config: QueryConfig & { rowMode: 'array'; queryMode: 'extended' } = {
        text,
        values: values.map(parameterOf),
        rowMode: 'array',
        // The simple protocol, which the library takes if there are no values, allows several statements.
        queryMode: 'extended',
        types,
      };
      const query = new this.#library.Query(config);
      query.on('row', (row: unknown) => {
        try {
          reader.add(row as readonly Json[]); // by rowMode, and as readerOf() makes its values
        } catch (error) {
          reject(error);
          // There may be gigabytes to come.
          this.kill();
        }
      });
      query.on('error', (error: unknown) => reject(this.#fault(error)));
      query.on('end', ({ fields, rowCount }) =>
        resolve({ columns: fields.map(({ name }) => name), rows: reader.rows, affected: rowCount ?? 0 }),
      );
      this.#client.query(query);
    });
  }

  begin(): Promise<void> {
    return this.#command('BEGIN');
  }

  commit(): Promise<void> {
    return this.#command('COMMIT');
  }

  rollback(): Promise<void> {
    return this.#command('ROLLBACK');
  }

  kill(): void {
    if (this.isLost) return;
    this.isLost = true;
    // With a query running this cuts the socket; the database would notice only when it has something to say.
    this.#client.end().catch(() => {});
    this.#terminate().catch((error: unknown) => {
      this.#server.warn('a statement could not be stopped in the database', { reason: postgresFault(error).message });
    });
  }

  async #terminate(): Promise<void> {
    const client = new this.#library.Client(configOf(this.#server));
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('SELECT pg_terminate_backend($1)', [this.#pid]);
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    this.isLost = true;
    await this.#client.end().catch(() => {});
  }

  async #command(text: string): Promise<void> {
    try {
      await this.#client.query(text);
    } catch (error) {
      throw this.#fault(error);
    }
  }

  #fault(error: unknown): SqlFault {
    const fault = this.isLost && !(error instanceof SqlFault) ? new SqlFault('lost', 'cut') : postgresFault(error);
    if (fault.kind === 'lost') this.isLost = true;
    return fault;
  }
}

/** The database gives an untyped parameter the type of its place, so text is exact for every type. */
function parameterOf(value: Json): unknown {
  if (value === null || typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item: Json) => parameterOf(item));
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}
