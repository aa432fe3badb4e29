import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from './house.ts';

/** Mistakes that orchestration engines are known for: mixed-up joins, errors without a place, missing data taken as 0. */
let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test('parallel calls joined under load never carry the data of another request', async () => {
  const branch = (id: string, operation: string, input: object) => ({
    start: id,
    nodes: { [id]: call(operation, input as never) },
  });
  await house.publish({
    id: 'gather',
    start: 'all',
    output: {
      customer: read('steps.cif.id'),
      scored: read('steps.bureau.customerId'),
      echoed: read('steps.mirror.token'),
    },
    nodes: {
      all: {
        type: 'parallel',
        branches: {
          customer: branch('cif', 'getCustomer', { id: read('input.id') }),
          credit: branch('bureau', 'score', { customerId: read('input.id') }),
          mirror: branch('mirror', 'echo', { token: read('input.token') }),
        },
      },
    },
  } as never);
  const waiting = Array.from({ length: 320 }, (_, index) => index);
  const mixed: unknown[] = [];
  const worker = async () => {
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      const id = `C${index}`;
      const token = `T${index}`;
      const { status, body } = await house.api.post('/flows/gather', { id, token });
      const { customer, scored, echoed } = body.output ?? {};
      if (status !== 200 || customer !== id || scored !== id || echoed !== token) mixed.push({ id, status, body });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  expect(mixed).toEqual([]);
  for (const operation of ['/score', '/echo']) {
    const keys = house.desk.received
      .filter(({ path }) => path === operation)
      .map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(320);
  }
});

test('a service that answers 500 gives an error that names run, node and HTTP status', async () => {
  await house.publish({ id: 'fragile', start: 'core', nodes: { core: call('broken', {}) } });
  const { status, body, headers } = await house.api.post('/flows/fragile', {});
  expect([status, body.code]).toEqual([502, 'SERVICE_ERROR']);
  const runId = headers.get('heddle-run-id');
  expect(body).toMatchObject({ runId, instance: `/runs/${runId}`, node: 'core', serviceStatus: 500 });
  expect(body.detail).toContain('desk.broken');
  const { error } = (await house.api.get(`/runs/${runId}`)).body;
  expect(error).toMatchObject({ code: 'SERVICE_ERROR', node: 'core', details: { status: 500 } });
});

test('a missing score in a numeric condition is an error that names run, node and path', async () => {
  await house.publish({
    id: 'grade',
    start: 'bureau',
    nodes: {
      bureau: call('score', { customerId: read('input.id') }, { next: 'decide' }),
      decide: {
        type: 'choice',
        when: [{ if: { '<': [{ var: 'steps.bureau.score' }, 650] }, next: 'reject' }],
        otherwise: 'approve',
      },
      reject: { type: 'end', outcome: 'rejected' },
      approve: { type: 'end', outcome: 'approved' },
    },
  });
  const known = await house.api.post('/flows/grade', { id: 'C1' });
  expect([known.status, known.body.outcome]).toEqual([200, 'approved']);
  const { status, body, headers } = await house.api.post('/flows/grade', { id: 'N1' });
  expect([status, body.code]).toEqual([500, 'EXPRESSION_MISSING_PATH']);
  expect(body).toMatchObject({ runId: headers.get('heddle-run-id'), node: 'decide' });
  expect(body.detail).toContain('steps.bureau.score');
});
