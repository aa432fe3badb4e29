import type { Json } from '@heddle/engine/errors';
import { afterEach, expect, test } from 'vitest';
import { call, type House, openHouse, read } from '../api/house.ts';
import { Sender } from './flood-sender.ts';

let house: House;
afterEach(() => house.close());

const priorities = ['low', 'normal', 'high'] as const;
const work = (priority: string): Json => ({
  id: `work-${priority}`,
  priority,
  start: 'slow',
  nodes: { slow: call('slow', {}) },
  triggers: [
    { type: 'http', method: 'POST', path: `/work-${priority}` },
    { type: 'http', method: 'POST', path: `/work-${priority}/{id}` },
  ],
});

/** Eight runs at most: so few that the limit is the same however late the engine is. */
async function crowdedHouse(): Promise<() => void> {
  house = await openHouse({ HEDDLE_MAX_ACTIVE_RUNS: '8' });
  for (const priority of priorities) await house.publish(work(priority));
  return house.desk.hold();
}

const accepted = async (path: string) => {
  const replies = await Promise.all(Array.from({ length: 30 }, () => house.api.post(path, {})));
  for (const { status, headers, body } of replies.filter((reply) => reply.status !== 202)) {
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'OVERLOADED', '1']);
  }
  return replies.filter(({ status }) => status === 202).length;
};

const open = async () => {
  const page = await house.api.get('/runs?limit=200');
  return page.body.runs.filter((run: { status: string }) => run.status !== 'completed').length as number;
};

test('a flood of one priority leaves the rest of the engine to those above it, and what was accepted ends', async () => {
  const release = await crowdedHouse();
  const taken: number[] = [];
  for (const priority of priorities) taken.push(await accepted(`/flows/work-${priority}?wait=0s`));
  expect(taken).toEqual([4, 2, 2]);
  expect((await house.api.get('/runs?limit=200')).body.runs).toHaveLength(8);
  release();
  await expect.poll(open, { timeout: 10_000 }).toBe(0);
  expect((await house.api.post('/flows/work-low', {})).status).toBe(200);
  const { body } = await house.api.get('/metrics');
  expect(body).toContain('heddle_starts_refused_total{priority="low"} 26');
  expect(body).toContain('heddle_admission_limit 8');
});

test('a start is refused before its body is read, by either way in', async () => {
  const release = await crowdedHouse();
  await accepted('/flows/work-high?wait=0s');
  const json = { 'content-type': 'application/json' };
  for (const path of ['/flows/work-low', '/open/work-low']) {
    const { status, body } = await house.api.send('POST', path, '{ no JSON', json);
    expect([status, body.code]).toEqual([503, 'OVERLOADED']);
  }
  expect((await house.api.send('POST', '/open/work-low/%zz', '{}', json)).status).toBe(400);
  release();
  await expect.poll(open, { timeout: 10_000 }).toBe(0);
});

test('an engine that takes no starts takes signals, sub-flows, cancels, and undoes', async () => {
  const release = await crowdedHouse();
  await house.publish({ id: 'child', priority: 'low', start: 'echo', nodes: { echo: call('echo', { n: 1 }) } });
  await house.publish({
    id: 'order',
    priority: 'high',
    start: 'pay',
    nodes: {
      pay: call('pay', { amount: 1 }, { compensate: { operation: 'refund', input: {} }, next: 'paid' }),
      paid: { type: 'event', name: 'paid', next: 'sub' },
      sub: { type: 'subflow', flow: 'child', input: {} },
    },
  });
  const orders: string[] = [];
  for (let n = 0; n < 2; n += 1) orders.push((await house.api.post('/flows/order?wait=0s', {})).body.runId);
  for (const order of orders) await house.reaches(order, 'waiting');
  expect(await accepted('/flows/work-high?wait=0s')).toBe(8);
  expect((await house.api.post(`/runs/${orders[0]}/signals/paid`, {})).status).toBe(202);
  expect((await house.api.post(`/runs/${orders[1]}/cancel`, {})).status).toBe(202);
  await house.reaches(orders[0] ?? '', 'completed');
  await house.reaches(orders[1] ?? '', 'compensated');
  expect(house.engine.runtime.health().activeRuns).toBe(8);
  release();
});

test('a thousand starts that nobody waits for are each performed once, though many were refused at first', async () => {
  house = await openHouse({ HEDDLE_MAX_ACTIVE_RUNS: '40' });
  await house.publish({ id: 'quick', start: 'echo', nodes: { echo: call('echo', { n: read('input.n') }) } });
  const sender = new Sender(house.engine.url ?? '');
  const quick = { name: 'quick', path: '/flows/quick?wait=0s', body: '{"n":1}', rate: 64, closed: true, total: 1_000 };
  const [[tally] = []] = await sender.run([{ seconds: 15, streams: [quick] }]);
  await expect.poll(() => house.engine.runtime.health().activeRuns, { timeout: 10_000 }).toBe(0);
  sender.close();
  expect(tally).toMatchObject({ lost: 0, faults: [] });
  expect(tally?.refused.ms.length).toBeGreaterThan(0);
  const keys = new Set(house.desk.received.map(({ idempotencyKey }) => idempotencyKey));
  expect([keys.size, house.desk.received.length]).toEqual([tally?.admitted.ms.length, tally?.admitted.ms.length]);
  expect(keys.size).toBeGreaterThanOrEqual(1_000);
});

test('runs that wait are not in memory, and an engine is not full of them', async () => {
  house = await openHouse({ HEDDLE_MAX_ACTIVE_RUNS: '8' });
  await house.publish({ id: 'waiter', start: 'answer', nodes: { answer: { type: 'event', name: 'answer' } } });
  for (let n = 0; n < 50; n += 1) expect((await house.api.post('/flows/waiter?wait=0s', {})).status).toBe(202);
  expect(house.engine.runtime.health().activeRuns).toBe(0);
});
