import { existsSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import {
  type CallContext,
  type ConnectorHost,
  createDeadlines,
  defineConnector,
  type Json,
  refused,
  secretOf,
  tlsOf,
} from '../sdk/index.ts';
import { provideCallsTable } from './calls-table.ts';
import { judge } from './judge.ts';
import { openMysql } from './mysql.ts';
import { perform } from './perform.ts';
import { type Plan, planOf } from './plan.ts';
import { Pool } from './pool.ts';
import { openPostgres } from './postgres.ts';
import { Binding, Config, checkBinding, checkConfig } from './schemas.ts';
import type { Server } from './server.ts';
import { type Limits, type Session, SqlFault } from './session.ts';
import { openSqlite } from './sqlite.ts';

const CHECK_MS = 3_000;
const START_MS = 10_000;

/** PostgreSQL, MariaDB and MySQL, SQLite: a statement, or several in one transaction, as an operation. */
export const sql = defineConnector({
  protocol: 'sql',
  title: { en: 'SQL database', zh: 'SQL 数据库' },
  config: Config,
  binding: Binding,
  checkConfig,
  checkBinding,
  destination: ({ dialect, url, file }) => `${dialect} ${url ?? file ?? ''}`,
  open: async (config, host) => {
    const { dialect } = config;
    const pool = new Pool(opener(config, host), config.maxConnections ?? (dialect === 'sqlite' ? 1 : 10));
    const plans = new WeakMap<Binding, Plan>();
    let hasCallsTable = false;

    function planFor(binding: Binding): Plan {
      const plan = plans.get(binding) ?? planOf(binding, dialect);
      plans.set(binding, plan);
      return plan;
    }

    async function prepare(session: Session, limits: Limits): Promise<void> {
      if (hasCallsTable) return;
      await provideCallsTable(session, dialect, limits);
      hasCallsTable = true;
    }

    async function acquire(deadline: CallContext['deadline']): Promise<Session> {
      try {
        return await pool.acquire(deadline);
      } catch (error) {
        throw judge(error, 'unsent');
      }
    }

    // A process starts more slowly than a socket connects: not at the cost of the first call.
    if (dialect === 'sqlite') pool.release(await acquire(createDeadlines().start(START_MS)));

    return {
      async call({ binding, input }, context) {
        const { plan, bound } = preparedCall(() => planFor(binding), input, context);
        const session = await acquire(context.deadline);
        try {
          return { body: await perform(session, { dialect, plan, bound, context, prepare }) };
        } finally {
          pool.release(session);
        }
      },
      close: () => pool.close(),
      async check() {
        const session = await acquire(createDeadlines().start(CHECK_MS));
        try {
          await session.run({ text: 'SELECT 1', values: [] }, { maxRows: 1, maxBytes: 1_000, timeoutMs: CHECK_MS });
        } catch (error) {
          throw judge(error, 'unsent');
        } finally {
          pool.release(session);
        }
      },
    };
  },
});

function preparedCall(plan: () => Plan, input: Json, context: CallContext) {
  const { idempotencyKey, attempt, serialNumber } = context;
  if (/\p{Cc}/u.test(idempotencyKey) || Buffer.byteLength(idempotencyKey) > 512) {
    throw refused('the idempotency key has control characters, or more than 512 bytes');
  }
  const given = { heddle_key: idempotencyKey, heddle_attempt: attempt, heddle_serial: serialNumber ?? null };
  try {
    const planned = plan();
    return { plan: planned, bound: planned.bind(input, given) };
  } catch (error) {
    throw judge(error, 'unsent');
  }
}

function opener(config: Config, host: ConnectorHost): () => Promise<Session> {
  const readOnly = config.readOnly ?? false;
  if (config.dialect === 'sqlite') {
    return async () => openSqlite({ path: sqlitePath(config.file ?? '', host.folder), readOnly });
  }
  const server = serverOf(config, host, readOnly);
  return () => (config.dialect === 'mysql' ? openMysql(server) : openPostgres(server));
}

function serverOf(config: Config, host: ConnectorHost, readOnly: boolean): Server {
  const url = new URL(config.url ?? '');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? undefined : Number(url.port),
    user: decodeURIComponent(url.username),
    password: config.password && secretOf(host, config.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    tls: config.tls && tlsOf(host, config.tls),
    readOnly,
    connectTimeoutMs: config.connectTimeoutMs ?? 3_000,
    warn: host.warn,
  };
}

/** Whoever may describe services may not thereby read any file of the machine: the folder is the operator's to name. */
function sqlitePath(file: string, folder: string | undefined): string {
  if (file === ':memory:') return file;
  if (folder === undefined) {
    throw refused('HEDDLE_SQLITE_FOLDER is not set, so there is no folder that SQLite files may be in');
  }
  const path = join(folder, file);
  if (!existsSync(path)) throw new SqlFault('lost', `there is no file ${file} in the folder of HEDDLE_SQLITE_FOLDER`);
  // A link could lead out of the folder.
  if (!realpathSync(path).startsWith(realpathSync(folder) + sep))
    throw refused(`the file ${file} lies outside the folder`);
  return path;
}
