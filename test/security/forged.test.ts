import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import type { Json } from '@heddle/engine/errors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from '../api/house.ts';

let house: House;
/** A service that is only a socket: what comes is kept as it is on the wire. */
let wire: Server;
let heard = '';

beforeAll(async () => {
  wire = createServer((socket) => {
    socket.on('error', () => {}); // the caller may go as it likes
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      socket.end(
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
      );
    });
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const { port } = wire.address() as AddressInfo; // what a server that listens on a port has
  house = await openHouse();
  await house.engine.putService({
    id: 'wire',
    title: 'Wire',
    connector: 'http',
    config: { baseUrl: `http://127.0.0.1:${port}` },
    policy: { breaker: false },
    operations: {
      ask: {
        safety: 'idempotent',
        request: true,
        response: true,
        binding: { method: 'GET', path: '/x/{id}', query: ['q'], headers: { branch: 'X-Branch' } },
      },
    },
  });
  await house.publish({
    id: 'send',
    start: 'ask',
    nodes: { ask: { type: 'call', service: 'wire', operation: 'ask', input: read('input') } },
  });
  await house.publish({
    id: 'answer',
    start: 'say',
    nodes: { say: { type: 'respond', headers: read('input'), body: 1, next: 'end' }, end: { type: 'end' } },
  });
  await house.publish({
    id: 'wait',
    start: 'pay',
    nodes: {
      pay: call('pay', { amount: 1 }, { compensate: { operation: 'refund', input: {} }, next: 'review' }),
      review: { type: 'task', assignees: ['wang'], actions: [{ id: 'ok' }], next: 'word' },
      word: { type: 'event', name: 'word', buffer: 'none', next: 'pause' },
      pause: { type: 'wait', for: '1h', next: 'end' },
      end: { type: 'end' },
    },
  });
});
afterAll(async () => {
  await house.close();
  wire.close();
});

const begun = async () => {
  const { runId } = (await house.api.post('/flows/wait?wait=0ms', {})).body as { runId: string };
  await house.reaches(runId, 'waiting');
  return runId;
};
const journal = async (runId: string) => (await house.api.get(`/runs/${runId}/journal`)).body.journal;
const wang = { 'content-type': 'application/json', 'heddle-user': 'wang' };

/** Words of the engine and of XState, ids of effects, and what stands on prototypes. */
const NAMES = [
  'xstate.init',
  'xstate.stop',
  'xstate.done.state.flow',
  'xstate.after.1.flow',
  'leave',
  'result',
  'failure',
  'timer',
  'cancel',
  'terminate',
  'start',
  '*',
  '/pay#1',
  '/pay#1~undo',
  '/pay#1~query',
  '/review#1',
  '/pause#1:timeout',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'word~undo',
  'Word',
  'word ',
];

test.each(NAMES)('a signal by the name %j moves nothing, is not kept, and is answered with a refusal', async (name) => {
  const runId = await begun();
  const before = await journal(runId);
  const payload: Json = { kind: 'result', id: '/review#1', output: {}, type: 'leave', at: 0 };
  const { status } = await house.api.post(`/runs/${runId}/signals/${encodeURIComponent(name)}`, payload);
  expect([400, 404, 409]).toContain(status);
  expect(await journal(runId)).toEqual(before);
  expect((await house.api.get(`/runs/${runId}`)).body.status).toBe('waiting');
});

test('a task is completed by its own id only: no other id, and no other run’s, moves a run', async () => {
  const [mine, other] = [await begun(), await begun()];
  const [task] = (await house.api.get(`/tasks?run=${other}`)).body.tasks;
  const before = [await journal(mine), await journal(other)];
  const forged = [
    `${mine}/pay#1`,
    `${mine}/pay#1~undo`,
    `${mine}/pause#1`,
    `${mine}~1/review#1`,
    task.id.replace(other, mine).replace('review', 'pay'),
    `${task.id}~undo`,
    `${task.id}:retry`,
    ` ${task.id}`,
    `${task.id}\u0000`,
    '__proto__',
  ];
  for (const id of forged) {
    const path = `/tasks/${encodeURIComponent(id)}/complete`;
    const { status } = await house.api.send('POST', path, '{"action":"ok"}', wang);
    expect([400, 404, 409, 422]).toContain(status);
  }
  expect([await journal(mine), await journal(other)]).toEqual(before);
  const wrong = await house.api.send(
    'POST',
    `/tasks/${encodeURIComponent(task.id)}/complete`,
    '{"action":"__proto__"}',
    wang,
  );
  expect(wrong.status).toBeGreaterThan(399);
  expect(await journal(other)).toEqual(before[1]);
  const right = await house.api.send('POST', `/tasks/${encodeURIComponent(task.id)}/complete`, '{"action":"ok"}', wang);
  expect(right.status).toBe(202);
  expect(await journal(mine)).toEqual(before[0]);
});

