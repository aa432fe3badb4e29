import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '@heddle/engine/errors';
import { importOpenApi } from '@heddle/engine/services/import/openapi';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, type House, openHouse, read } from '../api/house.ts';

/** What stands on the prototypes that everything inherits from. */
const prototypes = () =>
  [Object, Array, Function, String, Number, Boolean, Map, Set, Date, Promise, RegExp].map(({ prototype }) =>
    Reflect.ownKeys(prototype).map(String),
  );
const before = prototypes();

function expectUnpolluted(): void {
  expect(prototypes()).toEqual(before);
  const fresh: { readonly [key: string]: unknown } = {};
  expect([fresh['polluted'], fresh['isAdmin'], Reflect.get([], 'polluted')]).toEqual([undefined, undefined, undefined]);
}

let house: House;
let raw: Server;
/** What the service answers, as it stands. */
let answer = '{}';

beforeAll(async () => {
  raw = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(answer));
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const { port } = raw.address() as AddressInfo; // what a server that listens on a port has
  house = await openHouse();
  await house.engine.putService({
    id: 'raw',
    title: 'Raw',
    connector: 'http',
    config: { baseUrl: `http://127.0.0.1:${port}` },
    policy: { breaker: false },
    operations: {
      ask: { safety: 'idempotent', request: true, response: true, binding: { method: 'POST', path: '/' } },
    },
  });
  await house.publish({
    id: 'mix',
    triggers: [{ type: 'http', method: 'POST', path: '/mix/{id}' }],
    start: 'ask',
    nodes: {
      ask: { type: 'call', service: 'raw', operation: 'ask', input: { all: read('input') }, next: 'keep' },
      keep: { type: 'set', values: { all: read('input'), constructor: read('steps.ask'), toString: 1 }, next: 'echo' },
      echo: call(
        'echo',
        { constructor: { prototype: read('vars.all') }, deep: read('vars.toString') },
        { next: 'end' },
      ),
      end: { type: 'end', output: { prototype: read('steps.echo'), vars: read('vars.all') } },
    },
  });
  await house.publish({
    id: 'wait',
    start: 'ask',
    nodes: {
      ask: {
        type: 'task',
        assignees: ['wang'],
        actions: [{ id: 'ok' }],
        data: { constructor: read('input') },
        next: 'word',
      },
      word: { type: 'event', name: 'word', next: 'end' },
      end: { type: 'end', output: { task: read('steps.ask'), word: read('steps.word') } },
    },
  });
});
afterAll(async () => {
  await house.close();
  raw.close();
  raw.closeAllConnections();
});

const evil = fc.constantFrom('__proto__', 'constructor', 'prototype', '__defineGetter__', 'toString', 'polluted', 'a');
/** JSON text, so that `__proto__` is a member as an attacker writes it. */
const { text } = fc.letrec<{ text: string; inner: string }>((tie) => ({
  inner: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('{"polluted":1,"isAdmin":true}', '1', '"x"', '[]') },
    tie('text'),
  ),
  text: fc
    .uniqueArray(fc.tuple(evil, tie('inner')), { minLength: 1, maxLength: 4, selector: ([key]) => key })
    .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
}));
/** What reaches a prototype where members are merged, or set by a path, without looking. */
const GADGETS = [
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"__proto__":{"polluted":1}}',
  '{"a":{"constructor":{"prototype":{"polluted":1}}},"constructor.prototype.polluted":1,"__proto__.polluted":1}',
];
const json = { 'content-type': 'application/json', 'heddle-user': 'wang' };
const isProto = (body: string) => body.includes('"__proto__"');

test('inputs, paths, queries and baggage reach no prototype, and neither do answers of services', async () => {
  let completed = 0;
  await fc.assert(
    fc.asyncProperty(text, text, evil, async (input, answered, name) => {
      answer = answered;
      const baggage = `${name}=polluted,__proto__=x,constructor=y`;
      const replies = [
        await house.api.send('POST', '/flows/mix', input, { ...json, baggage }),
        await house.api.send('POST', `/open/mix/${name}?${name}=polluted&__proto__=1`, input, { ...json, baggage }),
        await house.api.send('POST', `/open/mix/${name}?${name}[polluted]=1&constructor.prototype.x=1`, input, json),
      ];
      expectUnpolluted();
      for (const { status, body } of replies) {
        expect([200, 400, 422, 500, 502]).toContain(status);
        expect(body?.code).not.toBe('INTERNAL');
      }
      if (isProto(input)) expect(replies[0]?.body.code).toBe('MALFORMED_JSON');
      if (replies[0]?.status === 200) completed += 1;
    }),
    { numRuns: 60 },
  );
  expect(completed).toBeGreaterThan(2);
});

