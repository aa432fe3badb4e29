import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse } from './house.ts';

let house: House;

const echoFlow = (id: string, triggers: readonly object[], input: object, fields: readonly string[]) =>
  ({
    id,
    input,
    triggers,
    start: 'echo',
    nodes: {
      echo: call('echo', Object.fromEntries(fields.map((field) => [field, { $: { var: [`input.${field}`, null] } }]))),
    },
  }) as never;

beforeAll(async () => {
  house = await openHouse();
  await house.publish(
    echoFlow(
      'customers',
      [
        { type: 'http', method: 'GET', path: '/customers/{id}' },
        { type: 'http', method: 'PUT', path: '/customers/{id}' },
      ],
      {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string' },
          limit: { type: 'integer' },
          active: { type: 'boolean' },
          tags: { type: 'array', items: { type: 'string' } },
          account: { type: 'integer' },
          name: { type: 'string' },
        },
      },
      ['id', 'limit', 'active', 'tags', 'account', 'name'],
    ),
  );
});
afterAll(() => house.close());

const nothing = { limit: null, active: null, tags: null, account: null, name: null };

test('the answer of the flow is the answer of its endpoint', async () => {
  const { status, body, headers } = await house.api.get('/open/customers/C7');
  expect([status, body]).toEqual([200, { id: 'C7', ...nothing }]);
  expect(headers.get('heddle-run-id')).toMatch(/^[0-9a-z]{26}$/);
});

test('query and path are read as the input schema types them', async () => {
  const { body } = await house.api.get('/open/customers/42?limit=5&active=true&tags=a&name=7');
  expect(body).toEqual({ id: '42', limit: 5, active: true, tags: ['a'], account: null, name: '7' });
});

test('a 19-digit number in a query keeps every digit', async () => {
  const { body } = await house.api.get('/open/customers/C7?account=6222000011112222333&tags=a&tags=b');
  expect(body).toMatchObject({ account: '6222000011112222333', tags: ['a', 'b'] });
});

test('a query that does not fit is answered 422 at its place', async () => {
  const { status, body } = await house.api.get('/open/customers/C7?limit=many');
  expect([status, body.problems[0].pointer]).toEqual([422, '/limit']);
});

test('body, query and path are joined, and the path wins', async () => {
  const { body } = await house.api.put('/open/customers/C8?limit=3', { id: 'other', name: 'Li' });
  expect(body).toMatchObject({ id: 'C8', limit: 3, name: 'Li' });
});

test('an escaped path segment arrives as it was meant', async () => {
  expect((await house.api.get('/open/customers/%E6%9D%8E%2F1')).body.id).toBe('李/1');
});

test('a name that no object should have is refused', async () => {
  const { status, body } = await house.api.get('/open/customers/C7?__proto__=x');
  expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
});

test('another method is answered 405 with those that are served', async () => {
  const { status, body, headers } = await house.api.post('/open/customers/C7', {});
  expect([status, body.code, headers.get('allow')]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, PUT']);
});

test('looking with HEAD starts nothing', async () => {
  const before = house.desk.received.length;
  expect((await house.api.send('HEAD', '/open/customers/C7')).status).toBe(405);
  expect(house.desk.received.length).toBe(before);
});

test('a path that no flow serves is answered 404', async () => {
  expect((await house.api.get('/open/customers')).status).toBe(404);
  expect((await house.api.get('/open/customers/C7/orders')).status).toBe(404);
});

test('a literal path wins over a parameter', async () => {
  await house.publish(echoFlow('myself', [{ type: 'http', method: 'GET', path: '/customers/me' }], {}, []));
  expect((await house.api.get('/open/customers/me')).body).toEqual({});
  expect((await house.api.get('/open/customers/you')).body.id).toBe('you');
});

test('two flows cannot serve the same method and path, however their parameters are called', async () => {
  const definition = echoFlow('rival', [{ type: 'http', method: 'GET', path: '/customers/{number}' }], {}, []);
  const { status, body } = await house.api.post('/flows/rival/versions', { definition });
  expect([status, body.code]).toEqual([409, 'TRIGGER_CONFLICT']);
  expect(body.detail).toContain('flow customers already serves GET /open/customers/{id}');
  expect((await house.api.get('/flows/rival')).status).toBe(404);
});

test('a new version serves its own endpoints and no longer the old ones', async () => {
  await house.publish(echoFlow('moving', [{ type: 'http', method: 'GET', path: '/old' }], {}, []));
  await house.publish(echoFlow('moving', [{ type: 'http', method: 'GET', path: '/new' }], {}, []));
  expect((await house.api.get('/open/new')).status).toBe(200);
  expect((await house.api.get('/open/old')).status).toBe(404);
});

test('past its own wait a trigger answers 202 with the place of the run', async () => {
  await house.publish({
    id: 'patient',
    triggers: [{ type: 'http', method: 'POST', path: '/patient', wait: '10ms' }],
    start: 'slow',
    nodes: { slow: call('slow', {}) },
  });
  const release = house.desk.hold();
  const { status, body, headers } = await house.api.post('/open/patient', {});
  expect([status, headers.get('location')]).toEqual([202, `/runs/${body.runId}`]);
  release();
  await house.reaches(body.runId, 'completed');
});

test('a trigger takes an Idempotency-Key like any start', async () => {
  const key = { 'idempotency-key': 'put-1' };
  const first = await house.api.put('/open/customers/C9', { name: 'Wu' }, key);
  const again = await house.api.put('/open/customers/C9', { name: 'Wu' }, key);
  const other = await house.api.put('/open/customers/C9', { name: 'He' }, key);
  expect(again.headers.get('heddle-run-id')).toBe(first.headers.get('heddle-run-id'));
  expect([again.headers.get('idempotent-replayed'), other.body.code]).toEqual(['true', 'IDEMPOTENCY_MISMATCH']);
});
