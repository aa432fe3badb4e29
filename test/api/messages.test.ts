import { fileURLToPath } from 'node:url';
import type { Json } from '@heddle/engine/errors';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { call, type House, openHouse, read } from './house.ts';
import { broker, published, send, waitingIn } from './memory-broker.ts';

let house: House;
const input = {
  type: 'object',
  required: ['order'],
  properties: { order: { type: 'string' }, amount: { type: 'number' } },
  additionalProperties: false,
};

beforeAll(async () => {
  house = await openHouse({ HEDDLE_CONNECTORS: fileURLToPath(new URL('./memory-broker.ts', import.meta.url)) });
  await house.engine.putService({ id: 'mq', title: 'MQ', connector: 'memory', config: {}, operations: {} });
  await house.publish({
    id: 'incoming',
    input,
    start: 'done',
    nodes: { done: { type: 'end', output: read('input.order') } },
    triggers: [{ type: 'message', service: 'mq', source: { queue: 'orders' }, prefetch: 4 }],
  });
});
beforeEach(() => {
  published.length = 0;
  broker.isDown = false;
});
afterAll(() => house.close());

const runsOf = async (flow: string) =>
  (await house.api.get(`/runs?flow=${flow}&limit=200`)).body.runs as { id: string }[];
const letters = async (query = '') => (await house.api.get(`/dead-letters?${query}`)).body.letters;
const consumer = async (flow: string) =>
  (await house.api.get('/messages')).body.consumers.find((each: { flowId: string }) => each.flowId === flow);

test('a message starts a run, and its copies start none', async () => {
  const before = (await runsOf('incoming')).length;
  for (const id of ['m1', 'm2', 'm1', 'm2', 'm1']) send('orders', JSON.stringify({ order: id }), { id });
  await expect.poll(async () => (await consumer('incoming')).duplicates).toBe(3);
  expect((await runsOf('incoming')).length - before).toBe(2);
  expect(await consumer('incoming')).toMatchObject({
    state: 'listening',
    accepted: 2,
    dead: 0,
    backlog: 0,
    service: 'mq',
    source: { queue: 'orders' },
  });
});

test.each([
  ['no JSON', 'MALFORMED_JSON', '{"order":', {}],
  ['no text', 'MALFORMED_JSON', new Uint8Array([0xff, 0xfe, 0x00]), {}],
  ['not the schema', 'INPUT_INVALID', '{"order": 7}', {}],
  ['too large', 'PAYLOAD_TOO_LARGE', JSON.stringify({ order: 'x'.repeat(300_000) }), {}],
  ['the id of another message', 'IDEMPOTENCY_MISMATCH', '{"order": "other"}', { id: 'm1' }],
])('a message that is %s becomes a dead letter with its reason', async (_what, code, body, more) => {
  send('orders', body, { key: 'k', headers: { from: 'test' }, ...more });
  await expect.poll(async () => (await letters(`code=${code}&status=dead`)).length).toBeGreaterThan(0);
  const [letter] = await letters(`code=${code}`);
  expect(letter).toMatchObject({ direction: 'in', service: 'mq', topic: 'orders', flowId: 'incoming', key: 'k' });
  expect(letter.preview.length).toBeLessThan(5_000);
  const whole = (await house.api.get(`/dead-letters/${letter.id}`)).body;
  expect(Buffer.from(body).equals(Buffer.from(whole.body, whole.encoding))).toBe(true);
  expect(whole.headers).toEqual({ from: 'test' });
  expect(waitingIn('orders')).toBe(0);
});

