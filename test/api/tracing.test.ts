import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Collector, type Span, startCollector } from './collector.ts';
import { call, type House, openHouse, read } from './house.ts';

let collector: Collector;
let spans: Span[];
let house: House;

beforeAll(async () => {
  collector = await startCollector();
  ({ spans } = collector);
  house = await openHouse({ HEDDLE_OTLP_URL: collector.url });
  const inner = { start: 'ask', nodes: { ask: call('getCustomer', { id: read('input.id') }) } };
  await house.publish({ id: 'inner', ...inner });
  await house.publish({ id: 'quick', mode: 'express', ...inner });
  await house.publish({
    id: 'outer',
    start: 'sub',
    nodes: {
      sub: { type: 'subflow', flow: 'inner', version: 'latest', input: { id: read('input.id') }, next: 'broken' },
      broken: call('broken', {}, { onError: [{ code: '*', next: 'done' }] }),
      done: { type: 'end' },
    },
  });
});
afterAll(async () => {
  await house.close();
  collector.close();
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const caller = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
const named = (name: string, trace = traceId) => {
  const found = spans.find((span) => span.name === name && span.traceId === trace);
  if (!found) throw new Error(`no span ${name}`);
  return found;
};

test('a run, its sub-flow and every call are one trace, below the caller’s span', async () => {
  const { body } = await house.api.post('/flows/outer', { id: 'c1' }, caller);
  expect(body.status).toBe('completed');
  await expect.poll(() => spans.filter((span) => span.traceId === traceId).length, { timeout: 10_000 }).toBe(4);
  const [outer, inner, ask, broken] = ['flow outer', 'flow inner', 'desk.getCustomer', 'desk.broken'].map((name) =>
    named(name),
  );
  expect(outer?.parentSpanId).toBe('b7ad6b7169203331');
  expect(inner?.parentSpanId).toBe(outer?.spanId);
  expect(ask?.parentSpanId).toBe(inner?.spanId);
  expect(broken?.parentSpanId).toBe(outer?.spanId);
  expect([outer, ask, broken].map((span) => span?.status.code ?? 0)).toEqual([0, 0, 2]);
});

test('the service is called within the span of its call', async () => {
  const request = house.desk.received.findLast(({ path }) => path.startsWith('/customers/'));
  expect(request?.traceparent).toBe(`00-${traceId}-${named('desk.getCustomer').spanId}-01`);
});

test('an express run is a trace too, of its own where the caller brings none', async () => {
  spans.length = 0;
  await house.api.post('/flows/quick', { id: 'c1' });
  await expect.poll(() => spans.length, { timeout: 10_000 }).toBe(2);
  const run = spans.find((span) => span.name === 'flow quick');
  expect(run?.parentSpanId ?? '').toBe('');
  expect(spans.find((span) => span.name === 'desk.getCustomer')).toMatchObject({
    traceId: run?.traceId,
    parentSpanId: run?.spanId,
  });
});
