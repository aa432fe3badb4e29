import { type Answer, CallError, type CallErrorFacts } from '@heddle/connectors/sdk/index';
import { afterEach, expect, test, vi } from 'vitest';
import { createMetrics, silentLog } from '../telemetry/index.ts';
import { type Answering, deferred, scriptedConnector, serviceWith } from './fixture.ts';
import { createInvoker, type InvokerParts } from './invoke.ts';
import { createServiceRegistry } from './registry.ts';
import type { Service } from './service.ts';

afterEach(() => vi.useRealTimers());

function setUp(answering: Answering, service: Service = serviceWith(), parts: Partial<InvokerParts> = {}) {
  const { connectors, asked, log } = scriptedConnector(answering);
  const registry = createServiceRegistry();
  registry.put(service);
  const invoker = createInvoker({ registry, connectors, log: silentLog, random: () => 0, ...parts });
  const call = (timeoutMs?: number) =>
    invoker.invoke(
      { service: 'core', operation: 'do', input: { id: 'a' }, ...(timeoutMs !== undefined && { timeoutMs }) },
      { idempotencyKey: 'run-1:/do#1', attempt: 1 },
    );
  return { invoker, registry, asked, log, call };
}

const ok: Answering = async () => ({ status: 200, body: { done: true } });
const never: Answering = () => new Promise<Answer>(() => {});
const failing =
  (facts: CallErrorFacts): Answering =>
  async () => {
    throw new CallError('no', facts);
  };
const broken = failing({ kind: 'failed', status: 500, retryable: false, mayHaveActed: true });

test('hands the answer over, with its status and duration', async () => {
  const { call, asked } = setUp(ok);
  expect(await call()).toEqual({ output: { done: true }, status: 200, durationMs: expect.any(Number) });
  expect(asked[0]?.context).toMatchObject({ idempotencyKey: 'run-1:/do#1', attempt: 1, maxResponseBytes: 2_097_152 });
});

test.each([
  { service: 'nope', operation: 'do', code: 'SERVICE_NOT_FOUND' },
  { service: 'core', operation: 'nope', code: 'OPERATION_NOT_FOUND' },
  { service: 'core', operation: 'constructor', code: 'OPERATION_NOT_FOUND' },
])('$service.$operation is $code', async ({ service, operation, code }) => {
  const { invoker } = setUp(ok);
  const calling = invoker.invoke({ service, operation, input: null }, { idempotencyKey: 'k', attempt: 1 });
  await expect(calling).rejects.toMatchObject({ code, details: { mayHaveActed: false, retryable: false } });
});

test('an input that does not fit is refused before anything is sent, with pointers', async () => {
  const request = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };
  const { call, asked } = setUp(ok, serviceWith({ request }));
  await expect(call()).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    details: { service: 'core', operation: 'do', attempts: 0, mayHaveActed: false, problems: [{ pointer: '/id' }] },
  });
  expect(asked).toEqual([]);
});

test('an answer that does not fit is an error of a call that acted', async () => {
  const response = { type: 'object', properties: { done: { type: 'string' } } };
  const { call } = setUp(ok, serviceWith({ response }));
  await expect(call()).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    details: { mayHaveActed: true, retryable: false, status: 200, problems: [{ pointer: '/done' }] },
  });
});

