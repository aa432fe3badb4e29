import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectors } from '@heddle/connectors/index';
import { afterEach, expect, test } from 'vitest';
import { createMetrics, silentLog } from '../telemetry/index.ts';
import { createInvoker, type InvokerParts } from './invoke.ts';
import type { InvokeContext } from './invoker.ts';
import { parseService } from './parse.ts';
import { createServiceRegistry } from './registry.ts';
import type { Service } from './service.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Answering = (response: ServerResponse) => void;

/** A real instance that says who it is. */
async function instance(name: string, answering?: Answering) {
  const state = { calls: 0, connections: 0, answering };
  const server = createServer((request, response) => {
    state.calls += 1;
    const answer: Answering =
      state.answering ??
      ((to) => to.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ by: name })));
    request.resume().on('end', () => answer(response));
  });
  server.on('connection', () => {
    state.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.closeAllConnections() ?? server.close(() => resolve()));
  closing.push(close);
  const { port } = server.address() as AddressInfo; // what a server that listens on a port has
  return { state, port, close, address: { host: '127.0.0.1', port } };
}

function parsed(parts: object, operation: object = {}): Service {
  const result = parseService(
    {
      id: 'core',
      title: 'Core',
      connector: 'http',
      config: { baseUrl: 'http://core.invalid/api' },
      policy: { breaker: false },
      operations: {
        do: {
          safety: 'idempotent',
          request: true,
          response: true,
          binding: { method: 'POST', path: '/do' },
          ...operation,
        },
      },
      ...parts,
    },
    connectors,
  );
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.service;
}

function invokerOf(service: Service, parts: Partial<InvokerParts> = {}) {
  const registry = createServiceRegistry();
  registry.put(service);
  const invoker = createInvoker({ registry, connectors, log: silentLog, ...parts });
  closing.push(() => invoker.dispose());
  const call = async (context: Partial<InvokeContext> = {}) =>
    (
      await invoker.invoke(
        { service: 'core', operation: 'do', input: {}, timeoutMs: 5_000 },
        { idempotencyKey: 'k', attempt: 1, ...context },
      )
    ).output;
  return { invoker, registry, call };
}

test('calls are spread over the endpoints by their weights', async () => {
  const [a, b] = [await instance('a'), await instance('b')];
  const service = parsed({
    endpoints: [
      { id: 'a', address: a.address, weight: 3 },
      { id: 'b', config: { baseUrl: `http://127.0.0.1:${b.port}` } },
    ],
  });
  let step = 0;
  const { call, invoker } = invokerOf(service, { random: () => (step++ % 4) / 4 });
  const answers = [];
  for (let count = 0; count < 8; count += 1) answers.push(await call());
  expect([a.state.calls, b.state.calls]).toEqual([6, 2]);
  expect(answers).toContainEqual({ by: 'b' });
  expect(invoker.endpoints()).toEqual([
    {
      service: 'core',
      endpoints: [
        {
          id: 'a',
          address: `http://127.0.0.1:${a.port}`,
          weight: 3,
          tags: [],
          isUp: true,
          inFlight: 0,
          calls: 6,
          failures: 0,
        },
        {
          id: 'b',
          address: `http://127.0.0.1:${b.port}`,
          weight: 1,
          tags: [],
          isUp: true,
          inFlight: 0,
          calls: 2,
          failures: 0,
        },
      ],
    },
  ]);
});

test('a try again goes to another endpoint; one that is lost is left out, and found again', async () => {
  const [a, b] = [await instance('a'), await instance('b')];
  await a.close();
  let nowMs = 1_000;
  const clock = { now: () => nowMs, every: () => () => {} };
  const metrics = createMetrics();
  const service = parsed({
    endpoints: [
      { id: 'a', address: a.address, weight: 1_000 },
      { id: 'b', address: b.address },
    ],
    policy: { breaker: false, retry: { attempts: 2, delayMs: 1, maxDelayMs: 1 } },
  });
  const { call, invoker } = invokerOf(service, { random: () => 0, clock, metrics, epochMs: () => 70_000 });
  for (let count = 0; count < 5; count += 1) expect(await call()).toEqual({ by: 'b' });
  expect(invoker.endpoints()[0]?.endpoints).toMatchObject([
    {
      id: 'a',
      isUp: false,
      outUntil: 75_000,
      calls: 3,
      failures: 3,
      lastFailure: expect.stringContaining('ECONNREFUSED'),
    },
    { id: 'b', isUp: true, calls: 5, failures: 0 },
  ]);
  const { text } = await metrics.read();
  expect(text).toContain('heddle_endpoint_up{service="core",endpoint="a"} 0');
  expect(text).toContain('heddle_endpoint_up{service="core",endpoint="b"} 1');
  nowMs += 5_000;
  await call();
  expect(invoker.endpoints()[0]?.endpoints[0]).toMatchObject({ calls: 4, isUp: false, outUntil: 80_000 });
});

test('when all are left out they are tried anyway', async () => {
  const a = await instance('a', (response) => response.socket?.destroy());
  const { call, invoker } = invokerOf(parsed({ endpoints: [{ id: 'a', address: a.address }] }));
  for (let count = 0; count < 3; count += 1)
    await expect(call()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(invoker.endpoints()[0]?.endpoints[0]?.isUp).toBe(false);
  a.state.answering = undefined;
  expect(await call()).toEqual({ by: 'a' });
  expect(invoker.endpoints()[0]?.endpoints[0]).toMatchObject({ calls: 4, failures: 3 });
});

test('a connection lost after sending is not made up for elsewhere, if the operation is to be done once', async () => {
  const [a, b] = [await instance('a', (response) => response.socket?.destroy()), await instance('b')];
  const service = parsed(
    {
      endpoints: [
        { id: 'a', address: a.address, weight: 1_000 },
        { id: 'b', address: b.address },
      ],
      policy: { breaker: false, retry: { attempts: 3, delayMs: 1 } },
    },
    { safety: 'once' },
  );
  const { call } = invokerOf(service, { random: () => 0 });
  await expect(call()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { mayHaveActed: true, attempts: 1 } });
  expect([a.state.calls, b.state.calls]).toEqual([1, 0]);
});

