import { type Answer, CallError } from '@heddle/connectors/sdk/index';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Json } from '../errors.ts';
import { createMetrics, silentLog } from '../telemetry/index.ts';
import { type Answering, deferred, scriptedConnector, serviceWith } from './fixture.ts';
import { canonical } from './governance/index.ts';
import { parseGroup } from './groups.ts';
import { createInvoker, type InvokerParts } from './invoke.ts';
import type { InvokeContext } from './invoker.ts';
import type { Policy } from './policy-schema.ts';
import { createServiceRegistry } from './registry.ts';
import type { Service } from './service.ts';

const reading = (policy: Policy, operation: object = {}): Service => {
  const { safety: _safety, ...rest } = serviceWith({ readOnly: true, policy, ...operation }).operations['do'] ?? {};
  return serviceWith({}, { operations: { do: rest as Service['operations'][string] } });
};

function setUp(answering: Answering, service: Service, parts: Partial<InvokerParts> = {}) {
  const { connectors, asked, log } = scriptedConnector(answering);
  const registry = createServiceRegistry();
  registry.put(service);
  const invoker = createInvoker({ registry, connectors, log: silentLog, random: () => 0, ...parts });
  const call = (
    input: Json = { id: 'a' },
    more: { timeoutMs?: number; isFresh?: boolean; service?: string } = {},
    context: Partial<InvokeContext> = {},
  ) =>
    invoker.invoke(
      { service: 'core', operation: 'do', input, ...more },
      { idempotencyKey: 'k', attempt: 1, ...context },
    );
  return { invoker, registry, asked, log, call };
}

const counting = (): Answering => {
  let count = 0;
  return async () => {
    count += 1;
    return { status: 200, body: { count } };
  };
};
const broken: Answering = async () => {
  throw new CallError('no', { kind: 'failed', status: 500, retryable: false, mayHaveActed: true });
};

test('an equal call is answered from the cache and says so, whatever the order of its members', async () => {
  const { call, asked, invoker } = setUp(counting(), reading({ cache: { forMs: 60_000 } }));
  expect(await call({ a: 1, b: [{ c: 1, d: 2 }] })).toMatchObject({ output: { count: 1 } });
  expect(await call({ b: [{ d: 2, c: 1 }], a: 1 })).toMatchObject({ output: { count: 1 }, answeredBy: 'cache' });
  expect(await call({ a: 2 })).not.toHaveProperty('answeredBy');
  expect(await call({ a: 2 }, { isFresh: true })).toMatchObject({ output: { count: 3 } });
  expect(await call({ a: 2 })).toMatchObject({ output: { count: 3 }, answeredBy: 'cache' });
  expect(asked).toHaveLength(3);
  expect(invoker.stats()[0]?.cache).toEqual({ hits: 2, misses: 3, hitRatio: 0.4, entries: 2 });
});

test('what one tenant was told is not told to another', async () => {
  const { call } = setUp(counting(), reading({ cache: { forMs: 60_000 } }));
  const outputs = [];
  for (const tenant of ['t1', 't2', 't1']) outputs.push((await call({}, {}, { attributes: { tenant } })).output);
  expect(outputs).toEqual([{ count: 1 }, { count: 2 }, { count: 1 }]);
});

test('an answer is forgotten after its time, and the least recently used when there are too many', async () => {
  const { call, asked } = setUp(counting(), reading({ cache: { forMs: 40 } }));
  await call();
  await expect.poll(async () => (await call()).output, { interval: 10 }).toEqual({ count: 2 });
  const small = setUp(counting(), reading({ cache: { forMs: 60_000, maxEntries: 2 } }));
  for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await small.call({ id });
  expect([asked.length, small.asked.map(({ request }) => request.input)]).toEqual([
    2,
    [{ id: 'a' }, { id: 'b' }, { id: 'c' }, { id: 'b' }],
  ]);
});

test('equal calls that are out together are one call', async () => {
  const gate = deferred<Answer>();
  const { call, asked } = setUp(() => gate.promise, reading({ cache: { forMs: 60_000 } }));
  const calls = [call(), call(), call()];
  const impatient = call({ id: 'a' }, { timeoutMs: 20 });
  await expect(impatient).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', details: { mayHaveActed: false } });
  gate.resolve({ body: 'one' });
  expect((await Promise.all(calls)).map(({ output, answeredBy }) => [output, answeredBy])).toEqual([
    ['one', undefined],
    ['one', 'cache'],
    ['one', 'cache'],
  ]);
  expect(asked).toHaveLength(1);
});

