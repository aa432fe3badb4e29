import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '@heddle/engine/errors';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, read } from './house.ts';

let house: House;
const object = (properties: Json, required: readonly string[] = []) => ({ type: 'object', required, properties });

beforeAll(async () => {
  house = await openHouse();
  const request = object({ amount: { type: 'integer' }, days: { type: 'integer' } }, ['amount', 'days']);
  const response = object({ interest: { type: 'integer' } }, ['interest']);
  await house.engine.putService({
    id: 'pricing',
    title: 'Pricing',
    connector: 'worker',
    config: { queue: 'pricing' },
    operations: {
      price: { safety: 'idempotent', request, response, binding: {}, policy: { timeoutMs: 10_000 } },
      book: { safety: 'once', movesMoney: true, request, response, binding: {}, policy: { timeoutMs: 10_000 } },
      hurry: { safety: 'idempotent', request, response, binding: {}, policy: { timeoutMs: 200 } },
    },
  });
  for (const operation of ['price', 'book', 'hurry']) {
    await house.publish({
      id: operation,
      start: 'ask',
      nodes: {
        ask: { type: 'call', service: 'pricing', operation, input: { amount: read('input.amount'), days: 30 } },
      },
    });
  }
});
let python: ChildProcess | undefined;
afterEach(() => {
  python?.kill('SIGKILL');
  python = undefined;
});
afterAll(() => house.close());

const start = async (flow: string): Promise<string> =>
  (await house.api.post(`/flows/${flow}?wait=1ms`, { amount: 1_200_000 })).body.runId;
const take = async (more: object = {}) =>
  (await house.api.post('/worker-jobs/take', { queues: ['pricing'], waitMs: 5_000, ...more })).body.jobs;
const answer = (job: { id: string; token: string }, verb: string, body: object = {}) =>
  house.api.post(`/worker-jobs/${job.id}/${verb}`, { token: job.token, ...body });
const run = async (runId: string) => (await house.api.get(`/runs/${runId}`)).body;

test('a job is taken with its key, and its answer is the call’s', async () => {
  const polling = take();
  const runId = await start('price');
  const [job] = await polling;
  expect(job).toMatchObject({
    queue: 'pricing',
    operation: 'price',
    input: { amount: 1_200_000, days: 30 },
    idempotencyKey: `${runId}:/ask#1`,
    attempt: 1,
    traceparent: expect.stringMatching(/^00-/),
    leaseMs: 30_000,
  });
  expect((await house.api.get('/worker-jobs')).body.queues).toEqual([{ queue: 'pricing', waiting: 0, leased: 1 }]);
  expect((await answer({ ...job, token: 'guessed' }, 'complete', { output: {} })).body.code).toBe('LEASE_LOST');
  expect((await answer(job, 'complete', { output: { interest: 3_000 } })).status).toBe(204);
  await house.reaches(runId, 'completed');
  expect((await run(runId)).output).toEqual({ interest: 3_000 });
  expect((await answer(job, 'complete', { output: { interest: 0 } })).body.code).toBe('LEASE_LOST');
});

test('a poll without jobs ends empty, and takes only what it asked for', async () => {
  expect(await take({ waitMs: 0 })).toEqual([]);
  const runId = await start('price');
  expect(await take({ waitMs: 30, operations: ['other'] })).toEqual([]);
  expect(await take({ waitMs: 30, queues: ['elsewhere'] })).toEqual([]);
  const [job] = await take({ operations: ['price'] });
  await answer(job, 'complete', { output: { interest: 1 } });
  await house.reaches(runId, 'completed');
});

test('an answer that does not fit the operation is refused like any service’s', async () => {
  const runId = await start('price');
  const [job] = await take();
  await answer(job, 'complete', { output: { interest: 'much' } });
  await house.reaches(runId, 'failed');
  expect((await run(runId)).error.code).toBe('RESPONSE_INVALID');
});

test.each([
  ['price', 'rejected', 'failed', 'SERVICE_REFUSED'],
  ['price', 'unavailable', 'failed', 'SERVICE_UNAVAILABLE'],
  ['price', 'failed', 'failed', 'SERVICE_ERROR'],
  ['book', 'rejected', 'failed', 'SERVICE_REFUSED'],
  ['book', 'failed', 'needs-operator', undefined],
])('%s: a worker that says %s leaves the run %s', async (flow, reason, status, code) => {
  const runId = await start(flow);
  const [job] = await take();
  await answer(job, 'fail', { reason, message: 'no', details: { why: 'test' } });
  await house.reaches(runId, status);
  if (code) expect((await run(runId)).error).toMatchObject({ code, details: { body: { why: 'test' } } });
});

test('a lease that is extended is kept; one that runs out leaves the outcome unknown', async () => {
  const kept = await start('book');
  const [first] = await take({ leaseMs: 300 });
  for (let beat = 0; beat < 6; beat += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await answer(first, 'extend', { leaseMs: 300 })).status).toBe(204);
  }
  await answer(first, 'complete', { output: { interest: 1 } });
  await house.reaches(kept, 'completed');

  const lost = await start('book');
  const [second] = await take({ leaseMs: 100 });
  await house.reaches(lost, 'needs-operator');
  expect((await answer(second, 'complete', { output: { interest: 1 } })).body.code).toBe('LEASE_LOST');
});

test('nobody takes it: the call ends in time, and nothing was done', async () => {
  const runId = await start('hurry');
  await house.reaches(runId, 'failed');
  expect((await run(runId)).error).toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { mayHaveActed: false } });
  expect(await take({ waitMs: 0 })).toEqual([]);
});

test('a poller that hangs up gets no job', async () => {
  const gone = new AbortController();
  const polling = fetch(`${house.api.url}/worker-jobs/take`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ queues: ['pricing'], waitMs: 5_000 }),
    signal: gone.signal,
  }).catch(() => 'hung up');
  await new Promise((resolve) => setTimeout(resolve, 50));
  gone.abort();
  expect(await polling).toBe('hung up');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const runId = await start('price');
  const [job] = await take();
  await answer(job, 'complete', { output: { interest: 1 } });
  await house.reaches(runId, 'completed');
});

test('the worker in Python, with its standard library alone, performs operations', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-worker-'));
  const script = fileURLToPath(new URL('../../docs/examples/worker.py', import.meta.url));
  python = spawn('python3', [script, house.api.url, 'pricing'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { body } = await house.api.post('/flows/price', { amount: 1_200_000 });
  expect(body).toMatchObject({ status: 'completed', output: { interest: 3_000, pricedBy: 'python' } });
  python.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
