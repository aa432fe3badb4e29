import { type TestDatabase, testDatabase } from '@heddle/connectors/sql/databases';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, read } from './house.ts';

let house: House;
let database: TestDatabase | undefined;

beforeAll(async () => {
  database = await testDatabase('sqlite');
  await database?.ask('CREATE TABLE entry (no TEXT PRIMARY KEY, amount TEXT NOT NULL)');
  house = await openHouse(database?.folder === undefined ? {} : { HEDDLE_SQLITE_FOLDER: database.folder });
});
afterAll(async () => {
  await house.close();
  await database?.close();
});

test('a flow writes and reads a database that has been described as a service', async () => {
  const anything = { type: 'object' };
  const put = await house.api.put('/services/ledger', {
    id: 'ledger',
    title: 'Ledger',
    connector: 'sql',
    config: database?.config ?? {},
    operations: {
      book: {
        safety: 'idempotent',
        request: anything,
        response: anything,
        binding: {
          statement: 'INSERT INTO entry VALUES (:no, :amount)',
          result: 'affected',
          idempotencyTable: true,
        },
      },
      entry: {
        readOnly: true,
        request: anything,
        response: anything,
        binding: { statement: 'SELECT amount FROM entry WHERE no = :no', result: 'first', whenNone: 'error' },
      },
    },
  });
  expect([put.status, put.body.problems ?? []]).toEqual([200, []]);
  const call = (operation: string, input: { [name: string]: { $: { var: string } } }, next: string) => ({
    type: 'call',
    service: 'ledger',
    operation,
    input,
    next,
  });
  await house.publish({
    id: 'booking',
    start: 'book',
    nodes: {
      book: call('book', { no: read('input.no'), amount: read('input.amount') }, 'entry'),
      entry: call('entry', { no: read('input.no') }, 'done'),
      done: { type: 'end', outcome: 'booked', output: read('steps.entry') },
    },
  });
  const { status, body } = await house.api.post('/flows/booking?wait=15s', { no: "x'; --", amount: '0.10' });
  expect([status, body.output]).toEqual([200, { amount: '0.10' }]);
  expect(await database?.ask('SELECT count(*) FROM heddle_calls WHERE answer IS NOT NULL')).toEqual([[1]]);
});
