import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { type CallContext, CallError, createDeadlines, type Json } from '../sdk/index.ts';
import { http } from './index.ts';
import { type Peer, type PeerRequest, sendJson, startPeer } from './peer.ts';

const deadlines = createDeadlines();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Calling {
  readonly peer: Peer;
  call(
    binding: { readonly [key: string]: Json },
    input?: Json,
    context?: Partial<CallContext>,
  ): Promise<{ status?: number; body: Json }>;
}

/** A connection to a server that answers so. */
async function calling(
  answer: (request: PeerRequest, response: ServerResponse) => void,
  config: { readonly [key: string]: Json } = {},
): Promise<Calling> {
  const peer = await startPeer(answer);
  const host = { secret: (name: string) => (name === 'KEY' ? 's3cret' : undefined), warn() {} };
  const connection = await http.open({ baseUrl: `${peer.baseUrl}/api`, ...config }, host);
  closing.push(peer.close, () => connection.close());
  return {
    peer,
    call(binding, input = {}, context = {}) {
      expect(http.bindingProblems(binding)).toEqual([]);
      return connection.call(
        { operation: 'x', binding, input },
        { idempotencyKey: 'k-1', attempt: 1, deadline: deadlines.start(2_000), maxResponseBytes: 100_000, ...context },
      );
    },
  };
}

const echoOk = (_request: PeerRequest, response: ServerResponse) => sendJson(response, 200, '{"ok":true}');
const post = { method: 'POST', path: '/x' };

test('spreads one flat input over path, query, headers and body', async () => {
  const { peer, call } = await calling(echoOk, { headers: { Authorization: { secret: 'KEY' } } });
  const binding = {
    method: 'POST',
    path: '/accounts/{id}/pay',
    query: ['dryRun', 'tag'],
    headers: { branch: 'X-Branch' },
  };
  const input = { id: 'a/1', dryRun: true, tag: ['x', 'y&z'], branch: 'HZ 01', amount: '1.00', to: { no: '2' } };
  const context = { attempt: 3, traceparent: '00-1-2-01', serialNumber: 'S2024' };
  expect(await call(binding, input, context)).toEqual({ status: 200, body: { ok: true } });
  expect(peer.requests).toMatchObject([
    {
      method: 'POST',
      url: '/api/accounts/a%2F1/pay?dryRun=true&tag=x&tag=y%26z',
      body: '{"amount":"1.00","to":{"no":"2"}}',
      headers: {
        'x-branch': 'HZ 01',
        authorization: 's3cret',
        'idempotency-key': 'k-1',
        'x-attempt': '3',
        traceparent: '00-1-2-01',
        'x-serial-number': 'S2024',
        'content-type': 'application/json',
      },
    },
  ]);
  expect(peer.requests[0]?.headers['accept-encoding']).toBeUndefined();
});

test.each([
  {
    name: 'GET has no body',
    binding: { method: 'GET', path: '/x', query: ['q'] },
    input: { q: 1 },
    url: '/api/x?q=1',
    body: '',
  },
  {
    name: 'absent and null query fields are left out',
    binding: { method: 'GET', path: '/x', query: ['a', 'b'] },
    input: { b: null },
    url: '/api/x',
    body: '',
  },
  {
    name: 'a form',
    binding: { method: 'POST', path: '/x', body: 'form' },
    input: { a: '1 &=', b: [1, 2] },
    url: '/api/x',
    body: 'a=1+%26%3D&b=1&b=2',
  },
  { name: 'any JSON as the whole body', binding: post, input: [1, { a: null }], url: '/api/x', body: '[1,{"a":null}]' },
])('$name', async ({ binding, input, url, body }) => {
  const { peer, call } = await calling(echoOk);
  await call(binding, input);
  expect(peer.requests).toMatchObject([{ url, body }]);
});

