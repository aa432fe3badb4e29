import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectProblem } from './client.ts';
import { call, type House, openHouse, read } from './house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse({ HEDDLE_MAX_PAYLOAD: '2048' });
  await house.publish({
    id: 'strict',
    input: {
      type: 'object',
      required: ['customerId', 'amount'],
      additionalProperties: false,
      properties: { customerId: { type: 'string' }, amount: { type: 'integer', minimum: 1 } },
    },
    start: 'cif',
    nodes: { cif: call('getCustomer', { id: read('input.customerId') }) },
  });
});
afterAll(() => house.close());

const runs = async () => (await house.api.get('/runs')).body.runs.length;
const json = { 'content-type': 'application/json' };

test('an unknown flow is answered 404 and nothing is stored', async () => {
  const { status, body } = await house.api.post('/flows/nowhere', {});
  expect([status, body.code, await runs()]).toEqual([404, 'FLOW_NOT_FOUND', 0]);
});

test('an unknown version of a flow is answered 404', async () => {
  const { status, body } = await house.api.post('/flows/strict?version=abc', { customerId: 'C1', amount: 1 });
  expect([status, body.code, await runs()]).toEqual([404, 'VERSION_NOT_FOUND', 0]);
});

test('a body that does not fit is answered 422 with every fault at its place', async () => {
  const { status, body } = await house.api.post('/flows/strict', { customerId: 7, amount: 0, colour: 'red' });
  expect([status, body.code, await runs()]).toEqual([422, 'INPUT_INVALID', 0]);
  const said = new Map(
    body.problems.map((problem: { pointer: string; message: string }) => [problem.pointer, problem.message]),
  );
  expect([...said.keys()].sort()).toEqual(['', '/amount', '/customerId']);
  expect(said.get('')).toContain('colour');
});

test.each([
  { name: 'text that is no JSON', text: '{"customerId": "C1",', status: 400, code: 'MALFORMED_JSON' },
  { name: 'a key that occurs twice', text: '{"amount": 1, "amount": 2}', status: 400, code: 'MALFORMED_JSON' },
  { name: 'the key __proto__', text: '{"__proto__": {"admin": true}}', status: 400, code: 'MALFORMED_JSON' },
  { name: 'a number out of range', text: '{"amount": 1e400}', status: 400, code: 'MALFORMED_JSON' },
  { name: 'nesting beyond 64', text: '['.repeat(65) + ']'.repeat(65), status: 400, code: 'MALFORMED_JSON' },
  { name: 'more bytes than allowed', text: `"${'x'.repeat(4_000)}"`, status: 413, code: 'PAYLOAD_TOO_LARGE' },
])('a body with $name is answered $status and nothing is stored', async ({ text, status, code }) => {
  const reply = await house.api.send('POST', '/flows/strict', text, json);
  expect([reply.status, reply.body.code, await runs()]).toEqual([status, code, 0]);
});

test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a body of type %s is answered 415 and nothing is stored',
  async (type) => {
    const reply = await house.api.send('POST', '/flows/strict', '{"customerId":"C1","amount":1}', {
      'content-type': type,
    });
    expect([reply.status, reply.body.code, await runs()]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE', 0]);
  },
);

test('a request for what is not there, or by a name that cannot be read, is a problem too', async () => {
  expect((await house.api.get('/nowhere')).body.code).toBe('NOT_FOUND');
  expect((await house.api.get('/runs/%zz')).body.code).toBe('INVALID_REQUEST');
  expect((await house.api.get(`/runs/${'x'.repeat(600)}`)).body.code).toBe('INVALID_REQUEST');
  expect((await house.api.get('/runs?limit=many')).body).toMatchObject({
    code: 'INVALID_REQUEST',
    problems: [{ pointer: '/querystring/limit' }],
  });
});

test('a wait that is no duration is answered 400', async () => {
  const reply = await house.api.post('/flows/strict?wait=soon', { customerId: 'C1', amount: 1 });
  expect([reply.status, reply.body.code, await runs()]).toEqual([400, 'INVALID_REQUEST', 0]);
});

test('what is no HTTP at all is answered with a problem and the connection is given up', async () => {
  const { hostname, port } = new URL(house.api.url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write('GARBAGE\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const type = /content-type: (.*)/.exec(head)?.[1] ?? '';
  expectProblem({ status: 400, headers: new Headers({ 'content-type': type }), body: JSON.parse(body) });
});

test('an integer past 2^53 keeps every digit on its way through', async () => {
  await house.publish({ id: 'mirror', start: 'echo', nodes: { echo: call('echo', { id: read('input.id') }) } });
  const { body } = await house.api.send('POST', '/flows/mirror', '{"id": 1234567890123456789}', json);
  expect(body.output).toEqual({ id: '1234567890123456789' });
});
