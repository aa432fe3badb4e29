import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallContext, createDeadlines, type Json } from '../sdk/index.ts';
import { PREFIX, testDatabase } from './databases.ts';
import { sql } from './index.ts';

const deadlines = createDeadlines();
const LOCKS = `${PREFIX}_locks`;
const context: Omit<CallContext, 'deadline'> = { idempotencyKey: 'k', attempt: 1, maxResponseBytes: 100_000 };

for (const dialect of ['postgresql', 'mysql'] as const) {
  const database = await testDatabase(dialect);
  describe.skipIf(database === undefined)(`a ${dialect} server`, () => {
    const { config = {}, ask = async () => [] } = database ?? {};
    const opening = sql.open(
      { dialect, url: 'postgresql://nobody@127.0.0.1:1/x', ...config },
      { secret: () => undefined, warn() {} },
    );
    const call = async (binding: { [key: string]: Json }, input: Json = {}) => {
      const request = { operation: 'x', binding, input };
      return (await (await opening).call(request, { ...context, deadline: deadlines.start(8_000) })).body;
    };
    const select = (statement: string, input: Json = {}) => call({ statement, result: 'first' }, input);

    beforeAll(async () => {
      await ask(
        `DROP TABLE IF EXISTS ${LOCKS}`,
        `CREATE TABLE ${LOCKS} (id int PRIMARY KEY, n int NOT NULL, amount decimal(30, 10))`,
        `INSERT INTO ${LOCKS} VALUES (1, 0, 0.1), (2, 0, 12345678901234567890.0123456789)`,
      );
    });
    afterAll(async () => {
      await (await opening).close();
      await ask(`DROP TABLE IF EXISTS ${LOCKS}`);
      await database?.close();
    });

    test('decimals stay exact', async () => {
      const amount = '12345678901234567890.0123456789';
      expect(await select(`SELECT amount FROM ${LOCKS} WHERE id = 2`)).toEqual({ amount });
      await call({ statement: `UPDATE ${LOCKS} SET amount = :amount WHERE id = 1` }, { amount });
      expect(await select(`SELECT amount FROM ${LOCKS} WHERE id = 1`)).toEqual({ amount });
    });

    test('of two calls that lock each other out, the one given up is retryable and has not acted', async () => {
      const nap = dialect === 'mysql' ? 'SELECT SLEEP(0.3)' : 'SELECT pg_sleep(0.3)';
      const bump = (id: number) => `UPDATE ${LOCKS} SET n = n + 1 WHERE id = ${id}`;
      const results = await Promise.allSettled([
        call({ statements: [bump(1), nap, bump(2)] }),
        call({ statements: [bump(2), nap, bump(1)] }),
      ]);
      const failed = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
      expect(failed).toMatchObject([{ kind: 'unavailable', retryable: true, mayHaveActed: false }]);
      const counts = await ask(`SELECT n FROM ${LOCKS} ORDER BY id`);
      expect(counts.flat().map(Number)).toEqual([1, 1]);
    });

    test('a connection cut before COMMIT has not acted; the next call gets a new one', async () => {
      const kill = dialect === 'mysql' ? 'KILL CONNECTION_ID()' : 'SELECT pg_terminate_backend(pg_backend_pid())';
      const own = dialect === 'mysql' ? `SELECT SLEEP(5) FROM ${LOCKS}` : kill;
      if (dialect === 'mysql') killSleeper(ask);
      const before = await ask(`SELECT n FROM ${LOCKS} ORDER BY id`);
      await expect(call({ statements: [`UPDATE ${LOCKS} SET n = 99`, own] })).rejects.toMatchObject({
        kind: 'unavailable',
        retryable: true,
        mayHaveActed: false,
      });
      expect(await ask(`SELECT n FROM ${LOCKS} ORDER BY id`)).toEqual(before);
      expect(await select('SELECT 1 AS one')).toEqual({ one: 1 });
    });

    if (dialect === 'postgresql')
      test('values of PostgreSQL become JSON', async () => {
        const statement = `SELECT 9007199254740993::int8 AS big, 5::int8 AS small, 1.50::numeric AS dec, 'NaN'::float8 AS nan,
        '{"id": 12345678901234567890}'::jsonb AS doc, '\\x00ff'::bytea AS bin, true AS yes, NULL AS none,
        '2024-05-01'::date AS day, '2024-05-01 10:00:00.5'::timestamp AS at, '{1,NULL,3}'::int[] AS list,
        '{"a,b","c\\"d",{}}'::text AS text, '2024-05-01 10:00:00+08'::timestamptz AT TIME ZONE 'UTC' AS utc`;
        expect(await select(statement)).toEqual({
          big: '9007199254740993',
          small: 5,
          dec: '1.50',
          nan: 'NaN',
          doc: { id: '12345678901234567890' },
          bin: 'AP8=',
          yes: true,
          none: null,
          day: '2024-05-01',
          at: '2024-05-01T10:00:00.5',
          list: [1, null, 3],
          text: '{"a,b","c\\"d",{}}',
          utc: '2024-05-01T02:00:00',
        });
        const ids = await call({ statement: `SELECT id FROM ${LOCKS} WHERE id = ANY(:ids::int[])` }, { ids: [2, 7] });
        expect(ids).toEqual([{ id: 2 }]);
      });

    if (dialect === 'mysql')
      test('values of MariaDB and MySQL become JSON, and arrays are refused', async () => {
        const statement = `SELECT CAST('18446744073709551615' AS unsigned) AS big, 1.50 AS amount, x'00ff' AS bin,
        CAST('2024-05-01 10:00:00' AS datetime) AS at, CAST('2024-05-01' AS date) AS day, NULL AS none`;
        expect(await select(statement)).toEqual({
          big: '18446744073709551615',
          amount: '1.50',
          bin: 'AP8=',
          at: '2024-05-01T10:00:00',
          day: '2024-05-01',
          none: null,
        });
        await expect(select('SELECT :ids AS x', { ids: [1] })).rejects.toMatchObject({
          kind: 'refused',
          message: expect.stringMatching(/PostgreSQL/),
        });
      });
  });
}

/** MariaDB answers a connection that kills itself, so another one does it, as soon as it sees it asleep. */
function killSleeper(ask: (...statements: string[]) => Promise<readonly (readonly unknown[])[]>): void {
  const look = async () => {
    const found = await ask(
      "SELECT id FROM information_schema.processlist WHERE info LIKE '%SLEEP(5) FROM%' AND id <> CONNECTION_ID()",
    );
    const id = found[0]?.[0];
    if (id === undefined) setTimeout(look, 20);
    else await ask(`KILL ${Number(id)}`);
  };
  void look();
}