const lost: CallErrorFacts = { kind: 'unavailable', retryable: true, mayHaveActed: true };
test.each<[CallErrorFacts, 'idempotent' | 'once', string, boolean]>([
  [{ kind: 'unavailable', retryable: true, mayHaveActed: false }, 'once', 'SERVICE_UNAVAILABLE', true],
  [lost, 'idempotent', 'SERVICE_UNAVAILABLE', true],
  [lost, 'once', 'OUTCOME_UNKNOWN', false],
  [{ ...lost, status: 503 }, 'once', 'SERVICE_UNAVAILABLE', false],
  [{ kind: 'unavailable', status: 429, retryable: true, mayHaveActed: false }, 'once', 'SERVICE_OVERLOADED', true],
  [{ kind: 'timeout', retryable: true, mayHaveActed: true }, 'once', 'DEADLINE_EXCEEDED', false],
  [{ kind: 'timeout', retryable: true, mayHaveActed: true }, 'idempotent', 'DEADLINE_EXCEEDED', true],
  [{ kind: 'failed', status: 500, retryable: false, mayHaveActed: true }, 'idempotent', 'SERVICE_ERROR', false],
  [{ kind: 'rejected', status: 422, retryable: false, mayHaveActed: false }, 'once', 'SERVICE_REFUSED', false],
  [{ kind: 'refused', retryable: false, mayHaveActed: false }, 'once', 'INPUT_INVALID', false],
  [{ kind: 'invalid-response', retryable: false, mayHaveActed: true }, 'once', 'RESPONSE_INVALID', false],
  [{ kind: 'too-large', retryable: false, mayHaveActed: true }, 'once', 'RESPONSE_TOO_LARGE', false],
  [{ kind: 'address-refused', retryable: false, mayHaveActed: false }, 'once', 'ADDRESS_REFUSED', false],
])('%j of a %s operation is %s, retryable: %s', async (facts, safety, code, retryable) => {
  const { call } = setUp(failing(facts), serviceWith({ safety }));
  const status = facts.status === undefined ? {} : { status: facts.status };
  await expect(call()).rejects.toMatchObject({
    code,
    details: { service: 'core', operation: 'do', attempts: 1, mayHaveActed: facts.mayHaveActed, retryable, ...status },
  });
});

test('body and Retry-After of a refusal reach the caller', async () => {
  const facts = {
    kind: 'rejected',
    status: 409,
    retryable: false,
    mayHaveActed: false,
    retryAfterMs: 700,
    body: { code: 'E1' },
  } as const;
  await expect(setUp(failing(facts)).call()).rejects.toMatchObject({
    details: { retryAfterMs: 700, body: { code: 'E1' } },
  });
});

test('a connector that throws anything else is reported as broken, and may have acted', async () => {
  const { call } = setUp(async () => {
    throw new TypeError('x is not a function');
  });
  await expect(call()).rejects.toMatchObject({
    code: 'SERVICE_ERROR',
    details: { mayHaveActed: true, retryable: false },
  });
});

test('a connector that ignores its deadline does not hold up the caller', async () => {
  await expect(setUp(never).call(30)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    details: { mayHaveActed: true, retryable: true },
  });
});

test.each([
  { wishMs: 50_000, declaredMs: 40, at: 'the declared limit wins over a longer wish' },
  { wishMs: 40, declaredMs: 50_000, at: 'a shorter wish wins over the declared limit' },
])('$at', async ({ wishMs, declaredMs }) => {
  const { call, asked } = setUp(ok, serviceWith({ policy: { timeoutMs: declaredMs } }));
  await call(wishMs);
  expect(asked[0]?.context.deadline.remainingMs()).toBeLessThanOrEqual(40);
});

test('without a declared limit a wish for more time than the default is granted', async () => {
  const { call, asked } = setUp(ok);
  await call(60_000);
  await call();
  expect(asked.map(({ context }) => Math.round(context.deadline.remainingMs() / 10_000))).toEqual([6, 1]);
});

test('tries again with the same key and the next attempt number, and adds up the doubts', async () => {
  const outcomes = [lost, { ...lost, mayHaveActed: false }];
  const retried = serviceWith({ policy: { retry: { attempts: 2, delayMs: 1 } } });
  const { call, asked } = setUp(async () => {
    throw new CallError('lost', outcomes[asked.length - 1] ?? lost);
  }, retried);
  await expect(call()).rejects.toMatchObject({ details: { attempts: 2, mayHaveActed: true } });
  expect(asked.map(({ context }) => [context.idempotencyKey, context.attempt])).toEqual([
    ['run-1:/do#1', 1],
    ['run-1:/do#1', 2],
  ]);
});

