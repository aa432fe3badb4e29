import dns, { type LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { connectors } from '@heddle/connectors/index';
import type { Json } from '@heddle/engine/errors';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from '../api/house.ts';

/** Nobody may ever reach it: by an address that is not allowed, by another name for that, or by being sent there. */
let canary: Server;
let port: number;
let hits: string[] = [];
/** A service, and a registry, that send whoever asks on to the canary. */
let guide: Server;
let guideUrl: string;
let house: House;

const listen = async (listener: RequestListener, host = '127.0.0.1', at = 0): Promise<Server> => {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, host, resolve));
  return server;
};
const portOf = (server: Server) => (server.address() as AddressInfo).port; // what a server that listens on a port has
const end = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

beforeAll(async () => {
  canary = await listen((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json').end('{"openapi":"3.1.0","info":{"title":"x"},"paths":{}}');
  });
  port = portOf(canary);
  guide = await listen((request, response) => {
    const status = Number(/\d{3}/.exec(request.url ?? '')?.[0] ?? 302);
    response.writeHead(status, { location: `http://127.0.0.1:${port}/latest/meta-data` }).end('{}');
  });
  guideUrl = `http://127.0.0.1:${portOf(guide)}`;
  house = await openHouse({ HEDDLE_IMPORT_ORIGINS: `https://api.bank,${guideUrl}` });
});
beforeEach(() => {
  hits = [];
});
afterAll(async () => {
  await house.close();
  await end(canary);
  await end(guide);
});

const service = (config: Json, more: { readonly [key: string]: Json } = {}) => ({
  id: 'target',
  title: 'Target',
  connector: 'http',
  config,
  policy: { breaker: false },
  operations: {
    get: { safety: 'idempotent', request: true, response: true, binding: { method: 'GET', path: '/307' } },
    post: { safety: 'idempotent', request: true, response: true, binding: { method: 'POST', path: '/307' } },
  },
  ...more,
});

/** What becomes of a call: the code by which the description or the call was refused; `reached` if it was not. */
async function calling(description: object, operation = 'get'): Promise<string> {
  await house.api.delete('/services/target');
  const put = await house.api.put('/services/target', description as Json);
  if (put.status !== 200) return put.body.code;
  const { body } = await house.api.post(`/services/target/operations/${operation}/try`, { input: {} });
  return body.ok === true ? 'reached' : (body.error?.code ?? body.code);
}

/** Every way to write 127.0.0.1, as far as a URL or a resolver takes it. */
const LOOPBACKS = [
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.0x0.0x0.0x1',
  '0177.0.0.01',
  '017700000001',
  '127.0.0.1.',
  '0127.0.0.1',
  '①②⑦.⓪.⓪.①',
  '１２７。０。０。１',
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '127.000.000.001',
  '0x7f.1',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[::1%25lo]',
  '[fe80::1%25lo]',
  '0.0.0.0',
  '0',
  '[::]',
  'localhost',
  'localhost.',
  'LOCALHOST',
  'user@127.0.0.1',
  'api.bank@127.0.0.1',
  'api.bank%40127.0.0.1',
  '127.0.0.1%23.api.bank',
  '127.0.0.1\\@api.bank',
];

test('without a rule the canary can be reached, so that all of this can fail', async () => {
  expect(await calling(service({ baseUrl: `http://127.0.0.1:${port}` }))).toBe('reached');
  expect(hits).toEqual(['GET /307']);
});

test.each(LOOPBACKS)('a service at %s is not called when only other addresses are allowed', async (host) => {
  const allowAddresses = ['10.0.0.0/8', 'fd00::/16'];
  const code = await calling(service({ baseUrl: `http://${host}:${port}`, allowAddresses }));
  expect(['SERVICE_INVALID', 'ADDRESS_REFUSED', 'SERVICE_UNAVAILABLE']).toContain(code);
  expect(hits).toEqual([]);
});

test.each(LOOPBACKS)('an endpoint at %s is not called either', async (host) => {
  const allowAddresses = ['10.0.0.0/8'];
  const endpoints = [{ id: 'one', config: { baseUrl: `http://${host}:${port}`, allowAddresses } }];
  const code = await calling(service({ baseUrl: 'http://10.255.255.1', allowAddresses }, { endpoints }));
  expect(code).not.toBe('reached');
  expect(hits).toEqual([]);
});

test.each(LOOPBACKS)('a document at %s is not fetched', async (host) => {
  const { status, body } = await house.api.post('/services/import', { url: `http://${host}:${port}/openapi.json` });
  expect([status, body.code]).toEqual([422, 'IMPORT_INVALID']);
  expect(hits).toEqual([]);
});

