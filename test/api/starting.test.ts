import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from './house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.publish({ id: 'echo', start: 'echo', nodes: { echo: call('echo', { n: read('input.n') }) } });
  await house.publish({ id: 'slow', start: 'slow', nodes: { slow: call('slow', { n: read('input.n') }) } });
});
afterAll(() => house.close());

test('a run that completes in time is answered 200 with its output', async () => {
  const { status, body, headers } = await house.api.post('/flows/echo', { n: 1 });
  expect([status, body.status, body.output]).toEqual([200, 'completed', { n: 1 }]);
  expect(headers.get('heddle-run-id')).toBe(body.runId);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('past its wait the caller gets 202 with the place of the run, which goes on', async () => {
  const release = house.desk.hold();
  const { status, body, headers } = await house.api.post('/flows/slow?wait=10ms', { n: 2 });
  expect([status, body.status, headers.get('location')]).toEqual([202, 'running', `/runs/${body.runId}`]);
  release();
  await house.reaches(body.runId, 'completed');
  expect((await house.api.get(headers.get('location') ?? '')).body.output).toEqual({ n: 2 });
});

test('the same key with the same body returns the original run and calls nothing again', async () => {
  const key = { 'idempotency-key': 'order-1' };
  const first = await house.api.post('/flows/echo', { n: 3, m: 1 }, key);
  const before = house.desk.received.length;
  const second = await house.api.post('/flows/echo', { m: 1, n: 3 }, key);
  expect(second.body).toEqual(first.body);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(house.desk.received.length).toBe(before);
});

test('the same key with another body is answered 422', async () => {
  const key = { 'idempotency-key': 'order-2' };
  await house.api.post('/flows/echo', { n: 4 }, key);
  const { status, body } = await house.api.post('/flows/echo', { n: 5 }, key);
  expect([status, body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
});

test('the same key belongs to one flow only', async () => {
  const key = { 'idempotency-key': 'order-3' };
  const first = await house.api.post('/flows/echo', { n: 6 }, key);
  const second = await house.api.post('/flows/slow', { n: 7 }, key);
  expect(second.body.runId).not.toBe(first.body.runId);
});

test('twenty requests under one key at once make one run', async () => {
  const key = { 'idempotency-key': 'order-4' };
  const replies = await Promise.all(Array.from({ length: 20 }, () => house.api.post('/flows/echo', { n: 8 }, key)));
  const accepted = replies.filter(({ status }) => status === 200);
  const refused = replies.filter(({ status }) => status !== 200);
  expect(new Set(accepted.map(({ body }) => body.runId)).size).toBe(1);
  expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
    refused.map(() => [409, 'IDEMPOTENCY_IN_PROGRESS']),
  );
  expect(refused.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);
  expect(house.desk.received.filter(({ body }) => body['n'] === 8)).toHaveLength(1);
});

test('a flow can take its key from its input', async () => {
  await house.publish({
    id: 'keyed',
    idempotencyKey: read('input.orderId'),
    start: 'echo',
    nodes: { echo: call('echo', { n: read('input.n') }) },
  });
  const first = await house.api.post('/flows/keyed', { orderId: 'A', n: 1 });
  const again = await house.api.post('/flows/keyed', { orderId: 'A', n: 1 });
  const other = await house.api.post('/flows/keyed', { orderId: 'A', n: 2 });
  expect([again.body.runId, other.status]).toEqual([first.body.runId, 422]);
});

test.each(['', 'x'.repeat(256)])('a key of %j is answered 400', async (key) => {
  const { status, body } = await house.api.post('/flows/echo', { n: 1 }, { 'idempotency-key': key });
  expect([status, body.code]).toEqual([400, 'INVALID_REQUEST']);
});

test('a named version runs although a newer one is current', async () => {
  const publish = async (n: number) => {
    const definition = { id: 'versioned', output: { n }, start: 'end', nodes: { end: { type: 'set', values: { n } } } };
    return (await house.api.post('/flows/versioned/versions', { definition })).body.version.version;
  };
  const old = await publish(1);
  await publish(2);
  expect((await house.api.post('/flows/versioned', {})).body.output).toEqual({ n: 2 });
  expect((await house.api.post(`/flows/versioned?version=${old}`, {})).body.output).toEqual({ n: 1 });
});

test('an express flow answers like a durable one and leaves no run behind', async () => {
  await house.publish({
    id: 'quick',
    mode: 'express',
    start: 'echo',
    nodes: { echo: call('echo', { n: read('input.n') }) },
  });
  const { status, body } = await house.api.post('/flows/quick', { n: 9 });
  expect([status, body.output]).toEqual([200, { n: 9 }]);
  expect((await house.api.get(`/runs/${body.runId}`)).status).toBe(404);
});

test('respond answers the caller at once and the run goes on', async () => {
  await house.publish({
    id: 'polite',
    start: 'echo',
    nodes: {
      echo: call('echo', { n: read('input.n') }, { next: 'answer' }),
      answer: {
        type: 'respond',
        status: 201,
        body: { got: read('steps.echo.n') },
        headers: { 'x-trace': 'T-1', 'content-length': '99999', 'transfer-encoding': 'chunked' },
        next: 'slow',
      },
      slow: call('slow', {}),
    },
  });
  const release = house.desk.hold();
  const { status, body, headers } = await house.api.post('/flows/polite', { n: 10 });
  expect([status, body, headers.get('x-trace')]).toEqual([201, { got: 10 }, 'T-1']);
  const runId = headers.get('heddle-run-id') ?? '';
  expect((await house.api.get(`/runs/${runId}`)).body.status).toBe('running');
  release();
  await house.reaches(runId, 'completed');
});

test('respond answers the caller although it is the first step', async () => {
  await house.publish({
    id: 'hasty',
    start: 'answer',
    nodes: { answer: { type: 'respond', status: 201, body: { got: read('input.n') } } },
  });
  const { status, body } = await house.api.post('/flows/hasty', { n: 11 });
  expect([status, body]).toEqual([201, { got: 11 }]);
});

test('a header that cannot be sent is a problem, not a broken connection', async () => {
  await house.publish({
    id: 'rude',
    start: 'echo',
    nodes: {
      echo: call('echo', {}, { next: 'answer' }),
      answer: { type: 'respond', body: {}, headers: { 'x-note': read('input.note') } },
    },
  });
  const { status, body } = await house.api.post('/flows/rude', { note: 'a\r\nset-cookie: b=1' });
  expect([status, body.code]).toEqual([500, 'EXPRESSION_TYPE']);
  expect((await house.api.post('/flows/rude', { note: '好' })).body.code).toBe('EXPRESSION_TYPE');
  expect((await house.api.post('/flows/rude', { note: 'fine' })).status).toBe(200);
});