test.each([
  { name: 'not retryable', facts: { ...lost, retryable: false }, safety: 'idempotent', timeoutMs: 1_000 },
  { name: 'not safe to repeat', facts: lost, safety: 'once', timeoutMs: 1_000 },
  {
    name: 'asked to wait past the deadline',
    facts: { ...lost, retryAfterMs: 5_000 },
    safety: 'idempotent',
    timeoutMs: 1_000,
  },
] as const)('does not try again: $name', async ({ facts, safety, timeoutMs }) => {
  const { call, asked } = setUp(
    failing(facts),
    serviceWith({ safety, policy: { retry: { attempts: 5, delayMs: 1 } } }),
  );
  const startedAt = performance.now();
  await expect(call(timeoutMs)).rejects.toMatchObject({ details: { attempts: 1 } });
  expect(asked).toHaveLength(1);
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test('Retry-After is waited for when it fits', async () => {
  const service = serviceWith({ policy: { retry: { attempts: 2, delayMs: 1 } } });
  const { call, asked } = setUp(async () => {
    if (asked.length === 1) throw new CallError('later', { ...lost, retryAfterMs: 60 });
    return { body: null };
  }, service);
  const startedAt = performance.now();
  await call();
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(59);
});

test('the rate limit refuses what is over it, and says when to come back', async () => {
  const { call, asked } = setUp(ok, serviceWith({ policy: { rateLimit: { calls: 2, perMs: 60_000 } } }));
  await call();
  await call();
  await expect(call()).rejects.toMatchObject({
    code: 'SERVICE_OVERLOADED',
    details: { attempts: 0, mayHaveActed: false, retryable: true, retryAfterMs: expect.any(Number) },
  });
  expect(asked).toHaveLength(2);
});

test('the bulkhead queues, refuses what the queue does not hold, and goes on', async () => {
  const gate = deferred<Answer>();
  const { call, asked, invoker } = setUp(
    () => gate.promise,
    serviceWith({ policy: { bulkhead: { concurrent: 1, queue: 1 } } }),
  );
  const first = call();
  const second = call();
  await expect(call()).rejects.toMatchObject({
    code: 'SERVICE_OVERLOADED',
    details: { attempts: 0, mayHaveActed: false },
  });
  expect([asked.length, invoker.stats()[0]?.inFlight]).toEqual([1, 2]);
  gate.resolve({ body: 1 });
  expect((await Promise.all([first, second])).map(({ output }) => output)).toEqual([1, 1]);
});

test('who waits in the queue past the deadline is told so, and is not sent later', async () => {
  const gate = deferred<Answer>();
  const { call, asked } = setUp(() => gate.promise, serviceWith({ policy: { bulkhead: { concurrent: 1, queue: 1 } } }));
  const first = call();
  await expect(call(30)).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    details: { attempts: 0, mayHaveActed: false },
  });
  gate.resolve({ body: null });
  await first;
  await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
});

test("a service's bulkhead holds for all of its operations together", async () => {
  const gate = deferred<Answer>();
  const operation = { safety: 'idempotent', request: true, response: true, binding: {} } as const;
  const service = serviceWith(
    {},
    { policy: { bulkhead: { concurrent: 1, queue: 0 } }, operations: { do: operation, also: operation } },
  );
  const { call, invoker } = setUp(() => gate.promise, service);
  const first = call();
  const other = invoker.invoke(
    { service: 'core', operation: 'also', input: null },
    { idempotencyKey: 'k', attempt: 1 },
  );
  await expect(other).rejects.toMatchObject({ code: 'SERVICE_OVERLOADED' });
  gate.resolve({ body: null });
  await first;
});

