import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, describe, test } from 'vitest';
import { type ContractSubject, connectorContract, type PeerBehaviour, type Received } from '../sdk/contract.ts';
import { PREFIX, type TestDatabase, testDatabase } from './databases.ts';
import { sql } from './index.ts';

const MODE = `${PREFIX}_mode`;
const LOG = `${PREFIX}_log`;
const PEER = `${PREFIX}_peer`;
/** The database itself is the peer: what is called writes down who called, and then behaves as it is told. */
const binding = {
  postgresql: { statement: `SELECT * FROM ${PEER}(:heddle_key, :heddle_attempt, :note)` },
  mysql: { statement: `CALL ${PEER}(:heddle_key, :heddle_attempt, :note)` },
  sqlite: {
    statement: `INSERT INTO ${LOG} (key, attempt, note, pad)
      WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE (SELECT mode FROM ${MODE}) IN ('trickle', 'hang-up'))
      SELECT :heddle_key, CASE (SELECT mode FROM ${MODE}) WHEN 'refuse' THEN NULL ELSE :heddle_attempt END, :note, max(x) FROM n
      RETURNING CASE (SELECT mode FROM ${MODE}) WHEN 'flood' THEN hex(zeroblob(2000000)) ELSE 'ok' END AS answer`,
  },
};

/** Of MySQL the log is a table without transactions; of PostgreSQL what outlives a lost one is a sequence. */
const setUp = {
  postgresql: [
    `CREATE TABLE ${MODE} (mode text)`,
    `CREATE TABLE ${LOG} (id serial, key text, attempt text, note text)`,
    `CREATE FUNCTION ${PEER}(k text, a text, n text) RETURNS SETOF text LANGUAGE plpgsql AS $$
     DECLARE m text := (SELECT mode FROM ${MODE});
     BEGIN
       INSERT INTO ${LOG} (key, attempt, note) VALUES (k, a, n);
       IF m = 'refuse' THEN RAISE EXCEPTION 'no %', n; END IF;
       IF m = 'trickle' THEN PERFORM pg_sleep(30); END IF;
       IF m = 'hang-up' THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF;
       IF m = 'flood' THEN RETURN QUERY SELECT repeat('x', 100000) FROM generate_series(1, 80); END IF;
       RETURN NEXT 'ok';
     END $$`,
  ],
  mysql: [
    `CREATE TABLE ${MODE} (mode varchar(20))`,
    `CREATE TABLE ${LOG} (id int AUTO_INCREMENT PRIMARY KEY, \`key\` text, attempt text, note text) ENGINE = MyISAM CHARACTER SET utf8mb4`,
    `CREATE PROCEDURE ${PEER}(k text, a text, n text CHARACTER SET utf8mb4)
     BEGIN
       INSERT INTO ${LOG} (\`key\`, attempt, note) VALUES (k, a, n);
       CASE (SELECT mode FROM ${MODE})
         WHEN 'refuse' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no';
         WHEN 'trickle' THEN SELECT SLEEP(30);
         WHEN 'hang-up' THEN KILL CONNECTION_ID();
         WHEN 'flood' THEN SELECT repeat('x', 8000000) AS answer;
         ELSE SELECT 'ok' AS answer;
       END CASE;
     END`,
  ],
  sqlite: [
    `CREATE TABLE ${MODE} (mode TEXT)`,
    `CREATE TABLE ${LOG} (id INTEGER PRIMARY KEY, key TEXT, attempt TEXT NOT NULL, note TEXT, pad)`,
  ],
};