test('data of tasks, payloads of signals and events reach no prototype', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (data, payload) => {
      const { body: started } = await house.api.post('/flows/wait?wait=0ms', { x: 1 });
      const [task] = (await house.api.get(`/tasks?run=${started.runId}`)).body.tasks;
      const told = await house.api.send('POST', `/tasks/${task.id}/complete`, `{"action":"ok","data":${data}}`, json);
      expect(told.status).toBe(isProto(data) ? 400 : 202);
      await house.api.send('POST', `/runs/${started.runId}/signals/word?correlation=__proto__`, payload, json);
      const id = JSON.stringify(`e${Math.random()}`);
      await house.api.send('POST', '/events/word', `{"id":${id},"correlation":${payload},"payload":${data}}`, json);
      expectUnpolluted();
      await house.api.post(`/runs/${started.runId}/cancel`);
    }),
    { numRuns: 30 },
  );
});

test('definitions, drafts, services, groups, policies, cases and tries reach no prototype', async () => {
  const bodies: readonly ((value: string) => readonly [method: string, path: string, body: string])[] = [
    (value) => ['POST', '/validate', `{"definition":${value}}`],
    (value) => ['POST', '/validate', `{"definition":{"id":"p","start":"a","nodes":${value}}}`],
    (value) => [
      'POST',
      '/flows/p/versions',
      `{"definition":{"id":"p","input":${value},"layout":${value},"start":"a","nodes":{"a":{"type":"set","values":${value}}}}}`,
    ],
    (value) => ['PUT', '/drafts/p', `{"revision":0,"definition":${value}}`],
    (value) => [
      'POST',
      '/try',
      `{"definition":{"id":"p","start":"a","nodes":{"a":{"type":"end"}}},"input":${value},"mocks":${value}}`,
    ],
    (value) => ['PUT', '/services/p', value],
    (value) => [
      'PUT',
      '/services/p',
      `{"id":"p","title":"P","connector":"http","config":{"baseUrl":"http://p","headers":${value}},"policy":${value},"operations":${value}}`,
    ],
    (value) => ['PATCH', '/services/raw/policy', value],
    (value) => ['PATCH', '/services/raw/operations/ask/policy', value],
    (value) => ['PATCH', '/service-groups/p/policy', value],
    (value) => ['PATCH', '/services/raw/endpoints', `{"endpoints":[{"id":"one","config":${value}}]}`],
    (value) => ['PUT', '/service-groups/p', `{"policy":${value}}`],
    (value) => ['PUT', '/flows/mix/cases/p', `{"name":"p","input":${value},"mocks":${value},"expect":${value}}`],
    (value) => ['POST', '/services/raw/operations/ask/try', `{"input":${value}}`],
  ];
  const sent = async (value: string, made: (typeof bodies)[number]) => {
    const { status, body } = await house.api.send(...made(value), json);
    expectUnpolluted();
    expect([status, body?.code]).not.toContain('INTERNAL');
  };
  for (const gadget of GADGETS) for (const made of bodies) await sent(gadget, made);
  await fc.assert(fc.asyncProperty(text, fc.constantFrom(...bodies), sent), { numRuns: 120 });
  expect(await house.api.post('/flows/wait?wait=0ms', { fine: true } as Json)).toMatchObject({ status: 202 });
});

/** Here, and not by REST, where a thread of its own would be polluted and go. */
test('documents that are imported reach no prototype', async () => {
  const documents: readonly ((value: string) => string)[] = [
    (value) => `{"openapi":"3.1.0","info":${value},"paths":${value},"components":{"schemas":${value}}}`,
    (value) => `openapi: 3.1.0\ninfo: &a ${value}\n<<: *a\n__proto__: ${value}\npaths:\n  <<: *a\n  /x: ${value}`,
    (value) => `swagger: "2.0"\ndefinitions: ${value}\npaths: { /x: { get: ${value} }, __proto__: ${value} }`,
    (value) =>
      `openapi: 3.0.0\npaths: { /x: { post: { operationId: constructor, responses: {}, requestBody: { content: { application/json: { schema: { properties: ${value} } } } } } } }`,
  ];
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...documents), async (value, made) => {
      const refusal = await importOpenApi({ text: made(value), baseUrl: 'http://p' }).catch((error: unknown) => error);
      expectUnpolluted();
      if (refusal instanceof Error) expect(refusal).toMatchObject({ code: 'IMPORT_INVALID' });
    }),
    { numRuns: 200 },
  );
});

test('an expression reads members that are there, and nothing that is inherited', async () => {
  const paths = [
    'input.__proto__',
    'input.constructor',
    'input.constructor.prototype',
    'input.toString.length',
    'vars.__proto__',
  ];
  for (const path of paths) {
    const definition = { id: 'look', start: 'a', nodes: { a: { type: 'end', output: read(path) } } };
    const { body } = await house.api.post('/try', { definition, input: { a: [1] }, mocks: {} });
    expect(JSON.stringify(body)).not.toMatch(/function|native code|"output":(?:\{|1)/);
  }
});
