import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GrpcPeer, type Handler, startGrpcPeer } from '@heddle/connectors/grpc/peer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';

const proto = `syntax = "proto3";
package bank;
service Quota {
  // Sets an amount aside.
  rpc Reserve(Reservation) returns (Reserved);
  rpc Read(Reservation) returns (Reserved) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Load(stream Reservation) returns (Reserved);
}
message Reservation { string account = 1; int64 cents = 2; }
message Reserved { string id = 1; int64 cents = 2; }
`;
/** As the server could be tomorrow: a method is gone, another is new, an answer has one more field. */
const later = proto
  .replace(
    'rpc Read(Reservation) returns (Reserved) { option idempotency_level = NO_SIDE_EFFECTS; }',
    'rpc Look(Reservation) returns (Reserved);',
  )
  .replace('string id = 1; int64', 'string id = 1; string note = 3; int64');

const pets = () => ({
  openapi: '3.1.0',
  info: { title: 'Pets' },
  servers: [{ url: origin }],
  paths: { '/p': { get: { operationId: 'getPet', responses: {} } } },
});

let house: House;
let peer: GrpcPeer;
let documents: Server;
let origin: string;
const reserve: Handler = ({ request, metadata }, done) =>
  done(null, { id: `${request.account}:${metadata.get('x-branch')[0] ?? '-'}`, cents: request.cents });

beforeAll(async () => {
  documents = createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/pets.json' }).end();
    else if (request.url === '/large') response.end('x'.repeat(26 * 1_048_576));
    else if (request.url === '/pets.json') response.end(JSON.stringify(pets()));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => documents.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(documents.address() as AddressInfo).port}`; // what a server that listens on a port has
  house = await openHouse({ HEDDLE_IMPORT_ORIGINS: `https://api.bank, ${origin}` });
  peer = await startGrpcPeer({ proto, handlers: { 'bank.Quota': { Reserve: reserve, Read: reserve, Load: reserve } } });
});
afterAll(async () => {
  await house.close();
  await peer.close();
  await new Promise((resolve) => documents.close(resolve));
});

const discover = (body: { readonly [name: string]: unknown }) => house.api.post('/services/discover', body as never);

test('a look at a discovery saves nothing', async () => {
  const { status, body } = await discover({ connector: 'grpc', from: { address: peer.address } });
  expect([status, body.service.id, body.operations, body.diff, body.breaks]).toEqual([200, 'quota', 2, undefined, []]);
  expect(body.skipped).toMatchObject([{ pointer: '/bank.Quota/Load', what: 'method' }]);
  expect((await house.api.get('/services/quota')).status).toBe(404);
});

test('a discovered operation can be called', async () => {
  const saved = await discover({ connector: 'grpc', from: { address: peer.address }, id: 'quota', dryRun: false });
  expect([saved.status, saved.body.revision]).toEqual([200, expect.any(Number)]);
  const { body } = await house.api.post('/services/quota/operations/Reserve/try', {
    input: { account: 'A1', cents: '9007199254740993' },
  });
  expect(body).toMatchObject({ ok: true, output: { id: 'A1:-', cents: '9007199254740993' } });
  const wrong = await house.api.post('/services/quota/operations/Reserve/try', { input: { acount: 'A1' } });
  expect([wrong.status, wrong.body.code]).toEqual([422, 'INPUT_INVALID']);
});

test('discovering again tells what changes and which flows break, and keeps what was set', async () => {
  const { revision: _revision, usedBy: _usedBy, ...description } = (await house.api.get('/services/quota')).body;
  description.config.metadata = { 'x-branch': 'B7' };
  description.policy = { timeoutMs: 4_000 };
  description.operations.Reserve = {
    ...description.operations.Reserve,
    movesMoney: true,
    safety: 'query',
    query: { operation: 'Read' },
  };
  expect((await house.api.put('/services/quota', description)).status).toBe(200);
  await house.publish({
    id: 'look-up',
    start: 'look',
    nodes: { look: { type: 'call', service: 'quota', operation: 'Read', input: { account: 'A' } } },
  });
  const from = { address: peer.address, protos: { 'bank.proto': later } };
  const look = await discover({ connector: 'grpc', from, id: 'quota' });
  expect(look.body.diff).toMatchObject({
    added: ['Look'],
    removed: ['Read'],
    changed: [{ operation: 'Reserve', parts: expect.arrayContaining(['description', 'response', 'query']) }],
  });
  expect(look.body.breaks).toMatchObject([{ flowId: 'look-up', problems: [{ code: 'unknown-operation' }] }]);
  expect(look.body.warnings.join()).toContain('Reserve asked Read for its status, which is gone');
  const saved = await discover({ connector: 'grpc', from, id: 'quota', dryRun: false });
  expect(saved.body.service).toMatchObject({
    config: { metadata: { 'x-branch': 'B7' } },
    policy: { timeoutMs: 4_000 },
    operations: { Reserve: { movesMoney: true, safety: 'query' } },
  });
  expect(saved.body.service.operations.Reserve).not.toHaveProperty('query');
  const { body } = await house.api.post('/services/quota/operations/Reserve/try', { input: { account: 'A1' } });
  expect(body).toMatchObject({ ok: true, output: { id: 'A1:B7', note: '' } });
});