test('a dead letter is edited and sent again, once', async () => {
  send('orders', '{"order": 12345678901}', { id: 'edit-1' });
  await expect.poll(async () => (await letters('code=INPUT_INVALID&status=dead&search=12345678901')).length).toBe(1);
  const [letter] = await letters('status=dead&search=12345678901');
  expect(letter.preview).toBe('{"order": ***}');
  const again = await house.api.post(`/dead-letters/${letter.id}/redrive`);
  expect([again.status, again.body.code]).toEqual([422, 'INPUT_INVALID']);
  const broken = await house.api.post(`/dead-letters/${letter.id}/redrive`, { body: '{"order":' });
  expect([broken.status, broken.body.code]).toEqual([400, 'MALFORMED_JSON']);
  const before = (await runsOf('incoming')).length;
  expect((await house.api.post(`/dead-letters/${letter.id}/redrive`, { body: '{"order": "mended"}' })).status).toBe(
    200,
  );
  expect((await house.api.post(`/dead-letters/${letter.id}/redrive`)).body.code).toBe('LETTER_SETTLED');
  expect((await runsOf('incoming')).length - before).toBe(1);
  const { body } = await house.api.get('/audit?limit=20');
  expect(body.entries.map((entry: { action: string }) => entry.action)).toEqual(
    expect.arrayContaining(['dead-letter.redrive', 'dead-letter.read']),
  );
});

test('many dead letters are sent again or discarded at once', async () => {
  for (const order of [1, 2, 3]) send('orders', JSON.stringify({ order, amount: 77 }));
  await expect.poll(async () => (await letters('search=77&status=dead')).length).toBe(3);
  const { body } = await house.api.post('/dead-letters/redrive', { search: '77' });
  expect(body).toMatchObject({ redriven: 0, failed: [{ code: 'INPUT_INVALID' }, {}, {}] });
  const ids = (await letters('search=77')).map((letter: { id: number }) => letter.id);
  expect((await house.api.post('/dead-letters/discard', { ids })).body).toEqual({ discarded: 3 });
  expect((await house.api.post('/dead-letters/discard', { ids })).body).toEqual({ discarded: 0 });
  expect(await letters('search=77&status=dead')).toEqual([]);
});

test('a flow with a key of its own tells messages apart by that, whatever ids they have', async () => {
  await house.publish({
    id: 'keyed',
    start: 'done',
    idempotencyKey: read('input.no'),
    nodes: { done: { type: 'end' } },
    triggers: [{ type: 'message', service: 'mq', source: { queue: 'keyed' } }],
  });
  for (const id of ['a', 'b', 'c']) send('keyed', '{"no":"20261122001"}', { id });
  await expect.poll(async () => (await consumer('keyed')).duplicates).toBe(2);
  expect(await runsOf('keyed')).toHaveLength(1);
});

test('a message reaches the run that waits for it, by correlation, and once', async () => {
  await house.publish({
    id: 'waits',
    start: 'receipt',
    nodes: { receipt: { type: 'event', name: 'receipt', correlation: read('input.ref') } },
    triggers: [
      {
        type: 'message',
        service: 'mq',
        source: { queue: 'receipts' },
        id: { $: { var: 'event.payload.no' } },
        input: { ok: { $: { var: 'event.payload.ok' } }, key: { $: { var: 'event.key' } } },
        signal: { name: 'receipt', correlation: { $: { var: 'event.payload.ref' } } },
      },
    ],
  });
  const { body: run } = await house.api.post('/flows/waits?wait=1ms', { ref: 'A1' });
  for (let copy = 0; copy < 2; copy += 1) send('receipts', '{"ref":"A1","no":9,"ok":true}', { key: 'k9' });
  await house.reaches(run.runId, 'completed');
  expect((await house.api.get(`/runs/${run.runId}`)).body.output).toEqual({ ok: true, key: 'k9' });
  await expect.poll(async () => (await consumer('waits')).duplicates).toBe(1);
});

test('a new version of a flow reads with its own trigger; without one the queue is left alone', async () => {
  const flow = (queue: string | undefined): Json => ({
    id: 'moving',
    start: 'done',
    nodes: { done: { type: 'end' } },
    triggers: queue === undefined ? [] : [{ type: 'message', service: 'mq', source: { queue } }],
  });
  await house.publish(flow('before'));
  send('before', '{}');
  await expect.poll(async () => (await runsOf('moving')).length).toBe(1);
  await house.publish(flow('after'));
  send('after', '{}');
  await expect.poll(async () => (await runsOf('moving')).length).toBe(2);
  await house.publish(flow(undefined));
  await expect.poll(() => consumer('moving')).toBeUndefined();
  send('after', '{}');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([waitingIn('after'), (await runsOf('moving')).length]).toEqual([1, 2]);
});