test('the breaker opens, lets one call through when its time is over, and closes on success', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  let answering: Answering = broken;
  const policy = { breaker: { minimumCalls: 4, failureRatio: 0.5, windowMs: 10_000, openMs: 5_000 } };
  const { call, asked, invoker } = setUp((request, context) => answering(request, context), serviceWith({ policy }));
  for (let count = 0; count < 4; count += 1) await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  expect(invoker.stats()[0]?.breaker).toBe('open');
  await expect(call()).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    details: { attempts: 0, mayHaveActed: false, retryable: true, retryAfterMs: 5_000 },
  });
  expect(asked).toHaveLength(4);
  vi.advanceTimersByTime(5_000);
  await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  expect(invoker.stats()[0]?.breaker).toBe('open');
  vi.advanceTimersByTime(5_000);
  answering = ok;
  await call();
  expect(invoker.stats()[0]).toMatchObject({
    service: 'core',
    operation: 'do',
    inFlight: 0,
    calls: 7,
    errors: 6,
    breaker: 'closed',
  });
});

test('refusals by the service are signs of life: the breaker stays closed', async () => {
  const refusing = failing({ kind: 'rejected', status: 422, retryable: false, mayHaveActed: false });
  const { call, invoker } = setUp(refusing, serviceWith({ policy: { breaker: { minimumCalls: 2 } } }));
  for (let count = 0; count < 5; count += 1) await expect(call()).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
  expect(invoker.stats()[0]?.breaker).toBe('closed');
});

test('with the breaker switched off nothing is held back', async () => {
  const { call, asked, invoker } = setUp(broken, serviceWith({ policy: { breaker: false } }));
  for (let count = 0; count < 30; count += 1) await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  expect([asked.length, invoker.stats()[0]?.breaker]).toEqual([30, 'none']);
});

test('a change of policy keeps the connection, a change of config replaces it', async () => {
  const { call, registry, log } = setUp(ok);
  await call();
  registry.put(serviceWith({ policy: { timeoutMs: 77 } }));
  await call();
  expect(log).toEqual({ opened: 1, closed: 0 });
  registry.put(serviceWith({}, { config: { key: 'new' } }));
  await call();
  expect(log).toEqual({ opened: 2, closed: 1 });
  registry.remove('core');
  await expect(call()).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
});

test('a connection is not closed under a call that is out', async () => {
  const gate = deferred<Answer>();
  const { call, registry, log, invoker } = setUp(() => gate.promise);
  const calling = call();
  await new Promise(setImmediate);
  registry.remove('core');
  const disposing = invoker.dispose();
  await new Promise(setImmediate);
  expect(log.closed).toBe(0);
  gate.resolve({ body: 'late' });
  expect((await calling).output).toBe('late');
  await disposing;
  expect(log.closed).toBe(1);
  await expect(call()).rejects.toMatchObject({ code: 'NOT_READY' });
});

test('a connection that cannot be opened is tried again by the next call', async () => {
  let isThere = false;
  const { connectors } = scriptedConnector(ok, () => {
    if (!isThere) throw new Error('no secret named KEY');
  });
  const registry = createServiceRegistry();
  registry.put(serviceWith());
  const invoker = createInvoker({ registry, connectors, log: silentLog });
  const calling = () =>
    invoker.invoke({ service: 'core', operation: 'do', input: null }, { idempotencyKey: 'k', attempt: 1 });
  await expect(calling()).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('no secret named KEY'),
    details: { attempts: 0, mayHaveActed: false },
  });
  isThere = true;
  expect((await calling()).output).toEqual({ done: true });
});

test('counts calls by outcome', async () => {
  const metrics = createMetrics();
  const { call } = setUp(broken, serviceWith(), { metrics });
  await expect(call()).rejects.toThrow();
  expect((await metrics.read()).text).toContain(
    'heddle_call_duration_seconds_count{service="core",operation="do",outcome="SERVICE_ERROR"} 1',
  );
});
