import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, createDeadlines, isCallError, type Json } from '../sdk/index.ts';
import { writeFiles } from './descriptors.ts';
import { encode } from './encode.ts';
import { grpc } from './index.ts';
import { type GrpcPeer, type Handler, startGrpcPeer } from './peer.ts';
import { readProtos } from './proto-text.ts';
import { declareTypes } from './types.ts';

const proto = `syntax = "proto3";
package test;
import "google/protobuf/timestamp.proto";
service Desk {
  rpc Ask(Question) returns (Answer);
  rpc Watch(Question) returns (stream Answer);
  rpc Tell(stream Question) returns (Answer);
}
message Question { string text = 1; int64 cents = 2; int32 count = 3; }
message Answer { string text = 1; int64 cents = 2; google.protobuf.Timestamp at = 3; repeated Part parts = 4; }
message Part { string a = 1; string b = 2; string c = 3; string d = 4; string e = 5; }
`;
const descriptors = writeFiles(await readProtos({ 'desk.proto': proto }));
const deadlines = createDeadlines();

let peer: GrpcPeer;
let connection: Connection;
let answer: Handler = (_call, done) => done(null, {});
let watch: Handler = (call) => call.end();
beforeAll(async () => {
  const handlers: Readonly<Record<string, Handler>> = {
    Ask: (asked, done) => answer(asked, done),
    Watch: (asked, done) => watch(asked, done),
    Tell: (_asked, done) => done(null, {}),
  };
  peer = await startGrpcPeer({ proto, handlers: { 'test.Desk': handlers } });
  connection = await grpc.open({ address: peer.address, descriptors, didNotActOn: ['ABORTED'] }, host);
});
afterAll(async () => {
  await connection.close();
  await peer.close();
});

const host = { secret: (name: string) => (name === 'TOKEN' ? 'Bearer t' : undefined), warn() {} };
const binding = { service: 'test.Desk', method: 'Ask' };

interface Options {
  readonly maxResponseBytes?: number;
  readonly timeoutMs?: number;
  readonly on?: Connection;
}

function call(
  input: Json,
  binding_: object = binding,
  { maxResponseBytes = 1_000_000, timeoutMs = 5_000, on = connection }: Options = {},
) {
  return on.call(
    { operation: 'x', binding: binding_, input },
    {
      idempotencyKey: 'k',
      attempt: 1,
      deadline: deadlines.start(timeoutMs),
      maxResponseBytes,
      traceparent: '00-1-2-01',
      serialNumber: 'S7',
    },
  );
}

const failure = (calling: Promise<unknown>) =>
  calling.then(
    (value) => expect.fail(`it answered ${JSON.stringify(value)}`),
    (error: unknown) => (isCallError(error) ? error : Promise.reject(error)),
  );

test('a call takes and gives JSON: 64 bits as digits, instants as texts, what is not set as its zero', async () => {
  const seen: unknown[] = [];
  answer = ({ request }, done) => {
    seen.push(request);
    done(null, { text: 'yes', cents: '9007199254740993', at: { seconds: 1_773_045_000, nanos: 500_000_000 } });
  };
  const { status, body } = await call({ text: '您好', cents: '9007199254740993', count: -1 });
  expect(seen).toEqual([{ text: '您好', cents: '9007199254740993', count: -1 }]);
  expect([status, body]).toEqual([
    0,
    { text: 'yes', cents: '9007199254740993', at: '2026-03-09T08:30:00.500Z', parts: [] },
  ]);
});

test('what is of every call travels as metadata, secrets by their names', async () => {
  const seen: unknown[] = [];
  answer = ({ metadata }, done) => {
    seen.push(metadata.getMap());
    done(null, {});
  };
  const config = { address: peer.address, descriptors, metadata: { authorization: { secret: 'TOKEN' } } };
  const secured = await grpc.open(config, host);
  await call({ note: 'B1', text: 'a' }, { ...binding, metadata: { note: 'x-branch' } }, { on: secured });
  await secured.close();
  expect(seen).toMatchObject([
    {
      authorization: 'Bearer t',
      'x-branch': 'B1',
      'idempotency-key': 'k',
      'x-attempt': '1',
      traceparent: '00-1-2-01',
      'x-serial-number': 'S7',
    },
  ]);
  await expect(grpc.open({ ...config, metadata: { authorization: { secret: 'GONE' } } }, host)).rejects.toMatchObject({
    kind: 'refused',
    message: 'there is no secret named GONE',
  });
});

