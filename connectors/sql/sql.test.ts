import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  type CallContext,
  type CallError,
  type Connection,
  createDeadlines,
  type Json,
} from '../sdk/index.ts';
import { PREFIX, testDatabase } from './databases.ts';
import { dialects } from './dialect.ts';
import { sql } from './index.ts';

const deadlines = createDeadlines();
const databases = new Map(await Promise.all(dialects.map(async (name) => [name, await testDatabase(name)] as const)));
afterAll(async () => {
  for (const connection of open.values()) await connection.close();
  for (const database of databases.values()) await database?.close();
});

type Bound = { readonly [key: string]: Json };
type Call = (binding: Bound, input?: Json, context?: Partial<CallContext>) => Promise<Answer>;

const open = new Map<string, Connection>();
/** Of the database that has one: SQLite. */
let folder: string | undefined;

/** A connection of the connector with this configuration. */
async function connect(config: Bound): Promise<{ readonly call: Call; check(): Promise<void> }> {
  const key = JSON.stringify(config);
  // Kept from test to test, because a process of SQLite takes a second to start from source.
  const connection =
    open.get(key) ??
    (await sql.open(config, { secret: () => undefined, warn() {}, ...(folder !== undefined && { folder }) }));
  open.set(key, connection);
  return {
    call(binding, input = {}, context = {}) {
      expect(sql.bindingProblems(binding)).toEqual([]);
      return connection.call(
        { operation: 'x', binding, input },
        { idempotencyKey: 'k', attempt: 1, deadline: deadlines.start(5_000), maxResponseBytes: 1_000_000, ...context },
      );
    },
    check: async () => connection.check?.(),
  };
}

async function failure(calling: Promise<unknown>): Promise<CallError> {
  return calling.then(
    (value) => expect.fail(`it succeeded: ${JSON.stringify(value)}`),
    (error: CallError) => error,
  );
}

const ACCOUNT = `${PREFIX}_account`;
const bodyOf = async (calling: Promise<Answer>) => (await calling).body;

