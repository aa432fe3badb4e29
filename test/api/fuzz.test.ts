import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from './house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.publish({
    id: 'echo',
    triggers: [{ type: 'http', method: 'POST', path: '/echo/{id}' }],
    start: 'echo',
    nodes: { echo: call('echo', { all: read('input') }) },
  });
  await house.publish({ id: 'ask', start: 'ask', nodes: { ask: { type: 'task', assignees: read('input.who') } } });
});
afterAll(() => house.close());

const word = fc.oneof(
  fc.constantFrom(
    'echo',
    'ask',
    'none',
    '__proto__',
    'constructor',
    '..',
    '%2e%2e',
    '%00',
    '%zz',
    '*',
    ':id',
    '{id}',
    '0',
  ),
  fc.string({ maxLength: 20 }).map(encodeURIComponent),
);
const path = fc
  .tuple(
    fc.constantFrom(
      '/flows/#',
      '/flows/#/versions',
      '/flows/#/versions/#',
      '/flows/#/openapi.json',
      '/drafts/#',
      '/runs',
      '/runs/#',
      '/runs/#/journal',
      '/runs/#/signals/#',
      '/runs/#/retry',
      '/runs/#/cancel',
      '/events/#',
      '/tasks',
      '/tasks/#/complete',
      '/tasks/#/claim',
      '/services/#',
      '/validate',
      '/try',
      '/flows/#/cases',
      '/flows/#/cases/#',
      '/flows/#/cases/run',
      '/flows/#/samples',
      '/services/#/operations/#/try',
      '/app/#',
      '/assets/#',
      '/audit',
      '/open/#/#',
      '/#',
    ),
    word,
    word,
  )
  .map(([shape, first, second]) => shape.replace('#', () => first).replace('#', () => second));
const query = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('wait', 'version', 'limit', 'before', 'status', 'flow', '__proto__'), word)
    .map(([name, value]) => `?${name}=${value}`),
);
const key = fc.oneof(
  fc.constantFrom(
    'id',
    'definition',
    'nodes',
    'start',
    'type',
    'revision',
    'action',
    'data',
    'reason',
    '$',
    'var',
    '__proto__',
  ),
  fc.string({ maxLength: 8 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, -1, 1e308, '', 'call', 'end', 'echo'),
    fc.string({ maxLength: 30 }),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
  ),
}));
const body = fc.oneof(
  { weight: 4, arbitrary: tree.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 60 }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const header = fc.constantFrom<Record<string, string>>(
  {},
  { 'idempotency-key': 'k' },
  { 'heddle-user': 'constructor' },
  { accept: 'text/html' },
  { expect: '200-ok' },
);

test('no request ends the engine, and each is answered or refused in the form of a problem', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      path,
      query,
      body,
      header,
      async (method, where, asked, text, headers) => {
        const { expect: expectation, ...sendable } = headers;
        const sent = method === 'GET' || text === undefined ? undefined : text;
        const type = sent === undefined ? {} : { 'content-type': 'application/json' };
        const waiting = asked === '' && where.startsWith('/flows/') ? '?wait=20ms' : asked;
        const reply = await house.api.send(method, where + waiting, sent, { ...type, ...sendable });
        expect([expectation, reply.body?.code]).not.toContain('INTERNAL');
      },
    ),
    { numRuns: 600, endOnFailure: true },
  );
  expect((await house.api.get('/health')).status).toBe(200);
});

test('bytes that are no request are refused and end nothing', async () => {
  const { hostname, port } = new URL(house.api.url);
  const say = (bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end(bytes));
      socket.resume();
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
    });
  await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), say), { numRuns: 50 });
  await say(Buffer.from(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`));
  await say(Buffer.from('POST /flows/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"a"'));
  expect((await house.api.get('/health')).status).toBe(200);
});
