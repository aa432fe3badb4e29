import { randomUUID } from 'node:crypto';
import { type GrpcPeer, startGrpcPeer } from '@heddle/connectors/grpc/peer';
import { isServerUp, makeStream, PORT, type TestStream } from '@heddle/connectors/nats/server';
import { type TestDatabase, testDatabase } from '@heddle/connectors/sql/databases';
import type { Json } from '@heddle/engine/errors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Collector, type Span, startCollector } from '../api/collector.ts';
import { call, type House, openHouse, read } from '../api/house.ts';

// One run across every kind of service, each the real thing: HTTP, gRPC, PostgreSQL, NATS by request and by message, and
// a worker. What cannot be reached is left out of the flow, and a line on the console says so.

const proto = `syntax = "proto3";
package bank;
service Score { rpc rate(Rate) returns (Rated); }
message Rate { string customerId = 1; }
message Rated { int32 score = 1; }
`;
const traceId = '0af7651916cd43dd8448eb211c80319c';
const caller = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
const table = `heddle_trace_${randomUUID().slice(0, 8)}`;

/** By the name of the span that each is to hang on. */
const carried = new Map<string, string | undefined>();
let collector: Collector;
let spans: Span[];
let house: House;
let peer: GrpcPeer;
let database: TestDatabase | undefined;
let nats: TestStream | undefined;

beforeAll(async () => {
  collector = await startCollector();
  ({ spans } = collector);
  house = await openHouse({ HEDDLE_OTLP_URL: collector.url });
  peer = await startGrpcPeer({
    proto,
    handlers: {
      'bank.Score': {
        rate({ request, metadata }, done) {
          carried.set('score.rate', metadata.get('traceparent')[0]?.toString());
          done(null, { score: request.customerId === 'C1' ? 700 : 0 });
        },
      },
    },
  });
  const found = await house.api.post('/services/discover', {
    connector: 'grpc',
    from: { address: peer.address },
    id: 'score',
    dryRun: false,
  });
  expect([found.status, found.body.problems ?? []]).toEqual([200, []]);
  database = await testDatabase('postgresql');
  await database?.ask(`CREATE TABLE ${table} (customer text PRIMARY KEY, score integer NOT NULL)`);
  if (await isServerUp()) nats = await makeStream();
});
afterAll(async () => {
  await house?.close();
  await peer?.close();
  await database?.ask(`DROP TABLE ${table}`);
  await database?.close();
  await nats?.close();
  collector?.close();
});

const object: Json = { type: 'object' };
const calling = (service: string, operation: string, input: Json, next: string) => ({
  type: 'call',
  service,
  operation,
  input,
  next,
});
async function put(id: string, description: { readonly [name: string]: Json }): Promise<void> {
  const { status, body } = await house.api.put(`/services/${id}`, { id, title: id, ...description });
  expect([status, body.problems ?? []]).toEqual([200, []]);
}