test('who shares a call is not failed by the shorter deadline of whoever made it', async () => {
  let tries = 0;
  const { call } = setUp(
    (_request, { deadline }) => {
      tries += 1;
      if (tries > 1) return Promise.resolve({ body: 'second' });
      return new Promise((_resolve, reject) => {
        deadline.onExpire(() =>
          reject(new CallError('late', { kind: 'timeout', retryable: true, mayHaveActed: true })),
        );
      });
    },
    reading({ cache: { forMs: 60_000 } }),
  );
  const hasty = call({}, { timeoutMs: 20 });
  const patient = call({}, { timeoutMs: 5_000 });
  await expect(hasty).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect((await patient).output).toBe('second');
});

test('failures and answers that do not fit are not kept', async () => {
  let tries = 0;
  const { call, asked } = setUp(
    async (request, context) => {
      tries += 1;
      if (tries === 1) return broken(request, context);
      return { body: tries === 2 ? 'wrong' : tries };
    },
    reading({ cache: { forMs: 60_000 } }, { response: { type: 'integer' } }),
  );
  await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  await expect(call()).rejects.toMatchObject({ code: 'RESPONSE_INVALID' });
  expect((await call()).output).toBe(3);
  expect((await call()).answeredBy).toBe('cache');
  expect(asked).toHaveLength(3);
});

test('an inherited cache does nothing for an operation that writes', async () => {
  const { call, asked } = setUp(counting(), serviceWith({}, { policy: { cache: { forMs: 60_000 } } }));
  await call();
  await call();
  expect(asked).toHaveLength(2);
});

test('another binding or configuration has no old answers', async () => {
  const { call, registry } = setUp(counting(), reading({ cache: { forMs: 60_000 } }));
  await call();
  registry.put(reading({ cache: { forMs: 60_000 } }, { binding: { path: '/v2' } }));
  expect((await call()).output).toEqual({ count: 2 });
  registry.put({ ...reading({ cache: { forMs: 60_000 } }, { binding: { path: '/v2' } }), config: { key: 'x' } });
  expect((await call()).output).toEqual({ count: 3 });
});

