import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@heddle/engine/config';
import type { Json } from '@heddle/engine/errors';
import { startEngine } from '@heddle/engine/server';
import { silentLog } from '@heddle/engine/telemetry/index';
import { afterEach, expect, test } from 'vitest';
import { clientOf } from './client.ts';
import { call, type House, openHouse, read } from './house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function open(env: Readonly<Record<string, string>> = {}): Promise<House> {
  house = await openHouse(env);
  return house;
}

const patch = ({ api }: House, path: string, body: Json, headers: Record<string, string> = {}) =>
  api.send('PATCH', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
const tryOut = ({ api }: House, operation: string, input: Json = {}) =>
  api.post(`/services/desk/operations/${operation}/try`, { input });
const policyOf = async ({ api }: House, operation: string) =>
  (await api.get(`/services/desk/operations/${operation}/policy`)).body;
const audited = async ({ api }: House, action: string) =>
  (await api.get('/audit')).body.entries.filter((entry: { action: string }) => entry.action === action);

test('each part of a policy comes from the most exact level that says something of it', async () => {
  const house = await open();
  await house.engine.putService({ ...house.desk.description, group: 'front' });
  await house.api.put('/service-groups/front', {
    title: { en: 'Front', zh: '前台' },
    policy: {
      timeoutMs: 7_000,
      retry: { attempts: 3 },
      cache: { forMs: 1_000 },
      rateLimit: { calls: 9, perMs: 1_000 },
    },
  });
  await patch(house, '/services/desk/policy', { timeoutMs: 6_000 });
  await patch(house, '/services/desk/operations/echo/policy', { rateLimit: false });
  expect((await policyOf(house, 'echo')).policy).toEqual({
    timeoutMs: { value: 6_000, from: 'service' },
    retry: { value: { attempts: 3, delayMs: 100, maxDelayMs: 5_000 }, from: 'group' },
    rateLimit: { value: false, from: 'operation' },
    bulkhead: { value: false, from: 'default' },
    breaker: { value: false, from: 'service' },
    cache: { value: { forMs: 1_000, maxEntries: 1_000 }, from: 'group', leftOut: 'not-read-only' },
    mock: { value: false, from: 'default' },
  });
  expect(await policyOf(house, 'getCustomer')).toMatchObject({
    group: 'front',
    policy: { cache: { from: 'group' } },
    levels: { group: { timeoutMs: 7_000 }, service: { timeoutMs: 6_000 }, operation: {} },
  });
  expect((await house.api.get('/service-groups')).body.groups).toMatchObject([{ id: 'front', services: ['desk'] }]);
});

test('a change of a policy is in force for the next call, kept, and on record with what was before', async () => {
  const house = await open();
  expect((await tryOut(house, 'slow')).body).toMatchObject({ ok: true });
  const { status, body } = await patch(house, '/services/desk/operations/slow/policy', { mock: { output: { n: 1 } } });
  expect([status, body.policy]).toEqual([200, { mock: { output: { n: 1 } } }]);
  const asked = house.desk.received.length;
  expect((await tryOut(house, 'slow')).body).toMatchObject({ ok: true, output: { n: 1 } });
  expect(house.desk.received).toHaveLength(asked);
  expect((await patch(house, '/services/desk/operations/slow/policy', { mock: null })).body.policy).toEqual({});
  expect((await tryOut(house, 'slow', { a: 1 })).body).toMatchObject({ ok: true, output: { a: 1 } });
  const entries = await audited(house, 'service.policy');
  expect(entries.map((entry: { subject: string; details: Json }) => [entry.subject, entry.details])).toEqual([
    ['desk.slow', { before: { mock: { output: { n: 1 } } }, after: {} }],
    ['desk.slow', { before: {}, after: { mock: { output: { n: 1 } } } }],
  ]);
  expect(await house.engine.store.services.all()).toMatchObject([{ operations: { slow: { policy: {} } } }]);
});

test('a change made for another revision is refused, and so is what is no policy', async () => {
  const house = await open();
  const path = '/services/desk/operations/echo/policy';
  const { etag } = Object.fromEntries((await house.api.get(path)).headers);
  expect((await patch(house, path, { timeoutMs: 500 }, { 'if-match': etag ?? '' })).status).toBe(200);
  const late = await patch(house, path, { timeoutMs: 600 }, { 'if-match': etag ?? '' });
  expect([late.status, late.body.code]).toEqual([412, 'SERVICE_CHANGED']);
  for (const [where, body, pointer] of [
    [path, { timeoutMs: '5s' }, '/policy/timeoutMs'],
    [path, { cache: { forMs: 10 } }, '/operations/echo/policy/cache'],
    ['/services/desk/operations/getCustomer/policy', { mock: { output: {} } }, undefined],
    ['/services/desk/policy', { colour: 1 }, '/policy'],
    ['/service-groups/g/policy', {}, undefined],
  ] as const) {
    const refused = await patch(house, where, body as Json);
    expect(refused.status).toBe(where.includes('groups') ? 404 : 422);
    if (pointer)
      expect(refused.body.problems.map((problem: { pointer: string }) => problem.pointer)).toEqual([pointer]);
  }
  expect((await policyOf(house, 'echo')).policy.timeoutMs).toEqual({ value: 500, from: 'operation' });
});

test('changes that come at the same time are all kept', async () => {
  const house = await open();
  await Promise.all(
    ['echo', 'slow', 'score', 'pay'].map((operation, index) =>
      patch(house, `/services/desk/operations/${operation}/policy`, { timeoutMs: 1_000 + index }),
    ),
  );
  const timeouts = await Promise.all(['echo', 'slow', 'score', 'pay'].map((operation) => policyOf(house, operation)));
  expect(timeouts.map(({ policy }) => policy.timeoutMs.value)).toEqual([1_000, 1_001, 1_002, 1_003]);
});

test('a group governs its services from the next call on, and is not removed under them', async () => {
  const house = await open();
  await house.engine.putService({ ...house.desk.description, group: 'front' });
  await tryOut(house, 'echo');
  await house.api.put('/service-groups/front', { policy: { mock: { error: { code: 'SERVICE_UNAVAILABLE' } } } });
  expect((await tryOut(house, 'echo')).body).toMatchObject({
    ok: false,
    error: { code: 'SERVICE_UNAVAILABLE', details: { isMocked: true, mayHaveActed: false } },
  });
  const refused = await house.api.delete('/service-groups/front');
  expect([refused.status, refused.body.code, refused.body.services]).toEqual([409, 'GROUP_IN_USE', ['desk']]);
  await patch(house, '/service-groups/front/policy', { mock: null });
  expect((await tryOut(house, 'echo')).body).toMatchObject({ ok: true });
  await house.engine.putService(house.desk.description);
  expect((await house.api.delete('/service-groups/front')).status).toBe(204);
  expect((await house.api.get('/service-groups/front')).body.code).toBe('GROUP_NOT_FOUND');
});

test('production mode mocks nothing that moves money, whoever says so, and rehearses nothing', async () => {
  const house = await open({ HEDDLE_PRODUCTION: '1' });
  const mock = { mock: { output: {} } };
  for (const [method, path, body] of [
    ['PATCH', '/services/desk/operations/pay/policy', mock],
    ['PATCH', '/services/desk/policy', mock],
    ['PUT', '/services/desk', { ...house.desk.description, policy: mock }],
    ['POST', '/services/desk/operations/echo/faults', { delayMs: 1, share: 1, forMs: 1_000 }],
  ] as const) {
    const { status, body: refusal } = await house.api.send(method, path, JSON.stringify(body), {
      'content-type': 'application/json',
    });
    expect([path, status, refusal.code]).toEqual([path, 403, 'FORBIDDEN']);
  }
  expect((await patch(house, '/services/desk/operations/echo/policy', mock)).status).toBe(200);
  // As it would be found in the store of an engine that was not in production mode.
  await house.engine.putService({ ...house.desk.description, policy: mock });
  const asked = house.desk.received.length;
  expect((await tryOut(house, 'pay')).body).toMatchObject({ ok: false, error: { code: 'SERVICE_UNAVAILABLE' } });
  expect(house.desk.received).toHaveLength(asked);
});

test('a rehearsed failure strikes inside the policy, shows in the figures, and ends', async () => {
  const house = await open();
  await patch(house, '/services/desk/operations/echo/policy', { retry: { attempts: 3, delayMs: 1, maxDelayMs: 2 } });
  const path = '/services/desk/operations/echo/faults';
  const { status, body } = await house.api.post(path, { abort: 'SERVICE_UNAVAILABLE', share: 1, forMs: 60_000 });
  expect([status, body]).toMatchObject([200, { service: 'desk', operation: 'echo', share: 1, startedBy: 'anonymous' }]);
  expect((await tryOut(house, 'echo')).body).toMatchObject({
    ok: false,
    error: { code: 'SERVICE_UNAVAILABLE', details: { attempts: 3, mayHaveActed: false } },
  });
  expect(house.desk.received).toHaveLength(0);
  expect((await house.api.get('/services/faults')).body).toMatchObject({ isAllowed: true, faults: [{ share: 1 }] });
  expect((await house.api.get('/services/stats')).body.operations).toMatchObject([
    { operation: 'echo', fault: { abort: 'SERVICE_UNAVAILABLE', endsAt: body.endsAt } },
  ]);
  expect([(await house.api.delete(path)).status, (await house.api.delete(path)).status]).toEqual([204, 404]);
  expect((await tryOut(house, 'echo')).body).toMatchObject({ ok: true });
  expect([(await audited(house, 'fault.start')).length, (await audited(house, 'fault.end')).length]).toEqual([1, 1]);
  for (const wrong of [
    { share: 1, forMs: 1_000 },
    { abort: 'SERVICE_ERROR', share: 0, forMs: 1_000 },
    { abort: 'SERVICE_ERROR', share: 1, forMs: 3_600_001 },
    { abort: 'INTERNAL', share: 1, forMs: 1_000 },
  ])
    expect((await house.api.post(path, wrong)).status).toBe(400);
});

test('a delay that is rehearsed is felt by a flow, and a deadline within it sent nothing', async () => {
  const house = await open();
  await house.publish({
    id: 'echoes',
    start: 'echo',
    nodes: { echo: call('echo', read('input'), { timeout: '100ms' }) },
  });
  await house.api.post('/services/desk/operations/echo/faults', { delayMs: 5_000, share: 1, forMs: 60_000 });
  const { status, body } = await house.api.post('/flows/echoes', { a: 1 });
  expect([status, body.code]).toEqual([504, 'DEADLINE_EXCEEDED']);
  expect(house.desk.received).toHaveLength(0);
});

test('the figures come every second, until the engine closes', async () => {
  const house = await open();
  await tryOut(house, 'echo');
  const response = await fetch(`${house.api.url}/services/live`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })();
  await expect.poll(() => text.split('event: stats').length, { timeout: 5_000 }).toBeGreaterThan(2);
  const first = JSON.parse(/data: (.*)/.exec(text)?.[1] ?? '');
  expect(first).toMatchObject({
    at: expect.any(Number),
    operations: [
      {
        service: 'desk',
        operation: 'echo',
        calls: 1,
        last10s: { calls: 1, errorRate: 0, p50Ms: expect.any(Number) },
        last60s: { calls: 1 },
      },
    ],
  });
  await house.engine.close();
  await reading;
});