test.each([
  [{ connector: 'grpc', from: {} }, 422, 'IMPORT_INVALID', '/from', 'address'],
  [{ connector: 'grpc', from: { address: 'x' } }, 422, 'IMPORT_INVALID', '/from/address', 'a host and a port'],
  [{ connector: 'http', from: {} }, 422, 'IMPORT_INVALID', '/connector', 'these can: grpc'],
  [{ connector: 'telex', from: {} }, 422, 'IMPORT_INVALID', '/connector', 'these can: grpc'],
  [
    { connector: 'grpc', from: { address: 'x:1', protos: { 'a.proto': 'import "/etc/passwd";' } } },
    422,
    'IMPORT_INVALID',
    '/from/protos/a.proto',
    '/etc/passwd',
  ],
  [
    { connector: 'grpc', from: { address: '127.0.0.1:1', connectTimeoutMs: 200 } },
    503,
    'SERVICE_UNAVAILABLE',
    undefined,
    '200 ms',
  ],
  [
    { connector: 'grpc', from: { address: '169.254.169.254:80' } },
    502,
    'ADDRESS_REFUSED',
    undefined,
    '169.254.169.254',
  ],
  [{ connector: 'grpc' }, 400, 'INVALID_REQUEST', '/body', 'from'],
])('%j is refused with the place and the cure', async (request, ...expected) => {
  const { status, body } = await discover(request);
  const words = expected.at(-1);
  expect([status, body.code, body.problems?.[0].pointer]).toEqual(expected.slice(0, 3));
  expect(JSON.stringify(body)).toContain(words);
});

test('a secret is not sent to whoever asks for it', async () => {
  expect((await house.api.put('/secrets/QUOTA_TOKEN', { value: 'Bearer t' })).status).toBeLessThan(300);
  const from = { address: peer.address, metadata: { 'x-token': { secret: 'QUOTA_TOKEN' } } };
  const { status, body } = await discover({ connector: 'grpc', from });
  expect([status, body.code]).toEqual([expect.any(Number), 'SECRET_LOCKED']);
});

test('a service of another connector is not overwritten', async () => {
  const { status, body } = await discover({
    connector: 'grpc',
    from: { address: peer.address },
    id: 'desk',
    dryRun: false,
  });
  expect([status, body.code]).toEqual([422, 'IMPORT_INVALID']);
  expect((await house.api.get('/services/desk')).body.connector).toBe('http');
});

test('every connector tells of itself what a form needs', async () => {
  const { body } = await house.api.get('/connectors');
  const protocols = body.connectors.map(({ protocol }: { protocol: string }) => protocol);
  expect(protocols).toEqual(expect.arrayContaining(['grpc', 'http', 'sql']));
  const [grpc] = body.connectors.filter(({ protocol }: { protocol: string }) => protocol === 'grpc');
  expect(grpc).toMatchObject({
    title: { en: 'gRPC' },
    config: { type: 'object', required: ['address', 'descriptors'] },
    binding: { required: ['service', 'method'] },
    discoverFrom: { required: ['address'] },
  });
  expect(grpc).not.toHaveProperty('source');
});

test('a document is fetched from where the operator allows it', async () => {
  const { status, body } = await house.api.post('/services/import', { url: `${origin}/pets.json` });
  expect([status, body.service?.id, body.service?.config]).toEqual([200, 'pets', { baseUrl: origin }]);
});

test.each([
  ['http://169.254.169.254/latest', 'HEDDLE_IMPORT_ORIGINS'],
  ['file:///etc/passwd', 'HEDDLE_IMPORT_ORIGINS'],
  ['ORIGIN@evil.bank/pets.json', 'HEDDLE_IMPORT_ORIGINS'],
  ['pets.json', 'is no URL'],
  ['ORIGIN/moved', 'redirected'],
  ['ORIGIN/gone', '404'],
  ['ORIGIN/large', 'more than'],
])('the document %s is not taken', async (url, words) => {
  const { status, body } = await house.api.post('/services/import', { url: url.replace('ORIGIN', origin) });
  expect([status, body.code, body.problems[0].pointer]).toEqual([422, 'IMPORT_INVALID', '/url']);
  expect(body.detail).toContain(words);
});

test.each([{}, { text: '{}', url: 'https://api.bank/x' }])('%j is neither text nor url', async (request) => {
  const { status, body } = await house.api.post('/services/import', request);
  expect([status, body.code]).toEqual([422, 'IMPORT_INVALID']);
});