test('texts are equal exactly if values are', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
  const reversed = (value: Json): Json => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(reversed);
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, item]) => [key, reversed(item)]),
    );
  };
  fc.assert(
    fc.property(json, (value) => {
      expect(canonical(reversed(value))).toBe(canonical(value));
      // Nothing is lost, so no two values have the same text.
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

const opened = { breaker: { minimumCalls: 2, openMs: 3_600_000 } };

test('a change of another part leaves the breaker open and the limit counting', async () => {
  const { call, registry, invoker } = setUp(broken, serviceWith({ policy: opened }));
  for (let count = 0; count < 2; count += 1) await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  registry.put(serviceWith({ policy: { ...opened, timeoutMs: 77 } }));
  expect(invoker.stats()[0]).toMatchObject({ breaker: 'open', calls: 2 });
  await expect(call()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  registry.put(serviceWith({ policy: { breaker: { ...opened.breaker, failureRatio: 0.9 } } }));
  await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });

  const limited = setUp(counting(), serviceWith({}, { policy: { rateLimit: { calls: 2, perMs: 3_600_000 } } }));
  await limited.call();
  limited.registry.put(
    serviceWith({}, { policy: { timeoutMs: 5_000, rateLimit: { perMs: 3_600_000, calls: 2 } as never } }),
  );
  await limited.call();
  await expect(limited.call()).rejects.toMatchObject({ code: 'SERVICE_OVERLOADED' });
  expect(limited.invoker.stats()[0]).toMatchObject({ rateLimited: 1 });
});

test('a limit of a group holds for all of its services together, and one can be let off', async () => {
  const { call, registry } = setUp(counting(), serviceWith({}, { group: 'g' }));
  registry.put(serviceWith({}, { id: 'other', group: 'g' }));
  registry.put(serviceWith({}, { id: 'free', group: 'g', policy: { rateLimit: false } }));
  registry.groups.put('g', { policy: { rateLimit: { calls: 2, perMs: 3_600_000 } } });
  await call();
  await call({}, { service: 'other' });
  await expect(call()).rejects.toMatchObject({ code: 'SERVICE_OVERLOADED' });
  await expect(call({}, { service: 'other' })).rejects.toMatchObject({ code: 'SERVICE_OVERLOADED' });
  await call({}, { service: 'free' });
  registry.groups.put('g', {});
  await call();
});

test('a declared deadline above the default holds for calls that name none', async () => {
  const { call, asked } = setUp(counting(), serviceWith({ policy: { timeoutMs: 60_000 } }));
  await call();
  expect(asked[0]?.context.deadline.remainingMs()).toBeGreaterThan(50_000);
});

test.each([
  ['SERVICE_UNAVAILABLE', false, true],
  ['SERVICE_REFUSED', false, false],
  ['OUTCOME_UNKNOWN', true, false],
] as const)('a mock that is told to fail with %s calls nobody', async (code, mayHaveActed, retryable) => {
  const { call, asked, invoker } = setUp(counting(), serviceWith({ policy: { mock: { error: { code } } } }));
  await expect(call()).rejects.toMatchObject({
    code,
    details: { attempts: 0, mayHaveActed, retryable, isMocked: true },
  });
  expect(asked).toHaveLength(0);
  expect(invoker.stats()[0]).toMatchObject({ isMocked: true, mocked: 1, errors: 1 });
});

test('a mock answers by chance, by its weights, after its delay, and within the deadline', async () => {
  const chances = [0.05, 0.15, 0.99];
  const examples = [
    { output: 'rare', weight: 1 },
    { output: 'never', weight: 0 },
    { output: 'often', weight: 9 },
  ];
  const { call } = setUp(counting(), serviceWith({ policy: { mock: { examples } } }), {
    random: () => chances.shift() ?? 0,
  });
  const answers = [await call(), await call(), await call()];
  expect(answers.map(({ output, answeredBy }) => [output, answeredBy])).toEqual([
    ['rare', 'mock'],
    ['often', 'mock'],
    ['often', 'mock'],
  ]);
  const slow = setUp(counting(), serviceWith({ policy: { mock: { output: 1, delayMs: 60_000 } } }));
  await expect(slow.call({}, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test('a share of the calls is struck, counted by the breaker, until the time is over', async () => {
  let nowMs = 1_000;
  const chances = [0.1, 0.6];
  const clock = { now: () => nowMs, every: () => () => {} };
  const { call, invoker, asked } = setUp(counting(), serviceWith({ policy: opened }), {
    clock,
    epochMs: () => 5,
    random: () => chances.shift() ?? 0,
  });
  const name = { service: 'core', operation: 'do' };
  const fault = invoker.faults.start(name, { abort: 'SERVICE_ERROR', share: 0.5, forMs: 1_000 }, 'ann');
  expect(fault).toEqual({ ...name, abort: 'SERVICE_ERROR', share: 0.5, startedBy: 'ann', endsAt: 1_005 });
  await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR', details: { mayHaveActed: false, attempts: 1 } });
  await call();
  await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
  expect([asked.length, invoker.stats()[0]?.breaker]).toEqual([1, 'open']);
  nowMs += 1_000;
  expect(invoker.faults.list()).toEqual([]);
  expect(invoker.stats()[0]).not.toHaveProperty('fault');
});

test('the figures of operations are read with the other metrics', async () => {
  const metrics = createMetrics();
  const { call } = setUp(counting(), reading({ cache: { forMs: 60_000 }, rateLimit: { calls: 1, perMs: 60_000 } }), {
    metrics,
  });
  await call();
  await call();
  await expect(call({ id: 'b' })).rejects.toMatchObject({ code: 'SERVICE_OVERLOADED' });
  const { text } = await metrics.read();
  for (const line of [
    'heddle_breaker_state{service="core",operation="do",state="closed"} 1',
    'heddle_breaker_state{service="core",operation="do",state="open"} 0',
    'heddle_calls_in_flight{service="core",operation="do"} 0',
    'heddle_cache_hits_total{service="core",operation="do"} 1',
    'heddle_cache_misses_total{service="core",operation="do"} 2',
    'heddle_calls_rate_limited_total{service="core",operation="do"} 1',
    'heddle_calls_mocked_total{service="core",operation="do"} 0',
  ])
    expect(text.split('\n')).toContain(line);
});

test('failures of long ago do not open the breaker', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  try {
    const policy = { breaker: { minimumCalls: 10, windowMs: 10_000 } };
    const { call, invoker } = setUp(broken, serviceWith({ policy }));
    for (let count = 0; count < 9; count += 1) await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
    vi.advanceTimersByTime(3_600_000);
    await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
    expect(invoker.stats()[0]?.breaker).toBe('closed');
    for (let count = 0; count < 9; count += 1) await expect(call()).rejects.toMatchObject({ code: 'SERVICE_ERROR' });
    expect(invoker.stats()[0]?.breaker).toBe('open');
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  { json: { policy: { mock: { examples: [{ output: 1, weight: 0 }] } } }, at: ['/policy/mock/examples'] },
  { json: { policy: { timeoutMs: 0 } }, at: ['/policy/timeoutMs'] },
  { json: 'front', at: [''] },
  { json: { title: 'Front', policy: {} }, at: [] },
])('a group of $json has problems at $at', ({ json, at }) => {
  const parsed = parseGroup(json);
  expect(parsed.ok ? [] : parsed.problems.map(({ pointer }) => pointer)).toEqual(at);
});