test('the service hears of the deadline', async () => {
  let leftMs = 0;
  answer = (asked, done) => {
    leftMs = Number(asked.getDeadline()) - Date.now();
    done(null, {});
  };
  await call({}, binding, { timeoutMs: 3_000 });
  expect(leftMs).toBeGreaterThan(1_000);
  expect(leftMs).toBeLessThan(3_200);
});

test.each([
  [{ cents: 2 ** 53 }, '/cents must be a whole number; beyond'],
  [{ cents: '9223372036854775808' }, '/cents must be from'],
  [{ cents: 1.5 }, '/cents'],
  [{ count: 2 ** 31 }, '/count must be a whole number from'],
  [{ text: 7 }, '/text must be a string'],
  [{ txet: 'a' }, '/txet test.Question has no field of this name'],
  ['text', 'must be an object'],
])('the input %j is refused before anything is sent', async (input, words) => {
  const { kind, mayHaveActed, message } = await failure(call(input));
  expect([kind, mayHaveActed]).toEqual(['refused', false]);
  expect(message).toContain(words);
});

test.each([
  [{ ...binding, service: 'test.Gone' }, 'no service test.Gone'],
  [{ ...binding, method: 'Gone' }, 'has no method Gone'],
  [{ ...binding, method: 'Tell' }, 'takes a stream'],
])('a binding that leads nowhere is refused: %j', async (wrong, words) => {
  const { kind, message } = await failure(call({}, wrong));
  expect(kind).toBe('refused');
  expect(message).toContain(words);
});

describe('a stream', () => {
  const stream = { ...binding, method: 'Watch' };

  test('is collected', async () => {
    watch = (asked) => {
      for (const text of ['a', 'b']) asked.write({ text });
      asked.end();
    };
    const { body } = await call({}, stream);
    expect(body).toMatchObject({ messages: [{ text: 'a' }, { text: 'b' }] });
    watch = (asked) => asked.end();
    expect((await call({}, stream)).body).toEqual({ messages: [] });
  });

  test.each([
    [{ collect: { maxMessages: 2 } }, {}, 'more than 2 messages'],
    [{}, { maxResponseBytes: 1_000 }, 'larger than 1000 bytes'],
  ])('past its limit is an error, never a cut: %j %j', async (more, options, words) => {
    let isCancelled = false;
    watch = (asked) => {
      asked.on('cancelled', () => {
        isCancelled = true;
      });
      for (let index = 0; index < 100; index += 1) asked.write({ text: 'x'.repeat(100) });
    };
    const { kind, mayHaveActed, message } = await failure(call({}, { ...stream, ...more }, options));
    expect([kind, mayHaveActed]).toEqual(['too-large', true]);
    expect(message).toContain(words);
    await expect.poll(() => isCancelled).toBe(true);
  });
});

test('few bytes that stand for much JSON are stopped', async () => {
  answer = (_asked, done) => done(null, { parts: Array.from({ length: 10_000 }, () => ({})) });
  const { kind } = await failure(call({}, binding, { maxResponseBytes: 30_000 }));
  expect(kind).toBe('too-large');
});

const outcomes: readonly (readonly [number, string, boolean, boolean])[] = [
  [1, 'failed', false, true],
  [2, 'failed', false, true],
  [3, 'rejected', false, false],
  [4, 'timeout', true, true],
  [5, 'rejected', false, false],
  [6, 'rejected', false, false],
  [7, 'rejected', false, false],
  [8, 'unavailable', true, true],
  [9, 'rejected', false, false],
  // As the configuration promises.
  [10, 'failed', true, false],
  [11, 'rejected', false, false],
  [12, 'rejected', false, false],
  [13, 'failed', false, true],
  [14, 'unavailable', true, true],
  [15, 'failed', false, true],
  [16, 'rejected', false, false],
];

test.each(outcomes)('the status %i is %s, retryable: %s, may have acted: %s', async (code, ...expected) => {
  answer = (_asked, done) => done({ code, details: 'said so' });
  const { kind, retryable, mayHaveActed, status, body } = await failure(call({}));
  expect([kind, retryable, mayHaveActed, status]).toEqual([...expected, code]);
  expect(body).toMatchObject({ code: expect.any(String), message: 'said so' });
});