test.each(LOOPBACKS.filter((host) => !/[@%\\#]/.test(host)))('by gRPC %s is not reached', async (host) => {
  const from = { address: `${host}:${port}`, allowAddresses: ['10.0.0.0/8'], connectTimeoutMs: 300 };
  const { body } = await house.api.post('/services/discover', { connector: 'grpc', from });
  expect(['IMPORT_INVALID', 'ADDRESS_REFUSED', 'SERVICE_UNAVAILABLE']).toContain(body.code);
  expect(hits).toEqual([]);
});

/** Where clouds keep credentials, refused without any rule. */
const METADATA = [
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '[::ffff:a9fe:a9fe]',
  '[::a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '[fd20:ce::254]',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
];

test.each(METADATA)(
  '%s is called by no service and asked by no registry, whatever its description says',
  async (host) => {
    expect(await calling(service({ baseUrl: `http://${host}` }))).toBe('ADDRESS_REFUSED');
    for (const kind of ['consul', 'nacos']) {
      const discovery = { kind, url: `http://${host}`, service: 'x' };
      expect(await calling(service({ baseUrl: 'http://10.255.255.1' }, { discovery }))).toBe('SERVICE_INVALID');
    }
  },
);

test.each(['301', '302', '303', '307', '308'])('nobody is led to another place by a %s', async (status) => {
  const operations = {
    get: {
      safety: 'idempotent',
      request: true,
      response: true,
      binding: { method: 'GET', path: `/${status}` },
    },
    post: {
      safety: 'idempotent',
      request: true,
      response: true,
      binding: { method: 'POST', path: `/${status}` },
    },
  };
  const description = { ...service({ baseUrl: guideUrl }), operations };
  expect(await calling(description)).not.toBe('reached');
  expect(await calling(description, 'post')).not.toBe('reached');
  const { body } = await house.api.post('/services/import', { url: `${guideUrl}/${status}` });
  expect(body.code).toBe('IMPORT_INVALID');
  const discovery = { kind: 'consul', url: `${guideUrl}/${status}`, service: 'x' };
  await calling(service({ baseUrl: 'http://127.0.0.1:1' }, { discovery }));
  expect(hits).toEqual([]);
});

test('an instance that a registry names is called only at an address that the service allows', async () => {
  const registry = await listen((_request, response) => {
    response.end(JSON.stringify([{ Service: { ID: 'evil', Address: '127.0.0.1', Port: port }, Node: {} }]));
  });
  const discovery = { kind: 'consul', url: `http://127.0.0.1:${portOf(registry)}`, service: 'x' };
  const found = async () =>
    JSON.stringify((await house.api.get('/services/target/endpoints')).body).includes(String(port));
  await calling(service({ baseUrl: 'http://10.255.255.1', allowAddresses: ['10.0.0.0/8'] }, { discovery }));
  await expect.poll(found).toBe(true);
  const { body } = await house.api.post('/services/target/operations/get/try', { input: {} });
  expect(JSON.stringify(body)).toContain('ADDRESS_REFUSED');
  expect(hits).toEqual([]);
  await end(registry);
});

test('a name that is looked up anew leads elsewhere only if that is allowed: what was checked is what is called', async () => {
  const allowed = await listen(
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"from":"allowed"}');
    },
    '127.0.0.2',
    port,
  );
  const original = dns.lookup;
  const asked: string[] = [];
  const answers = ['127.0.0.2', '127.0.0.1', '127.0.0.1', '127.0.0.2'];
  // A resolver that changes its mind, as an attacker's does; the system's own cannot be told to.
  const fickle = (host: string, _options: object, done: (error: null, found: LookupAddress[]) => void) => {
    const address = answers[asked.push(host) - 1] ?? '127.0.0.1';
    done(null, [{ address, family: 4 }]);
  };
  dns.lookup = fickle as unknown as typeof dns.lookup;
  syncBuiltinESMExports();
  try {
    const http = connectors.get('http');
    const config = { baseUrl: `http://rebind.test:${port}`, allowAddresses: ['127.0.0.2/32'] };
    const connection = await http?.open(config, { secret: () => undefined, warn() {} });
    const call = () =>
      connection?.call(
        { operation: 'x', binding: { method: 'GET', path: '/' }, input: {} },
        {
          idempotencyKey: 'k',
          attempt: 1,
          deadline: { remainingMs: () => 2_000, onExpire: () => () => {}, signal: new AbortController().signal },
          maxResponseBytes: 1_000,
        },
      );
    await expect(call()).resolves.toMatchObject({ body: { from: 'allowed' } });
    expect(asked).toEqual(['rebind.test']);
    await expect(call()).rejects.toMatchObject({ kind: 'address-refused', mayHaveActed: false });
    await connection?.close();
  } finally {
    dns.lookup = original;
    syncBuiltinESMExports();
    await end(allowed);
  }
  expect(hits).toEqual([]);
});
