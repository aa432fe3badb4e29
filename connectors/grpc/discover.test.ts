import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createDeadlines, type Json } from '../sdk/index.ts';
import { grpc } from './index.ts';
import { type GrpcPeer, type Handler, startGrpcPeer } from './peer.ts';

const proto = `syntax = "proto3";
package bank;
import "google/protobuf/timestamp.proto";
// Limits of accounts.
service Quota {
  // Sets an amount aside.
  rpc Reserve(Reservation) returns (Reserved);
  rpc Read(Reservation) returns (Reserved) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Put(Reservation) returns (Reserved) { option idempotency_level = IDEMPOTENT; option deprecated = true; }
  rpc Watch(Reservation) returns (stream Reserved);
  rpc Load(stream Reservation) returns (Reserved);
  rpc Talk(stream Reservation) returns (stream Reserved);
}
service Audit { rpc Read(Tree) returns (Tree); }
message Reservation {
  // The account's number.
  string account = 1;
  int64 cents = 2;
  repeated string tags = 3;
  map<string, Level> levels = 4;
  optional int32 priority = 5;
  oneof proof { string note = 6; int32 code = 7; }
  Level level = 8;
  enum Level { LOW = 0; HIGH = 1; }
}
message Reserved { string id = 1; google.protobuf.Timestamp at = 2; optional string hint = 3; double rate = 4; Reservation.Level level = 5; }
message Tree { string name = 1; repeated Tree children = 2; }
`;
const host = { secret: () => undefined, warn() {} };
const answer: Handler = (_call, done) => done(null, { id: 'r1' });
const peers: GrpcPeer[] = [];
afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.close();
});

async function start(reflection: 'v1' | 'v1alpha' | 'none') {
  const quota = Object.fromEntries(['Reserve', 'Read', 'Put', 'Watch', 'Load', 'Talk'].map((name) => [name, answer]));
  const peer = await startGrpcPeer({
    proto,
    reflection,
    handlers: { 'bank.Quota': quota, 'bank.Audit': { Read: answer } },
  });
  peers.push(peer);
  return peer;
}

const failure = (from: Json) =>
  grpc.discover(from, host).then(
    () => expect.fail('it was taken'),
    (error: Error) => error,
  );

test.each(['v1', 'v1alpha'] as const)(
  'a server with reflection %s describes itself, and can be called by it',
  async (version) => {
    const { address } = await start(version);
    const found = await grpc.discover({ address, metadata: { 'x-channel': 'test' } }, host);
    expect(Object.keys(found.operations).sort()).toEqual(['Audit.Read', 'Put', 'Quota.Read', 'Reserve', 'Watch']);
    expect(found.title).toBe('bank');
    expect(found.skipped.map(({ pointer }) => pointer)).toEqual(['/bank.Quota/Load', '/bank.Quota/Talk']);
    expect(found.config).toMatchObject({ address, metadata: { 'x-channel': 'test' } });
    expect(grpc.configProblems(found.config)).toEqual([]);
    const connection = await grpc.open(found.config, host);
    const { binding = {} } = found.operations['Reserve'] ?? {};
    expect(grpc.bindingProblems(binding)).toEqual([]);
    const deadline = createDeadlines().start(5_000);
    const context = { idempotencyKey: 'k', attempt: 1, deadline, maxResponseBytes: 10_000 };
    const { body } = await connection.call(
      { operation: 'x', binding, input: { account: 'A', levels: { x: 'HIGH' } } },
      context,
    );
    await connection.close();
    expect(body).toEqual({ id: 'r1', rate: 0, level: 'LOW' });
  },
);

test('texts say the same as the server, and what people wrote besides', async () => {
  const { address } = await start('v1');
  const asked = await grpc.discover({ address }, host);
  const read = await grpc.discover({ address, protos: { 'bank.proto': proto } }, host);
  expect(Object.keys(read.operations)).toEqual(Object.keys(asked.operations));
  expect(read.skipped).toEqual(asked.skipped);
  for (const [id, { request, response, binding }] of Object.entries(asked.operations)) {
    const { description: _words, ...own } = read.operations[id] ?? expect.fail(id);
    expect(without({ request: own.request, response: own.response, binding: own.binding })).toEqual(
      without({ request, response, binding }),
    );
  }
  expect(read.operations['Reserve']).toMatchObject({
    description: 'Sets an amount aside.',
    request: { properties: { account: { description: "The account's number." } } },
  });
  expect(read.operations['Quota.Read']).toMatchObject({ readOnly: true });
  expect(read.operations['Put']?.description).toBe('Deprecated.');
  expect(read.warnings.join()).toContain('set their safety to idempotent if they are: Put');
});

/** Comments are not in what servers say. */
function without(value: Json): Json {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, item]) => name !== 'description' || typeof item === 'object');
  return Object.fromEntries(kept.map(([name, item]) => [name, without(item)]));
}