test('a run over five protocols is one trace, and every service is told of it', async () => {
  const nodes: Record<string, Json> = {
    customer: call('getCustomer', { id: read('input.id') }, { next: 'score' }),
    score: calling('score', 'rate', { customerId: read('input.id') }, 'keep'),
  };
  const output: Record<string, Json> = { name: read('steps.customer.name'), score: read('steps.score.score') };
  const expected: Record<string, Json> = { name: 'Customer C1', score: 700 };
  const names = ['desk.getCustomer', 'score.rate', 'pricing.price'];

  if (database) {
    names.push('books.keep');
    await put('books', {
      connector: 'sql',
      config: database.config,
      operations: {
        keep: {
          safety: 'once',
          request: object,
          response: object,
          binding: {
            statement: `INSERT INTO ${table} VALUES (:customer, :score) RETURNING customer, score + 1 AS next`,
            result: 'first',
          },
        },
      },
    });
    nodes['keep'] = calling('books', 'keep', { customer: read('input.id'), score: read('steps.score.score') }, 'limit');
    output['kept'] = read('steps.keep');
    expected['kept'] = { customer: 'C1', next: 701 };
  } else nodes['keep'] = { type: 'set', values: {}, next: 'limit' };

  if (nats) {
    names.push('bus.limit');
    const subject = `heddle-ask-${nats.stream}`;
    nats.connection.subscribe(subject, {
      callback(_error, message) {
        carried.set('bus.limit', message.headers?.get('traceparent'));
        message.respond(JSON.stringify({ limit: 50_000 }));
      },
    });
    await put('bus', {
      connector: 'nats',
      config: { servers: [`127.0.0.1:${PORT}`] },
      operations: {
        limit: {
          safety: 'idempotent',
          readOnly: true,
          request: object,
          response: object,
          binding: { action: 'request', subject },
        },
      },
    });
    nodes['limit'] = calling('bus', 'limit', { score: read('steps.score.score') }, 'price');
    output['limit'] = read('steps.limit.limit');
    expected['limit'] = 50_000;
  } else nodes['limit'] = { type: 'set', values: {}, next: 'price' };

  await put('pricing', {
    connector: 'worker',
    config: { queue: 'pricing' },
    operations: { price: { safety: 'idempotent', request: object, response: object, binding: {} } },
  });
  nodes['price'] = calling('pricing', 'price', { score: read('steps.score.score') }, 'done');
  nodes['done'] = { type: 'end', output: { ...output, rate: read('steps.price.rate') } };
  await house.publish({ id: 'loan', start: 'customer', nodes });

  const started = house.api.post('/flows/loan?wait=15s', { id: 'C1' }, caller);
  const taken = house.api.post('/worker-jobs/take', { queues: ['pricing'], waitMs: 10_000 });
  // A run that fails on the way says why; waiting for its last call would not.
  const first = (await Promise.race([started, taken])).body;
  expect(first).toMatchObject({ jobs: [{ operation: 'price', input: { score: 700 } }] });
  const [job] = first.jobs;
  carried.set('pricing.price', job.traceparent);
  await house.api.post(`/worker-jobs/${job.id}/complete`, { token: job.token, output: { rate: '0.035' } });
  const { status, body } = await started;
  expect([status, body.status, body.error]).toEqual([200, 'completed', undefined]);
  expect(body.output).toEqual({ ...expected, rate: '0.035' });
  if (database) expect(await database.ask(`SELECT customer, score FROM ${table}`)).toEqual([['C1', 700]]);

  await expect
    .poll(() => spans.map(({ name }) => name).sort(), { timeout: 10_000 })
    .toEqual([...names, 'flow loan'].sort());
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const run = spans.find(({ name }) => name === 'flow loan');
  expect(run?.parentSpanId).toBe('b7ad6b7169203331');
  const calls = spans.filter(({ name }) => name !== 'flow loan');
  expect(calls.map(({ parentSpanId }) => parentSpanId)).toEqual(calls.map(() => run?.spanId));

  carried.set('desk.getCustomer', house.desk.received[0]?.traceparent);
  // A database is not told: its protocol has no place for it.
  const told = names.filter((name) => name !== 'books.keep');
  expect(Object.fromEntries(carried)).toEqual(
    Object.fromEntries(
      told.map((name) => [name, `00-${traceId}-${spans.find((span) => span.name === name)?.spanId}-01`]),
    ),
  );
});

test('a message that a run publishes to a broker is in its trace', async ({ skip }) => {
  if (!nats) return skip('there is no NATS to publish to');
  const topic = `${nats.prefix}.decided`;
  const seen: (string | undefined)[] = [];
  nats.connection.subscribe(topic, {
    callback: (_error, message) => void seen.push(message.headers?.get('traceparent')),
  });
  await put('news', { connector: 'nats', config: { servers: [`127.0.0.1:${PORT}`] }, operations: {} });
  await house.publish({
    id: 'teller',
    start: 'tell',
    nodes: { tell: { type: 'emit', service: 'news', topic, payload: { limit: 50_000 } } },
  });
  const { body } = await house.api.post('/flows/teller', {}, caller);
  expect([body.status, body.detail]).toEqual(['completed', undefined]);
  await expect.poll(() => spans.some(({ name }) => name === `publish ${topic}`), { timeout: 10_000 }).toBe(true);
  const span = spans.find(({ name }) => name === `publish ${topic}`);
  expect(seen).toEqual([`00-${traceId}-${span?.spanId}-01`]);
});