test('an operator’s word about a step that is not in doubt, or not of this run, moves nothing', async () => {
  const runId = await begun();
  const before = await journal(runId);
  const paid = house.desk.received.filter(({ path }) => path === '/pay' || path === '/refund').length;
  for (const effectId of ['/pay#1', '/review#1', '/pause#1', '/pay#1~undo', '/pay#1~query', '../x', '__proto__', '']) {
    for (const decision of ['retry', 'succeeded', 'failed']) {
      const { status } = await house.api.post(`/runs/${runId}/retry`, { effectId, decision, output: {} });
      expect([202, 400, 404, 409, 422]).toContain(status);
    }
  }
  const { status } = (await house.api.get(`/runs/${runId}`)).body;
  expect(status).toBe('waiting');
  expect((await journal(runId)).events.filter(({ kind }: { kind: string }) => kind !== 'retry')).toEqual(before.events);
  expect(house.desk.received.filter(({ path }) => path === '/pay' || path === '/refund')).toHaveLength(paid);
});

test('nobody but the engine can let a timer fire or give the answer of a step', async () => {
  const runId = await begun();
  for (const path of ['timers', 'results', 'effects', 'events', 'timer', 'result']) {
    const { status } = await house.api.post(`/runs/${runId}/${path}`, { kind: 'timer', id: '/pause#1' });
    expect([404, 405]).toContain(status);
  }
  const { status } = await house.api.post('/worker-jobs/%2Fpay%231/complete', { token: 'x', output: {} });
  expect([404, 409]).toContain(status);
});

test('ids that differ only behind a NUL are different ids: no event counts as the copy of another', async () => {
  const publish = async (id: string) => (await house.api.post('/events/nobody-waits', { id, payload: id })).body.result;
  expect([await publish('x\u0000a'), await publish('x\u0000b'), await publish('x\u0000b'), await publish('x')]).toEqual(
    ['kept', 'kept', 'duplicate', 'kept'],
  );
});

/** Parts of a header that would begin another one, or another request. */
const BREAKS = [
  '\r\nX-Forged: 1',
  '\nX-Forged: 1',
  '\rX-Forged: 1',
  '\u0000X-Forged: 1',
  '\u010a\u010dX-Forged: 1',
  '\u2028X-Forged: 1',
  '\r\n\r\nGET /forged HTTP/1.1\r\nhost: x\r\n\r\n',
];
const isForged = (text: string) => /^x-forged:|^GET \/forged/im.test(text);

test.each(BREAKS)(
  'a value with %j in a path, a query or a header of a call is encoded or refused, never on the wire',
  async (piece) => {
    heard = '';
    for (const input of [
      { id: 'a', branch: `b${piece}` },
      { id: `a${piece}`, branch: 'b' },
      { id: 'a', q: `b${piece}` },
    ]) {
      const { status, body } = await house.api.post('/flows/send', input);
      if (status !== 200) expect(body.code).toBe('INPUT_INVALID');
    }
    expect(heard).toContain('GET /x/');
    expect(isForged(heard)).toBe(false);
  },
);

test.each(BREAKS)('what a flow responds with %j in a header is not sent', async (piece) => {
  for (const headers of [{ 'x-note': `a${piece}` }, { [`x-note${piece}`]: 'a' }]) {
    const reply = await house.api.post('/flows/answer', headers);
    expect(reply.headers.get('x-forged')).toBeNull();
    expect(reply.body.code).toBe('EXPRESSION_TYPE');
  }
});

test('what comes in as trace context, baggage or key goes out whole and clean, or not at all', async () => {
  heard = '';
  const odd = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-x y\u00e9`;
  const headers = [
    { traceparent: odd },
    { traceparent: 'x' },
    { baggage: 'tenant=%0d%0aX-Forged:%201,tag=%00%0d%0aX-Forged: 1' },
    { 'idempotency-key': 'k\u00e9 \u00ff%0d%0aX-Forged: 1' },
  ];
  for (const each of headers) await house.api.post('/flows/send', { id: 'a' }, each as Record<string, string>);
  expect(isForged(heard)).toBe(false);
  expect(heard).not.toMatch(/[^\t\r\n\x20-\x7e]/);
  expect(heard.match(/^traceparent: (?!00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]\r?$)/gim) ?? []).toEqual([]);
});