test('publishing refuses a broker that is not there and a source that does not fit', async () => {
  const publish = (trigger: Json, nodes: Json = { done: { type: 'end' } }) =>
    house.api.post('/flows/lost/versions', {
      definition: { id: 'lost', start: Object.keys(nodes as object)[0] ?? '', nodes, triggers: [trigger] },
    });
  const problems = async (trigger: Json, nodes?: Json) =>
    (await publish(trigger, nodes)).body.problems.map((problem: { pointer: string }) => problem.pointer);
  expect(await problems({ type: 'message', service: 'none', source: {} })).toEqual(['/triggers/0/service']);
  expect(await problems({ type: 'message', service: 'mq', source: { topic: 'x' } })).toContain('/triggers/0/source');
  expect(await problems({ type: 'message', service: 'desk', source: {} })).toEqual(['/triggers/0/source']);
  const emit = { tell: { type: 'emit', topic: 't', service: 'none' } };
  expect(await problems({ type: 'http', method: 'GET', path: '/lost' }, emit)).toEqual(['/nodes/tell/service']);
});

test('a flow publishes by a broker at once, or later even if the broker is away then', async () => {
  await house.publish({
    id: 'tells',
    start: 'now',
    nodes: {
      now: { type: 'emit', topic: 'news', service: 'mq', payload: { at: 'once' }, next: 'later' },
      later: { type: 'emit', topic: 'news', service: 'mq', payload: { at: 'later' }, delay: '300ms' },
    },
  });
  const { body } = await house.api.post('/flows/tells', {});
  expect(body.status).toBe('completed');
  expect(published).toEqual([{ topic: 'news', payload: { at: 'once' }, id: `${body.runId}:/now#1` }]);
  const scheduled = (await house.api.get('/messages/scheduled')).body.messages;
  expect(scheduled).toMatchObject([{ topic: 'news', service: 'mq', attempts: 0, preview: '{"at":"later"}' }]);
  broker.isDown = true;
  await expect.poll(async () => (await house.api.get('/messages/scheduled')).body.messages[0]?.attempts).toBe(1);
  broker.isDown = false;
  await expect.poll(() => published.length, { timeout: 5_000 }).toBe(2);
  expect(published[1]).toEqual({ topic: 'news', payload: { at: 'later' }, id: `${body.runId}:/later#1` });
  await expect.poll(async () => (await house.api.get('/messages/scheduled')).body.messages).toEqual([]);
  expect((await house.api.get('/messages')).body.topics).toMatchObject([
    { service: 'mq', topic: 'news', published: 2, failed: 1 },
  ]);
});

test('a broker that is away fails the step as any service would', async () => {
  await house.publish({
    id: 'tells-or-not',
    start: 'now',
    nodes: {
      now: { type: 'emit', topic: 'news', service: 'mq', onError: [{ code: 'SERVICE_UNAVAILABLE', next: 'other' }] },
      other: call('getCustomer', { id: 'c1' }),
    },
  });
  broker.isDown = true;
  const { body } = await house.api.post('/flows/tells-or-not', {});
  expect(body.status).toBe('completed');
  expect(published).toEqual([]);
});

test('messages are looked at without being taken, found by their text, and masked', async () => {
  send('unread', '{"account":"6222020200112233445","name":"zhang"}', { id: 'p1' });
  send('unread', '{"name":"li"}', { id: 'p2' });
  const look = async (more: object) =>
    (await house.api.post('/messages/preview', { service: 'mq', source: { queue: 'unread' }, ...more })).body.messages;
  expect(await look({})).toMatchObject([{ id: 'p2', preview: '{"name":"li"}', bytes: 13 }, { id: 'p1' }]);
  expect(await look({ search: 'ZHANG' })).toMatchObject([{ id: 'p1', preview: '{"account":"***","name":"zhang"}' }]);
  expect(waitingIn('unread')).toBe(2);
  expect((await house.api.post('/messages/preview', { service: 'desk', source: {} })).body.code).toBe(
    'SERVICE_INVALID',
  );
});