test('schemas say what goes in and what comes out', async () => {
  const { operations } = await grpc.discover({ address: 'x:1', protos: { 'bank.proto': proto } }, host);
  expect(operations['Reserve']?.request).toEqual({
    type: 'object',
    properties: {
      account: { type: 'string', description: "The account's number." },
      cents: { type: ['string', 'integer'], pattern: '^-?[0-9]{1,19}$' },
      tags: { type: 'array', items: { type: 'string' } },
      levels: { type: 'object', additionalProperties: { enum: ['LOW', 'HIGH'] } },
      priority: { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
      note: { type: 'string', description: 'At most one of the group proof is set.' },
      code: {
        type: 'integer',
        minimum: -(2 ** 31),
        maximum: 2 ** 31 - 1,
        description: 'At most one of the group proof is set.',
      },
      level: { enum: ['LOW', 'HIGH'] },
    },
    additionalProperties: false,
    allOf: [{ not: { anyOf: [{ required: ['note', 'code'] }] } }],
  });
  expect(operations['Reserve']?.response).toMatchObject({
    required: ['id', 'rate', 'level'],
    properties: { at: { type: 'string' }, level: { anyOf: [{ enum: ['LOW', 'HIGH'] }, { type: 'integer' }] } },
  });
  expect(operations['Audit.Read']?.request).toMatchObject({
    properties: { children: { items: { $ref: '#/$defs/bank.Tree' } } },
    $defs: { 'bank.Tree': { properties: { children: { items: { $ref: '#/$defs/bank.Tree' } } } } },
  });
  expect(operations['Watch']?.response).toMatchObject({
    required: ['messages'],
    properties: { messages: { items: { $ref: '#/$defs/bank.Reserved' }, maxItems: 1_000 } },
  });
  expect(operations['Watch']?.binding).toEqual({
    service: 'bank.Quota',
    method: 'Watch',
    collect: { maxMessages: 1_000 },
  });
});

test('services can be chosen', async () => {
  const { address } = await start('v1');
  const { operations, title } = await grpc.discover({ address, services: ['bank.Audit'] }, host);
  expect([title, Object.keys(operations)]).toEqual(['Audit', ['Read']]);
  expect(await failure({ address, services: ['bank.Gone'] })).toMatchObject({
    kind: 'rejected',
    message: expect.stringContaining('bank.Gone'),
  });
  expect(await failure({ address, services: ['bank.Gone'], protos: { 'bank.proto': proto } })).toMatchObject({
    kind: 'rejected',
    message: 'there is no service bank.Gone; there are: bank.Quota, bank.Audit',
  });
});

test('a server without reflection is told apart from one that is not there', async () => {
  const { address } = await start('none');
  expect(await failure({ address })).toMatchObject({ kind: 'rejected', message: expect.stringContaining('`protos`') });
  expect(await failure({ address: '127.0.0.1:1', connectTimeoutMs: 100 })).toMatchObject({ kind: 'unavailable' });
  expect(await failure({ address: '169.254.169.254:80' })).toMatchObject({ kind: 'address-refused' });
  expect(await failure({ address: 'nowhere' })).toMatchObject({ kind: 'rejected', body: { pointer: '/address' } });
});

test('a server that speaks something else is no answer', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {}).write('HTTP/1.1 400 Bad Request\r\n\r\n');
    socket.destroySoon();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number }; // what a server that listens on a port has
  expect(await failure({ address: `127.0.0.1:${port}`, connectTimeoutMs: 500 })).toMatchObject({ kind: 'unavailable' });
  await new Promise((resolve) => server.close(resolve));
});

describe('.proto texts', () => {
  const discover = (protos: Readonly<Record<string, string>>) => grpc.discover({ address: 'x:1', protos }, host);
  const main = (imports: string, type: string) =>
    `syntax = "proto3"; package a; ${imports} service S { rpc M(${type}) returns (${type}); }`;

  test('import each other by name', async () => {
    const { operations } = await discover({
      'a/main.proto': main('import "b/part.proto";', 'b.Part'),
      'b/part.proto':
        'syntax = "proto2"; package b; message Part { required string id = 1; optional int32 n = 2 [default = 7]; }',
    });
    expect(operations['M']?.request).toMatchObject({ properties: { id: { type: 'string' } }, required: ['id'] });
  });

  test.each(['/etc/passwd', '../secret.proto', 'file:///etc/passwd', 'b.proto', 'http://127.0.0.1/x.proto'])(
    'the import %s is asked for and not read',
    async (name) => {
      await expect(discover({ 'a.proto': main(`import "${name}";`, 'b.Part') })).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining(`imports ${name}, which is not among the files`),
        body: { pointer: '/protos/a.proto' },
      });
    },
  );

  test.each([
    ['syntax = "proto3"; message {', 'a.proto cannot be read'],
    [main('', 'Gone'), 'Gone'],
    [`syntax = "proto3"; message A {} ${'message A { '.repeat(3_000)}`, 'a.proto cannot be read'],
    ['syntax = "proto3"; package google.protobuf; message Timestamp {}', 'do not fit together'],
    ['syntax = "proto3"; message A { string a = 1; string b = 1; }', 'a.proto cannot be read'],
    ['syntax = "proto3"; message A {}', 'no service'],
    ['', 'no service'],
  ])('that are wrong are refused: %.60s', async (text, words) => {
    await expect(discover({ 'a.proto': text })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining(words),
    });
  });

  test('may use the types and options that everybody has', async () => {
    const text = `syntax = "proto3";
      import "google/protobuf/descriptor.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/empty.proto";
      extend google.protobuf.MethodOptions { string audit = 50001; }
      service S { rpc M(Q) returns (google.protobuf.Empty) { option (audit) = "yes"; } }
      message Q { google.protobuf.Struct any = 1; google.protobuf.NullValue none = 2; }`;
    const { operations } = await discover({ 'a.proto': text });
    expect(operations['M']).toMatchObject({
      request: { properties: { any: { type: 'object' }, none: { type: 'null' } } },
      response: { type: 'object', properties: {} },
    });
  });
});
