import { afterEach, beforeEach, expect, test } from 'vitest';
import { call, type House, openHouse } from './house.ts';

let house: House;

beforeEach(async () => {
  house = await openHouse({ HEDDLE_DRAIN: '300' });
  await house.publish({ id: 'wait', start: 'go', nodes: { go: { type: 'event', name: 'go' } } });
  await house.publish({ id: 'slow', start: 'slow', nodes: { slow: call('slow', {}) } });
});
afterEach(() => house.close());

/** Closes the engine; the time that it took, in ms. */
async function closing(): Promise<number> {
  const begun = performance.now();
  await house.engine.close();
  return performance.now() - begun;
}

test('a caller who waits for a run is let go with 202 when the engine stops', async () => {
  const waiting = house.api.post('/flows/wait', {});
  await expect.poll(async () => (await house.api.get('/runs')).body.runs.length, { interval: 5 }).toBe(1);
  expect(await closing()).toBeLessThan(2_000);
  const { status, body } = await waiting;
  expect([status, body.status]).toEqual([202, 'running']);
});

test('somebody who watches a run does not keep the engine from stopping', async () => {
  const { runId } = (await house.api.post('/flows/wait?wait=0ms', {})).body;
  const stream = await fetch(`${house.api.url}/runs/${runId}/events`);
  expect(await closing()).toBeLessThan(2_000);
  expect(await stream.text()).toContain('event: entered');
});

test('a step in flight is finished before the engine has stopped', async () => {
  const release = house.desk.hold();
  const waiting = house.api.post('/flows/slow', {});
  await expect.poll(() => house.desk.received.length, { interval: 5 }).toBe(1);
  setTimeout(release, 20);
  await closing();
  expect((await waiting).status).toBe(200);
});

test('a step that does not end is left behind when the drain time is over', async () => {
  const release = house.desk.hold();
  const waiting = house.api.post('/flows/slow', {});
  await expect.poll(() => house.desk.received.length, { interval: 5 }).toBe(1);
  const tookMs = await closing();
  release();
  expect(tookMs).toBeGreaterThanOrEqual(290);
  expect(tookMs).toBeLessThan(3_000);
  expect((await waiting).status).toBe(202);
});