describe.each([...databases])('%s', (dialect, database) => {
  describe.skipIf(database === undefined)('the connector', () => {
    const { config = {}, ask = async () => [] } = database ?? {};
    folder = database?.folder ?? folder;
    const drop = () => ask(`DROP TABLE IF EXISTS ${ACCOUNT}`, 'DROP TABLE IF EXISTS heddle_calls');
    const balances = async () =>
      (await ask(`SELECT no, balance FROM ${ACCOUNT} ORDER BY no`)).map((row) => row.map(String));
    const move = {
      statements: [
        `UPDATE ${ACCOUNT} SET balance = balance - :amount WHERE no = :source`,
        `UPDATE ${ACCOUNT} SET balance = balance + :amount WHERE no = :target`,
      ],
      result: 'affected',
    };

    beforeAll(drop);
    beforeEach(async () => {
      await ask(
        `DROP TABLE IF EXISTS ${ACCOUNT}`,
        `CREATE TABLE ${ACCOUNT} (no varchar(40) PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))`,
        `INSERT INTO ${ACCOUNT} VALUES ('a', 100), ('b', 0)`,
      );
    });
    afterAll(drop);

    test('answers rows, the first row or the number of rows written', async () => {
      const { call, check } = await connect(config);
      await check();
      const statement = `SELECT no, balance FROM ${ACCOUNT} WHERE balance >= :least ORDER BY no`;
      const a = { no: 'a', balance: 100 };
      expect(await bodyOf(call({ statement }, { least: 0 }))).toEqual([a, { no: 'b', balance: 0 }]);
      expect(await bodyOf(call({ statement, result: 'first' }, { least: 1 }))).toEqual(a);
      expect(await bodyOf(call({ statement, result: 'first' }, { least: 101 }))).toBeNull();
      const none = await failure(call({ statement, result: 'first', whenNone: 'error' }, { least: 101 }));
      expect(none).toMatchObject({ kind: 'rejected', retryable: false, mayHaveActed: false });
      const update = { statement: `UPDATE ${ACCOUNT} SET balance = :to`, result: 'affected' };
      expect(await bodyOf(call(update, { to: 7 }))).toEqual({ affected: 2 });
    });

    test.each(["x' OR '1'='1", "'; DROP TABLE account; --", '\\', '张三 😀', '$1 ? :no', '%', '"`'])(
      'takes %s for what it is: a value',
      async (no) => {
        const { call } = await connect(config);
        const found = await bodyOf(call({ statement: `SELECT no FROM ${ACCOUNT} WHERE no = :no` }, { no }));
        expect(found).toEqual([]);
        await call({ statement: `INSERT INTO ${ACCOUNT} VALUES (:no, 1)`, result: 'affected' }, { no });
        expect(await bodyOf(call({ statement: `SELECT no FROM ${ACCOUNT} WHERE balance = 1` }))).toEqual([{ no }]);
      },
    );

    test('limits by a parameter, and takes null and truth', async () => {
      const { call } = await connect(config);
      const rows = await bodyOf(call({ statement: `SELECT no FROM ${ACCOUNT} ORDER BY no LIMIT :n` }, { n: 1 }));
      expect(rows).toEqual([{ no: 'a' }]);
      const input = { no: null, yes: true };
      const picked = { statement: `SELECT no FROM ${ACCOUNT} WHERE :yes AND no = coalesce(:no, 'b')`, result: 'first' };
      expect(await bodyOf(call(picked, input))).toEqual({ no: 'b' });
    });

    test('keeps whole numbers exact in both directions', async () => {
      const { call } = await connect(config);
      const balance = '9007199254740993';
      await call({ statement: `UPDATE ${ACCOUNT} SET balance = :balance`, result: 'affected' }, { balance });
      const first = { statement: `SELECT balance FROM ${ACCOUNT} WHERE balance = :balance`, result: 'first' };
      expect(await bodyOf(call(first, { balance }))).toEqual({ balance });
    });

    test('does all statements or none', async () => {
      const { call } = await connect(config);
      expect(await bodyOf(call(move, { amount: 30, source: 'a', target: 'b' }))).toEqual({ affected: 1 });
      const statements = [...move.statements].reverse();
      const error = await failure(call({ ...move, statements }, { amount: 713_713, source: 'a', target: 'b' }));
      expect(error).toMatchObject({ kind: 'rejected', retryable: false, mayHaveActed: false });
      expect(error.message).not.toMatch(/713713/);
      expect(await balances()).toEqual([
        ['a', '70'],
        ['b', '30'],
      ]);
      // The connection is fit for the next call.
      await call(move, { amount: 1, source: 'a', target: 'b' });
    });

    test('a repeated key gives the kept answer and acts once, also with several at the same time', async () => {
      const { call } = await connect({ ...config, maxConnections: dialect === 'sqlite' ? 2 : 4 });
      const once = { ...move, idempotencyTable: true };
      const input = { amount: 10, source: 'a', target: 'b' };
      const again = () => ({ idempotencyKey: 'run-1:/move#1', deadline: deadlines.start(15_000) });
      const calls = [1, 2, 3, 4].map(() => bodyOf(call(once, input, again())));
      expect(await Promise.all(calls)).toEqual(calls.map(() => ({ affected: 1 })));
      await call(once, input, { idempotencyKey: 'run-1:/move#1 ' });
      expect(await balances()).toEqual([
        ['a', '80'],
        ['b', '20'],
      ]);
    });

    test('another pool that repeats the key, as after a crash, gets the answer and acts no second time', async () => {
      const once = { ...move, idempotencyTable: true };
      const input = { amount: 10, source: 'a', target: 'b' };
      const [before, after] = [await connect(config), await connect({ ...config, connectTimeoutMs: 2_999 })];
      const context = { idempotencyKey: 'run-3' };
      // Cut in the middle of its transaction: nothing is kept.
      await failure(before.call(once, input, { ...context, deadline: deadlines.start(0) }));
      const stuck = { ...once, statements: [...move.statements, SLEEPY[dialect]] };
      await failure(before.call(stuck, input, { ...context, deadline: deadlines.start(300) }));
      expect(await bodyOf(before.call(once, input, context))).toEqual({ affected: 1 });
      expect(await bodyOf(after.call(once, input, { ...context, attempt: 2 }))).toEqual({ affected: 1 });
      expect(await balances()).toEqual([
        ['a', '90'],
        ['b', '10'],
      ]);
    });

    test('a call that failed keeps no key, so that it can be made again', async () => {
      const { call } = await connect(config);
      const once = { ...move, idempotencyTable: true };
      const context = { idempotencyKey: 'run-2' };
      await failure(call(once, { amount: 1_000, source: 'a', target: 'b' }, context));
      expect(await bodyOf(call(once, { amount: 1, source: 'a', target: 'b' }, context))).toEqual({ affected: 1 });
      expect((await balances())[0]).toEqual(['a', '99']);
    });

    test('more rows or bytes than allowed are an error, never a cut', async () => {
      const { call } = await connect(config);
      const statement = `SELECT no FROM ${ACCOUNT}`;
      expect(await bodyOf(call({ statement, maxRows: 2 }))).toHaveLength(2);
      expect(await failure(call({ statement, maxRows: 1 }))).toMatchObject({ kind: 'too-large', retryable: false });
      expect(await failure(call({ statement }, {}, { maxResponseBytes: 6 }))).toMatchObject({ kind: 'too-large' });
      expect(await bodyOf(call({ statement, maxRows: 2 }))).toHaveLength(2);
    });

    test('a statement that the database cannot take is not retryable, and nothing was done', async () => {
      const { call } = await connect(config);
      const error = await failure(call({ statement: 'SELEC :secret' }, { secret: 'top-secret' }));
      expect(error).toMatchObject({ kind: 'rejected', retryable: false, mayHaveActed: false });
      const twice = { statement: `INSERT INTO ${ACCOUNT} VALUES (:no, 1)` };
      await call(twice, { no: 'top-secret' });
      const duplicate = await failure(call(twice, { no: 'top-secret' }));
      expect(duplicate).toMatchObject({ kind: 'rejected', retryable: false, mayHaveActed: false });
      expect(JSON.stringify([error, error.message, duplicate, duplicate.message])).not.toMatch(/top-secret/);
    });

    test.each([
      { input: {}, reason: /no is missing/ },
      { input: { no: 'a', nu: 'b' }, reason: /no statement has a place for the input field nu/ },
      { input: { no: 'a\u0000' }, reason: /NUL/ },
      { input: { no: '\ud800' }, reason: /Unicode/ },
      { input: [], reason: /object/ },
    ])('refuses the input $input before anything is sent', async ({ input, reason }) => {
      const { call } = await connect(config);
      const error = await failure(call({ statement: `DELETE FROM ${ACCOUNT} WHERE no = :no` }, input));
      expect(error).toMatchObject({ kind: 'refused', retryable: false, mayHaveActed: false });
      expect(error.message).toMatch(reason);
      expect(await balances()).toHaveLength(2);
    });

    test('two columns of one name are told, not merged', async () => {
      const { call } = await connect(config);
      const error = await failure(call({ statement: 'SELECT 1 AS x, 2 AS x' }));
      expect(error).toMatchObject({ kind: 'invalid-response' });
    });

    test('JSON goes in as text and comes out as JSON', async () => {
      const { call } = await connect(config);
      const binding = {
        statement: dialect === 'postgresql' ? 'SELECT :doc::text AS doc' : 'SELECT :doc AS doc',
        jsonParameters: ['doc'],
        jsonColumns: ['doc'],
        result: 'first',
      };
      const doc = [{ id: '12345678901234567890', tags: ['a', null] }];
      expect(await bodyOf(call(binding, { doc }))).toEqual({ doc });
    });

    test('a database that is set to be read only refuses to write', async () => {
      const { call } = await connect({ ...config, readOnly: true });
      const error = await failure(call({ statement: `DELETE FROM ${ACCOUNT}` }));
      expect(error).toMatchObject({ kind: 'rejected', mayHaveActed: false });
      expect(await failure(call({ statements: [`DELETE FROM ${ACCOUNT}`] }))).toMatchObject({ kind: 'rejected' });
    });

    test('a call that finds no connection free waits, within its deadline', async () => {
      const { call } = await connect({ ...config, maxConnections: 1 });
      const endless = {
        statement: SLEEPY[dialect],
      };
      const long = failure(call(endless, {}, { deadline: deadlines.start(dialect === 'sqlite' ? 2_500 : 600) }));
      const short = await failure(call({ statement: 'SELECT 1 AS one' }, {}, { deadline: deadlines.start(100) }));
      expect(short).toMatchObject({ kind: 'timeout', retryable: true, mayHaveActed: false });
      const patient = bodyOf(call({ statement: 'SELECT 1 AS one' }));
      expect(await long).toMatchObject({ kind: 'timeout', retryable: true, mayHaveActed: true });
      expect(await patient).toEqual([{ one: 1 }]);
    });

    test('a transaction past its deadline has not acted, because COMMIT was not sent', async () => {
      const { call } = await connect(config);
      await call({ statement: 'SELECT 1 AS one' });
      const last = SLEEPY[dialect];
      const statements = [`UPDATE ${ACCOUNT} SET balance = 1`, last];
      const error = await failure(call({ statements }, {}, { deadline: deadlines.start(250) }));
      expect(error).toMatchObject({ kind: 'timeout', retryable: true, mayHaveActed: false });
      await expect.poll(balances).toEqual([
        ['a', '100'],
        ['b', '0'],
      ]);
      await ask(`UPDATE ${ACCOUNT} SET balance = 2`); // No lock is left behind.
    });
  });
});

const ENDLESS = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n';
const SLEEPY = { postgresql: 'SELECT pg_sleep(20)', mysql: 'SELECT SLEEP(20)', sqlite: ENDLESS };