test('details of a status are in the body, and how long to wait', async () => {
  const rpc = declareTypes({
    Status: { code: '1 int32', message: '2 string', details: '3 repeated Any' },
    Any: { type_url: '1 string', value: '2 bytes' },
    Info: { reason: '1 string', domain: '2 string' },
    Retry: { retry_delay: '1 Delay' },
    Delay: { seconds: '1 int64' },
  });
  const packed = (name: string, type: string, value: Json) => ({
    type_url: `type.googleapis.com/${name}`,
    value: encode(rpc(type), value).toString('base64'),
  });
  const details = [
    packed('google.rpc.ErrorInfo', 'Info', { reason: 'LIMIT', domain: 'bank' }),
    packed('google.rpc.RetryInfo', 'Retry', { retry_delay: { seconds: 3 } }),
    { type_url: 'type.googleapis.com/google.rpc.BadRequest', value: '////' },
  ];
  answer = (asked, done) => {
    const trailer = asked.metadata.clone();
    for (const name of Object.keys(trailer.getMap())) trailer.remove(name);
    trailer.set('grpc-status-details-bin', encode(rpc('Status'), { code: 8, details }));
    done({ code: 8, details: 'too many', metadata: trailer });
  };
  const { body, retryAfterMs } = await failure(call({}));
  expect(body).toEqual({
    code: 'RESOURCE_EXHAUSTED',
    message: 'too many',
    details: [{ '@type': 'google.rpc.ErrorInfo', reason: 'LIMIT', domain: 'bank', metadata: {} }],
  });
  expect(retryAfterMs).toBe(3_000);
});

test('calls go on after a connection was lost', async () => {
  answer = () => peer.cut();
  expect(await failure(call({}))).toMatchObject({ kind: 'unavailable', mayHaveActed: true });
  answer = (_asked, done) => done(null, { text: 'again' });
  expect((await call({})).body).toMatchObject({ text: 'again' });
});

test('the library’s own repeats are off, although a service asks for them', async () => {
  let times = 0;
  answer = (_asked, done) => {
    times += 1;
    done({ code: 14, details: 'busy' });
  };
  await failure(call({}));
  expect(times).toBe(1);
});

test.each([
  ['169.254.169.254:80', undefined],
  ['[fe80::1]:80', undefined],
  ['127.0.0.1:1', ['10.0.0.0/8']],
])('the address %s is refused with allowAddresses %j', async (address, allowAddresses) => {
  const config = { address, descriptors, ...(allowAddresses && { allowAddresses }) };
  await expect(grpc.open(config, host)).rejects.toMatchObject({ kind: 'address-refused', mayHaveActed: false });
});

test('a name that resolves to an address that is not allowed is refused by the call', async () => {
  const named = await grpc.open({ address: 'localhost:9', descriptors, allowAddresses: ['10.0.0.0/8'] }, host);
  expect(await failure(call({}, binding, { on: named }))).toMatchObject({
    kind: 'address-refused',
    mayHaveActed: false,
    retryable: false,
  });
  await named.close();
});

test('a name is looked up and called', async () => {
  answer = (_asked, done) => done(null, { text: 'named' });
  const named = await grpc.open(
    { address: `localhost:${peer.port}`, descriptors, allowAddresses: ['127.0.0.0/8'] },
    host,
  );
  expect((await call({}, binding, { on: named })).body).toMatchObject({ text: 'named' });
  await named.check?.();
  await named.close();
});

test('whether a service can be reached is told', async () => {
  await connection.check?.();
  const gone = await grpc.open({ address: '127.0.0.1:1', descriptors, connectTimeoutMs: 100 }, host);
  await expect(gone.check?.()).rejects.toMatchObject({ kind: 'unavailable', mayHaveActed: false });
  await gone.close();
});

test('secrets belong to host and port; an instance has another address', () => {
  const config = { address: 'core.bank:9090', descriptors, tls: {} };
  expect(grpc.destination(config)).toBe('grpcs://core.bank:9090');
  expect(grpc.at(config, { host: '::1', port: 7 })).toEqual({ ...config, address: '[::1]:7' });
});