/** The contract asks at once, not by a promise, so the database's own program answers. */
function query({ dialect, folder }: TestDatabase, text: string): string[] {
  if (dialect === 'sqlite') {
    const database = new DatabaseSync(join(folder ?? '', 'test.db'), { timeout: 2_000 });
    try {
      return database
        .prepare(text)
        .all()
        .map((row) => Object.values(row).join('\t'));
    } finally {
      database.close();
    }
  }
  const [program, ...options] =
    dialect === 'mysql'
      ? ['mysql', '-h127.0.0.1', '-uroot', '-N', 'test', '-e', text]
      : ['psql', '-h127.0.0.1', '-Uroot', '-qAt', '-F\t', 'test', '-c', text];
  const output = execFileSync(program ?? '', options, { encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

async function subjectOf(database: TestDatabase): Promise<ContractSubject> {
  const { dialect, config, unreachableConfig, ask } = database;
  const drop = () =>
    ask(
      ...(dialect === 'postgresql' ? [`DROP FUNCTION IF EXISTS ${PEER}`] : []),
      ...(dialect === 'mysql' ? [`DROP PROCEDURE IF EXISTS ${PEER}`] : []),
      `DROP TABLE IF EXISTS ${LOG}`,
      `DROP TABLE IF EXISTS ${MODE}`,
    );
  await drop();
  await ask(...setUp[dialect], `INSERT INTO ${MODE} VALUES ('answer')`);
  let behaviour: PeerBehaviour = 'answer';
  let from = 0;
  const killer = dialect === 'sqlite' ? killBusyProcesses(() => behaviour === 'hang-up') : undefined;

  function all(): Received[] {
    if (behaviour === 'hang-up' && dialect !== 'mysql') {
      const count = killer?.count() ?? Number(query(database, `SELECT last_value FROM ${LOG}_id_seq`)[0]);
      return Array.from({ length: count }, () => ({ idempotencyKey: undefined, attempt: undefined }));
    }
    const name = dialect === 'mysql' ? '`key`' : 'key';
    return query(database, `SELECT ${name}, attempt FROM ${LOG} ORDER BY id`).map((line) => {
      const [idempotencyKey, attempt] = line.split('\t');
      return { idempotencyKey, attempt };
    });
  }

  return {
    connector: sql,
    ...(database.folder !== undefined && { folder: database.folder }),
    config,
    unreachableConfig,
    badConfigs: [
      { config: {}, pointer: '' },
      { config: { dialect: 'oracle' }, pointer: '/dialect' },
      { config: { dialect: 'postgresql' }, pointer: '/url' },
      { config: { dialect: 'postgresql', url: 'postgresql://u:secret@h/d' }, pointer: '/url' },
      { config: { dialect: 'mysql', url: 'mysql://u@h/d?flags=LOCAL_FILES' }, pointer: '/url' },
      { config: { dialect: 'mysql', url: 'mysql://h/d' }, pointer: '/url' },
      { config: { dialect: 'sqlite', file: '../../etc/passwd' }, pointer: '/file' },
      { config: { dialect: 'sqlite', file: '/etc/passwd' }, pointer: '/file' },
      { config: { dialect: 'sqlite', file: 'file:x?mode=rwc' }, pointer: '/file' },
      { config: { dialect: 'sqlite', file: 'a.db', password: { secret: 'X' } }, pointer: '/password' },
    ],
    binding: binding[dialect],
    input: { note: 'a' },
    hostileInputs: ["'); DROP TABLE x; --", '\\', '\u0000', '张三 😀', '\ud800', '$1 :heddle_key ?', '"`'].map(
      (note) => ({
        note,
      }),
    ),
    peer: {
      behave(next) {
        behaviour = 'answer';
        from = next === 'hang-up' ? 0 : all().length;
        behaviour = next;
        query(database, `UPDATE ${MODE} SET mode = '${next}'`);
      },
      received: () => all().slice(from),
    },
    async close() {
      killer?.stop();
      await drop();
    },
  };
}

/** Kills processes of SQLite that have computed for a while; they have no server that could. */
function killBusyProcesses(isWanted: () => boolean): { count(): number; stop(): void } {
  let count = 0;
  const usage = new Map<number, number>();
  const timer = setInterval(() => {
    if (!isWanted()) return;
    for (const pid of childrenOf(process.pid)) {
      const ticks = ticksOf(pid);
      const before = usage.get(pid);
      usage.set(pid, before ?? ticks);
      if (before === undefined || ticks < before + 150) continue;
      usage.delete(pid);
      count += 1;
      process.kill(pid, 'SIGKILL');
    }
  }, 20);
  return { count: () => count, stop: () => clearInterval(timer) };
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Hundredths of a second of CPU. */
function ticksOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[11] ?? 0);
}

for (const dialect of ['postgresql', 'mysql', 'sqlite'] as const) {
  const database = await testDatabase(dialect);
  afterAll(() => database?.close());
  describe.skipIf(database === undefined)(dialect, () => {
    // Declared without a server too, so that what is skipped is counted.
    connectorContract({ describe, test }, `sql (${dialect})`, async () => {
      if (!database) throw new Error(`${dialect} cannot be reached`);
      return subjectOf(database);
    });
  });
}