test('a gray endpoint takes the calls of its tenants, and no others', async () => {
  const [a, b] = [await instance('stable'), await instance('gray')];
  const service = parsed({
    endpoints: [
      { id: 'stable', address: a.address },
      { id: 'gray', address: b.address, when: { tenant: ['t7'] } },
    ],
  });
  const { call } = invokerOf(service);
  expect(await call({ attributes: { tenant: 't7' } })).toEqual({ by: 'gray' });
  expect(await call({ attributes: { tenant: 't1' } })).toEqual({ by: 'stable' });
  expect(await call()).toEqual({ by: 'stable' });
});

test('a change of weights is in force for the next call and keeps connections; what is gone is closed', async () => {
  const [a, b] = [await instance('a'), await instance('b')];
  const withWeights = (weightA: number, weightB: number) =>
    parsed({
      endpoints: [
        { id: 'a', address: a.address, weight: weightA },
        { id: 'b', address: b.address, weight: weightB },
      ],
    });
  const { call, registry, invoker } = invokerOf(withWeights(1, 0));
  expect(await call()).toEqual({ by: 'a' });
  registry.put(withWeights(0, 1));
  expect(await call()).toEqual({ by: 'b' });
  registry.put(withWeights(1, 0));
  expect(await call()).toEqual({ by: 'a' });
  expect([a.state.connections, b.state.connections]).toEqual([1, 1]);
  expect(invoker.endpoints()[0]?.endpoints.map(({ calls }) => calls)).toEqual([2, 1]);
  registry.put(parsed({ config: { baseUrl: `http://127.0.0.1:${b.port}` } }));
  expect(await call()).toEqual({ by: 'b' });
  expect(invoker.endpoints()).toEqual([]);
});

const place = { id: 'a', address: { host: '127.0.0.1', port: 1 } };
test.each([
  { parts: { endpoints: [{ id: 'a' }] }, at: ['/endpoints/0'] },
  { parts: { endpoints: [{ ...place, config: {} }] }, at: ['/endpoints/0'] },
  { parts: { endpoints: [place, place] }, at: ['/endpoints/1/id'] },
  { parts: { endpoints: [{ id: 'a', config: { baseUrl: 'ftp://x' } }] }, at: ['/endpoints/0/config/baseUrl'] },
  { parts: { endpoints: [{ id: 'a', config: { baseUrl: null } }] }, at: ['/endpoints/0/config'] },
  { parts: { endpoints: [{ ...place, when: { tenant: 't' } }] }, at: ['/endpoints'] },
  { parts: { endpoints: [{ ...place, weight: 0 }] }, at: ['/endpoints'] },
  { parts: { discovery: { kind: 'consul', url: 'nope', service: 'core' } }, at: ['/discovery/url'] },
  { parts: { discovery: { kind: 'nacos', url: 'http://u:p@n/', service: 'core' } }, at: ['/discovery/url'] },
  { parts: { discovery: { kind: 'dns-srv', name: 'x', servers: ['not an address'] } }, at: ['/discovery/servers'] },
  {
    parts: { connector: 'sql', config: { dialect: 'sqlite', file: 'x.db' }, operations: {}, endpoints: [place] },
    at: ['/endpoints/0/address'],
  },
])('refuses $parts', ({ parts, at }) => {
  const result = parseService(
    {
      id: 'core',
      title: 'Core',
      connector: 'http',
      config: { baseUrl: 'http://core.invalid' },
      operations: {},
      ...parts,
    },
    connectors,
  );
  expect(result.ok ? [] : result.problems.map(({ pointer }) => pointer)).toEqual(at);
});

test('instances that a registry names are called from the first call on, and the last known while it is down', async () => {
  const [a, b] = [await instance('a'), await instance('b')];
  const known = [a.port];
  const registry = await instance('registry', (response) =>
    response.end(JSON.stringify(known.map((Port) => ({ Service: { ID: `i${Port}`, Address: '127.0.0.1', Port } })))),
  );
  const discovery = { kind: 'consul', url: `http://127.0.0.1:${registry.port}`, service: 'core', refreshMs: 500 };
  const { call, invoker } = invokerOf(parsed({ discovery }));
  expect(await call()).toEqual({ by: 'a' });
  known.splice(0, 1, b.port);
  await expect.poll(call, { timeout: 5_000 }).toEqual({ by: 'b' });
  expect(invoker.endpointsOf('core')).toMatchObject({
    endpoints: [{ id: `i${b.port}`, isUp: true }],
    discovery: { kind: 'consul', state: 'ok', at: expect.any(Number) },
  });
  await registry.close();
  await expect.poll(() => invoker.endpointsOf('core').discovery?.state, { timeout: 5_000 }).toBe('failing');
  expect(await call()).toEqual({ by: 'b' });
});

test('while nobody is known a call fails without having acted, and says why', async () => {
  const gone = await instance('registry');
  await gone.close();
  const { call } = invokerOf(
    parsed({ discovery: { kind: 'nacos', url: `http://127.0.0.1:${gone.port}/nacos`, service: 'core' } }),
  );
  await expect(call()).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('/nacos/v1/ns/instance/list cannot be asked'),
    details: { attempts: 0, mayHaveActed: false, retryable: true },
  });
});