test.each([
  { binding: { method: 'GET', path: '/x' }, input: { extra: 1 }, says: 'no place for the input field extra' },
  { binding: { method: 'GET', path: '/x', query: ['q'] }, input: { q: {} }, says: 'field q' },
  { binding: { method: 'GET', path: '/{id}' }, input: 'text', says: 'must be an object' },
  { binding: { method: 'POST', path: '/{id}' }, input: JSON.parse('{"id":1,"__proto__":{}}'), says: '__proto__' },
  { binding: { method: 'POST', path: '/x', headers: { h: 'X-H' } }, input: { h: 'a\r\nb' }, says: 'field h' },
])('$input does not fit and is refused before anything is sent: $says', async ({ binding, input, says }) => {
  const { peer, call } = await calling(echoOk);
  const error = await call(binding, input).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    kind: 'refused',
    mayHaveActed: false,
    retryable: false,
    message: expect.stringContaining(says),
  });
  expect(peer.requests).toEqual([]);
});

test.each([
  'host',
  'Content-Length',
  'TRANSFER-ENCODING',
  'connection',
  'upgrade',
  'te',
  'Idempotency-Key',
  'x-attempt',
  'a b',
  'a\r\nb',
  '',
])('no field can be bound to the header %j', (name) => {
  const problems = http.bindingProblems({ method: 'POST', path: '/x', headers: { field: name } });
  expect(problems).toMatchObject([{ pointer: '/headers/field' }]);
});

test.each([
  { binding: { method: 'POST', path: '/{id}', query: ['id'] }, pointer: '/query/0' },
  { binding: { method: 'GET', path: '/x', body: 'json' }, pointer: '/body' },
  { binding: { method: 'POST', path: '/a/../b' }, pointer: '/path' },
  { binding: { method: 'TRACE', path: '/x' }, pointer: '/method' },
])('the binding $binding is wrong at $pointer', ({ binding, pointer }) => {
  expect(http.bindingProblems(binding).map((problem) => problem.pointer)).toContain(pointer);
});

// kind, may have acted, retryable
test.each<[number, string, boolean, boolean]>([
  [301, 'rejected', true, false],
  [302, 'rejected', true, false],
  [307, 'rejected', false, false],
  [400, 'rejected', false, false],
  [404, 'rejected', false, false],
  [408, 'rejected', false, true],
  [425, 'rejected', false, true],
  [429, 'unavailable', false, true],
  [500, 'failed', true, false],
  [501, 'failed', false, false],
  [502, 'failed', true, true],
  [503, 'unavailable', true, true],
  [504, 'failed', true, true],
])('%d is %s, may have acted: %s, retryable: %s', async (status, kind, mayHaveActed, retryable) => {
  const { call } = await calling((_request, response) =>
    sendJson(response, status, '{"code":"E"}', { 'retry-after': '2' }),
  );
  const error = await call(post).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CallError);
  expect(error).toMatchObject({ kind, mayHaveActed, retryable, status, retryAfterMs: 2_000, body: { code: 'E' } });
});

test('a service that promises not to have acted on 503 is believed', async () => {
  const { call } = await calling((_request, response) => sendJson(response, 503, ''), { didNotActOn: [503] });
  await expect(call(post)).rejects.toMatchObject({ kind: 'unavailable', mayHaveActed: false, retryable: true });
});

test('a redirect is not followed, wherever it leads', async () => {
  const { peer, call } = await calling((_request, response) =>
    sendJson(response, 302, '', { location: '/api/elsewhere' }),
  );
  await expect(call(post)).rejects.toThrow('a redirect to /api/elsewhere; redirects are not followed');
  expect(peer.requests).toHaveLength(1);
});

test('of a large error the beginning is kept, and the status', async () => {
  const { call } = await calling((_request, response) => sendJson(response, 400, 'x'.repeat(500_000)));
  const error = await call(post).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'rejected', status: 400, body: 'x'.repeat(4_096) });
});

test('two 19-digit ids of an answer stay different', async () => {
  const { call } = await calling((_request, response) =>
    sendJson(response, 200, '{"a":1234567890123456788,"b":1234567890123456789}'),
  );
  expect((await call(post)).body).toEqual({ a: '1234567890123456788', b: '1234567890123456789' });
});

