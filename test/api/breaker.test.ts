import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type House, openHouse, read } from './house.ts';

const WINDOW_MS = 2_000;
const OPEN_MS = 1_500;
/** Calls that the breaker has to see before it may open. */
const MINIMUM_CALLS = 20;
const LOAD = 8;
/** How long a refused flow may take from request to answer, in the middle. */
const FAST_MS = 5;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A service of which every second call fails while it is told to. */
async function shakyService() {
  const state = { isShaky: true, calls: 0 };
  const server = createServer((request, response) => {
    state.calls += 1;
    const fails = state.isShaky && state.calls % 2 === 0;
    request.resume().on('end', () => {
      response.writeHead(fails ? 500 : 200, { 'content-type': 'application/json' }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.closeAllConnections() ?? server.close(resolve)));
  const { port } = server.address() as AddressInfo; // what a server that listens on a port has
  return { state, url: `http://127.0.0.1:${port}` };
}

async function houseWith(url: string): Promise<House> {
  const house = await openHouse();
  closing.push(() => house.close());
  await house.engine.putService({
    id: 'shaky',
    title: 'Shaky',
    connector: 'http',
    config: { baseUrl: url },
    policy: { breaker: { failureRatio: 0.5, windowMs: WINDOW_MS, minimumCalls: MINIMUM_CALLS, openMs: OPEN_MS } },
    operations: {
      ask: { readOnly: true, request: true, response: true, binding: { method: 'POST', path: '/ask' } },
    },
  });
  await house.publish({
    id: 'asks',
    mode: 'express',
    start: 'ask',
    nodes: { ask: { type: 'call', service: 'shaky', operation: 'ask', input: read('input') } },
  });
  return house;
}

interface Told {
  readonly status: number;
  readonly code: string | undefined;
  readonly ms: number;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

test('an operation that fails half of the time under load is left alone, flows are told at once, and it comes back by itself', async () => {
  const { state, url } = await shakyService();
  const { api, engine } = await houseWith(url);
  const ask = async (): Promise<Told> => {
    const startedAt = performance.now();
    const { status, body } = await api.post('/flows/asks', { a: 1 });
    return { status, code: body.code, ms: performance.now() - startedAt };
  };
  /** Without the sockets and the client, which share the two processors with whatever else the machine does. */
  const askInside = async (): Promise<Told> => {
    const startedAt = performance.now();
    const response = await engine.app.inject({ method: 'POST', url: '/flows/asks', payload: { a: 1 } });
    return { status: response.statusCode, code: response.json().code, ms: performance.now() - startedAt };
  };
  const breaker = () => engine.invoker.stats().find(({ service }) => service === 'shaky')?.breaker;

  // Load from several callers until the breaker opens.
  const startedAt = performance.now();
  let isOpen = false;
  await Promise.all(
    Array.from({ length: LOAD }, async () => {
      while (!isOpen && performance.now() - startedAt < 10 * WINDOW_MS) {
        await ask();
        isOpen ||= breaker() === 'open';
      }
    }),
  );
  const openedAfterMs = performance.now() - startedAt;
  expect(breaker()).toBe('open');
  expect(openedAfterMs).toBeLessThan(WINDOW_MS);
  expect(state.calls).toBeLessThanOrEqual(MINIMUM_CALLS * 2 + LOAD);

  // Now nothing reaches the service, and every flow has its answer at once.
  const reached = state.calls;
  const told: Told[] = [];
  const overHttp: Told[] = [];
  while (told.length < 200 && performance.now() - startedAt < openedAfterMs + OPEN_MS - 500) {
    told.push(await askInside());
    if (told.length % 10 === 0) overHttp.push(await ask());
  }
  expect(told.length).toBeGreaterThan(20);
  expect(new Set([...told, ...overHttp].map(({ status, code }) => `${status} ${code}`))).toEqual(
    new Set(['503 SERVICE_UNAVAILABLE']),
  );
  expect(state.calls).toBe(reached);
  expect(median(told.map(({ ms }) => ms))).toBeLessThan(FAST_MS);

  // The service is well again: nobody does anything but call.
  state.isShaky = false;
  await expect.poll(async () => (await ask()).status, { interval: 50, timeout: 10_000 }).toBe(200);
  expect(breaker()).toBe('closed');
  expect((await Promise.all(Array.from({ length: 20 }, ask))).map(({ status }) => status)).toEqual(
    Array.from({ length: 20 }, () => 200),
  );
});