test('endpoints are changed while calls run, on record, and shown with their figures', async () => {
  const house = await open();
  const { port } = new URL((house.desk.description['config'] as { baseUrl: string }).baseUrl);
  const real = { id: 'real', address: { host: '127.0.0.1', port: Number(port) }, tags: ['blue'] };
  const lost = { id: 'lost', address: { host: '127.0.0.1', port: 1 }, weight: 0 };
  const changed = await patch(house, '/services/desk/endpoints', { endpoints: [real, lost] });
  expect([changed.status, changed.body.endpoints]).toEqual([200, [real, lost]]);
  expect((await tryOut(house, 'echo')).body).toMatchObject({ ok: true });
  const shown = {
    service: 'desk',
    endpoints: [
      { id: 'real', address: `http://127.0.0.1:${port}`, weight: 1, tags: ['blue'], isUp: true, calls: 1 },
      { id: 'lost', weight: 0, calls: 0 },
    ],
  };
  expect((await house.api.get('/services/desk/endpoints')).body).toMatchObject(shown);
  expect((await house.api.get('/services/stats')).body.endpoints).toMatchObject([shown]);
  expect((await patch(house, '/services/desk/endpoints', { endpoints: [lost] })).body.problems).toMatchObject([
    { pointer: '/endpoints' },
  ]);
  expect((await patch(house, '/services/desk/endpoints', { colour: 1 })).status).toBe(400);
  expect((await patch(house, '/services/desk/endpoints', { endpoints: null })).body).toEqual({
    revision: expect.any(Number),
  });
  expect((await house.api.get('/services/desk/endpoints')).body).toEqual({ service: 'desk', endpoints: [] });
  expect((await audited(house, 'service.endpoints')).map(({ details }: { details: Json }) => details)).toEqual([
    { before: { endpoints: [real, lost] }, after: {} },
    { before: {}, after: { endpoints: [real, lost] } },
  ]);
  expect((await house.api.get('/services/nope/endpoints')).body.code).toBe('SERVICE_NOT_FOUND');
});