test.each([
  { name: 'a duplicate key', type: 'application/json', body: '{"amount":1,"amount":2}', says: '/amount' },
  { name: 'an infinite number', type: 'application/json', body: '{"a":1e400}', says: 'too large' },
  { name: '__proto__', type: 'application/json', body: '{"__proto__":{"admin":true}}', says: '__proto__' },
  { name: 'no JSON', type: 'application/json', body: '<html>', says: 'not JSON' },
  { name: 'half of it', type: 'application/json', body: '{"a":', says: 'not JSON' },
  {
    name: 'a type that is neither JSON nor text',
    type: 'application/octet-stream',
    body: 'x',
    says: 'neither JSON nor text',
  },
  {
    name: 'bytes that are not UTF-8',
    type: 'application/json',
    body: Buffer.from([0x22, 0xd5, 0xc5, 0x22]),
    says: 'not UTF-8',
  },
])('an answer with $name is not usable, and the service has acted', async ({ type, body, says }) => {
  const { call } = await calling((_request, response) => response.writeHead(200, { 'content-type': type }).end(body));
  const error = await call(post).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    kind: 'invalid-response',
    mayHaveActed: true,
    retryable: false,
    message: expect.stringContaining(says),
  });
});

test.each([
  { name: 'no content is null', status: 204, type: 'application/json', body: '', value: null },
  { name: 'text stays text', status: 200, type: 'text/plain; charset=utf-8', body: '成功', value: '成功' },
  {
    name: 'GBK is read as GBK',
    status: 200,
    type: 'application/json;charset=GBK',
    body: Buffer.from([0x22, 0xd5, 0xc5, 0x22]),
    value: '张',
  },
  {
    name: 'a byte order mark is passed over',
    status: 200,
    type: 'application/json',
    body: '\ufeff{"a":1}',
    value: { a: 1 },
  },
  { name: 'problem+json is JSON', status: 200, type: 'application/problem+json', body: '{"a":1}', value: { a: 1 } },
])('$name', async ({ status, type, body, value }) => {
  const { call } = await calling((_request, response) =>
    response.writeHead(status, { 'content-type': type }).end(body),
  );
  expect(await call(post)).toEqual({ status, body: value });
});

test('compression that was not asked for is not undone, so a small answer cannot become a large one', async () => {
  const bomb = gzipSync(JSON.stringify('x'.repeat(5_000_000)));
  const { call } = await calling((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
  );
  await expect(call(post)).rejects.toMatchObject({
    kind: 'invalid-response',
    message: expect.stringContaining('gzip'),
  });
});

test('an answer in many pieces is put together', async () => {
  const { call } = await calling((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"name":"');
    const name = Buffer.from('张');
    response.write(name.subarray(0, 1), () =>
      setImmediate(() => response.end(Buffer.concat([name.subarray(1), Buffer.from('"}')]))),
    );
  });
  expect((await call(post)).body).toEqual({ name: '张' });
});

test('a call that waits for a free connection past its deadline is never sent', async () => {
  const { peer, call } = await calling(
    (request, response) =>
      void (request.body.includes('slow')
        ? setTimeout(() => sendJson(response, 200, '1'), 120)
        : sendJson(response, 200, '2')),
    { maxConnections: 1 },
  );
  const slow = call(post, { note: 'slow' });
  await expect(call(post, { note: 'queued' }, { deadline: deadlines.start(40) })).rejects.toMatchObject({
    kind: 'timeout',
    mayHaveActed: false,
  });
  expect((await slow).body).toBe(1);
  expect((await call(post, { note: 'next' })).body).toBe(2);
  expect(peer.requests.map(({ body }) => body)).toEqual(['{"note":"slow"}', '{"note":"next"}']);
});

test('a missing secret is named, and nothing is opened', async () => {
  const opening = http.open(
    { baseUrl: 'http://127.0.0.1', headers: { Authorization: { secret: 'NOPE' } } },
    { secret: () => undefined, warn() {} },
  );
  await expect(opening).rejects.toThrow('no secret named NOPE');
});

test('check says whether the service can be reached', async () => {
  const host = { secret: () => undefined, warn() {} };
  const peer = await startPeer(echoOk);
  const there = await http.open({ baseUrl: peer.baseUrl }, host);
  const gone = await http.open({ baseUrl: 'http://127.0.0.1:1' }, host);
  closing.push(
    peer.close,
    () => there.close(),
    () => gone.close(),
  );
  await there.check?.();
  await expect(gone.check?.()).rejects.toMatchObject({ kind: 'unavailable' });
});
