import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectors } from '@heddle/connectors/index';
import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../telemetry/index.ts';
import { createInvoker } from './invoke.ts';
import { parseService } from './parse.ts';
import { createServiceRegistry } from './registry.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The whole way from a service description to a server on the wire. */
async function invokerTo(answer: (response: ServerResponse, attempt: number) => void, operation: object = {}) {
  let attempts = 0;
  const server = createServer((request, response) => {
    attempts += 1;
    request.resume().on('end', () => answer(response, attempts));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // what a server that listens on a port has
  const parsed = parseService(
    {
      id: 'core',
      title: 'Core',
      connector: 'http',
      config: { baseUrl: `http://127.0.0.1:${port}` },
      operations: {
        do: {
          safety: 'idempotent',
          request: true,
          response: { type: 'object' },
          binding: { method: 'POST', path: '/do' },
          ...operation,
        },
      },
    },
    connectors,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const registry = createServiceRegistry();
  registry.put(parsed.service);
  const invoker = createInvoker({ registry, connectors, log: silentLog });
  closing.push(
    () => new Promise((resolve) => server.closeAllConnections() ?? server.close(resolve)),
    () => invoker.dispose(),
  );
  return (timeoutMs = 2_000) =>
    invoker.invoke(
      { service: 'core', operation: 'do', input: { a: 1 }, timeoutMs },
      { idempotencyKey: 'k', attempt: 1 },
    );
}

const json = { 'content-type': 'application/json' };

test('an answer that trickles in is cut off at the deadline, in total', async () => {
  const call = await invokerTo((response) => {
    response.writeHead(200, json);
    const timer = setInterval(() => response.write(' '), 5);
    response.on('close', () => clearInterval(timer));
  });
  const startedAt = performance.now();
  await expect(call(150)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { mayHaveActed: true } });
  expect(performance.now() - startedAt).toBeLessThan(450);
});

test('a connection that is lost is retried under the same key until it holds', async () => {
  const call = await invokerTo(
    (response, attempt) =>
      attempt === 1 ? response.socket?.destroy() : response.writeHead(200, json).end('{"id":1234567890123456789}'),
    {
      policy: { retry: { attempts: 3, delayMs: 5 } },
      response: { type: 'object', properties: { id: { type: 'integer' } } },
    },
  );
  expect(await call()).toMatchObject({ output: { id: '1234567890123456789' }, status: 200 });
});

test('a connection lost by an operation that is to be done once leaves the outcome unknown', async () => {
  const call = await invokerTo((response) => response.socket?.destroy(), { safety: 'once' });
  await expect(call()).rejects.toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    details: { mayHaveActed: true, retryable: false, attempts: 1 },
  });
});

test('an answer with a duplicate key is not believed', async () => {
  const call = await invokerTo((response) => response.writeHead(200, json).end('{"amount":1,"amount":2}'));
  await expect(call()).rejects.toMatchObject({ code: 'RESPONSE_INVALID', details: { mayHaveActed: true } });
});