test('groups and policies are there again after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-governance-'));
  const start = () => startEngine({ config: readConfig({ HEDDLE_PORT: '0', HEDDLE_DATA: folder }), log: silentLog });
  try {
    const before = await start();
    const api = clientOf(before.url ?? '');
    const service = { id: 'core', title: 'Core', connector: 'http', config: { baseUrl: 'http://127.0.0.1:1' } };
    const operations = {
      ask: { readOnly: true, request: true, response: true, binding: { method: 'GET', path: '/' } },
    };
    await api.put('/services/core', { ...service, group: 'g', operations });
    await api.put('/service-groups/g', { title: 'G', policy: { timeoutMs: 1_234 } });
    await before.close();
    const after = await start();
    const { body } = await clientOf(after.url ?? '').get('/services/core/operations/ask/policy');
    expect(body.policy.timeoutMs).toEqual({ value: 1_234, from: 'group' });
    await after.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Of Debian's package `prometheus`. */
const promtool = process.env['PROMTOOL'] ?? 'promtool';
const hasPromtool = spawnSync(promtool, ['--version']).status === 0;
if (!hasPromtool) console.warn('skipped: promtool is not installed, so nobody looks over the names of the metrics');

test.skipIf(!hasPromtool)('promtool finds nothing to say against the metrics', async () => {
  const house = await open();
  await patch(house, '/services/desk/operations/getCustomer/policy', { cache: { forMs: 60_000 }, breaker: {} });
  await tryOut(house, 'getCustomer', { id: 'C1' });
  await tryOut(house, 'getCustomer', { id: 'C1' });
  const { body } = await house.api.get('/metrics');
  expect(body).toContain('heddle_cache_hits_total{service="desk",operation="getCustomer"} 1');
  expect(body).toContain('heddle_breaker_state{service="desk",operation="getCustomer",state="closed"} 1');
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], { input: body, encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
});

test('the history says of a step that a mock answered it, or a cache, and of others nothing', async () => {
  const house = await open();
  await patch(house, '/services/desk/operations/getCustomer/policy', { cache: { forMs: 60_000 } });
  await patch(house, '/services/desk/operations/echo/policy', { mock: { output: { n: 1 } } });
  const call = (operation: string, input: Json, next?: string) => ({
    type: 'call',
    service: 'desk',
    operation,
    input,
    ...(next && { next }),
  });
  await house.publish({
    id: 'stood-in',
    start: 'first',
    nodes: {
      first: call('getCustomer', { id: 'c1' }, 'again'),
      again: call('getCustomer', { id: 'c1' }, 'mocked'),
      mocked: call('echo', {}),
    },
  });
  const { body } = await house.api.post('/flows/stood-in', {});
  const { steps } = (await house.api.get(`/runs/${body.runId}`)).body;
  expect(steps.map((step: { node: string; answeredBy?: string }) => [step.node, step.answeredBy])).toEqual([
    ['first', undefined],
    ['again', 'cache'],
    ['mocked', 'mock'],
  ]);
});
