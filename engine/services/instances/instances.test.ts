import { createSocket } from 'node:dgram';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Json } from '../../errors.ts';
import { type Discovery, discoveryProblems, findInstances, type Instance, InstanceWatch } from './index.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Registry {
  readonly url: string;
  readonly asked: { readonly path: string; readonly parameters: Record<string, string>; readonly token: unknown }[];
  answer: { status?: number; body: Json | string; headers?: Record<string, string> };
}

/** No Consul and no Nacos: a small server with the answers that their documentation shows. */
async function fakeRegistry(body: Json | string): Promise<Registry> {
  const asked: Registry['asked'] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://registry');
    asked.push({
      path: url.pathname,
      parameters: Object.fromEntries(url.searchParams),
      token: request.headers['x-consul-token'],
    });
    const { status = 200, body: answer, headers } = registry.answer;
    response.writeHead(status, headers).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.closeAllConnections() ?? server.close(resolve)));
  const registry: Registry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // what a server that listens on a port has
    asked,
    answer: { body },
  };
  return registry;
}

const host = { secret: (name: string) => (name === 'TOKEN' ? 's3cret' : undefined) };

/** As https://developer.hashicorp.com/consul/api-docs/health shows it, shortened. */
const consulEntry = (service: object): Json => ({
  Node: { Node: 'n1', Address: '10.1.10.12', Datacenter: 'dc1' },
  Service: { ID: 'core-1', Service: 'core', Tags: ['v2', 'gz'], Address: '10.1.10.99', Port: 8000, ...service },
  Checks: [{ Status: 'passing' }],
});

test('Consul, as far as a fake by its documented API can tell: passing instances with weights and tags', async () => {
  const registry = await fakeRegistry([
    consulEntry({ Weights: { Passing: 10, Warning: 1 } }),
    consulEntry({ ID: 'core-2', Address: '', Port: 8001, Tags: null }),
    consulEntry({ ID: 'no-port', Port: 0 }),
  ]);
  const settings: Discovery = {
    kind: 'consul',
    url: registry.url,
    service: 'core api',
    tag: 'v2',
    datacenter: 'dc1',
    token: { secret: 'TOKEN' },
  };
  expect(await findInstances(settings, host)).toEqual([
    { id: 'core-1', host: '10.1.10.99', port: 8000, weight: 10, tags: ['v2', 'gz'] },
    { id: 'core-2', host: '10.1.10.12', port: 8001, weight: 1, tags: [] },
  ]);
  expect(registry.asked).toEqual([
    {
      path: '/v1/health/service/core%20api',
      parameters: { passing: 'true', tag: 'v2', dc: 'dc1' },
      token: 's3cret',
    },
  ]);
  await expect(findInstances({ ...settings, token: { secret: 'NONE' } }, host)).rejects.toThrow('no secret NONE');
});

test('Nacos, as far as a fake by its documented API can tell: healthy, enabled instances with a weight', async () => {
  const nacosHost = (more: object): Json => ({
    ip: '10.10.10.10',
    port: 8888,
    valid: true,
    healthy: true,
    instanceId: '10.10.10.10#8888#DEFAULT#DEFAULT_GROUP@@core',
    metadata: {},
    enabled: true,
    weight: 2.0,
    clusterName: 'DEFAULT',
    ...more,
  });
  const registry = await fakeRegistry({
    name: 'DEFAULT_GROUP@@core',
    hosts: [
      nacosHost({}),
      nacosHost({ instanceId: 'b', port: 8889, weight: 0 }),
      nacosHost({ instanceId: 'c', port: 8890, enabled: false }),
      nacosHost({ instanceId: 'd', port: 8891, healthy: false }),
    ],
  });
  const settings: Discovery = {
    kind: 'nacos',
    url: `${registry.url}/nacos/`,
    service: 'core',
    group: 'G',
    namespace: 'ns1',
    token: { secret: 'TOKEN' },
  };
  expect(await findInstances(settings, host)).toEqual([
    {
      id: '10.10.10.10#8888#DEFAULT#DEFAULT_GROUP@@core',
      host: '10.10.10.10',
      port: 8888,
      weight: 2,
      tags: ['DEFAULT'],
    },
  ]);
  expect(registry.asked[0]).toMatchObject({
    path: '/nacos/v1/ns/instance/list',
    parameters: { serviceName: 'core', groupName: 'G', namespaceId: 'ns1', healthyOnly: 'true', accessToken: 's3cret' },
  });
});

test.each([
  { answer: { status: 500, body: 'x' }, message: 'answered 500' },
  { answer: { body: '{"hosts":[' }, message: 'something else than JSON' },
  { answer: { body: '{"hosts":1,"hosts":2}' }, message: 'something else than JSON' },
  { answer: { status: 302, body: '', headers: { location: 'http://169.254.169.254/' } }, message: 'answered 302' },
  { answer: { body: JSON.stringify('x'.repeat(5_000_000)) }, message: 'more than' },
])('an answer that cannot be taken is an error without the token: $message', async ({ answer, message }) => {
  const registry = await fakeRegistry('');
  registry.answer = answer;
  const asking = findInstances({ kind: 'nacos', url: registry.url, service: 'core', token: { secret: 'TOKEN' } }, host);
  await expect(asking).rejects.toThrow(message);
  await expect(asking).rejects.not.toThrow('s3cret');
});

test.each([5, [], {}, { hosts: 'x' }, { hosts: [null, 1, {}] }, [{ Service: { Port: '80' } }]])(
  'whatever else a registry answers (%j) names nobody',
  async (body) => {
    const registry = await fakeRegistry(body as Json);
    for (const kind of ['consul', 'nacos'] as const)
      expect(await findInstances({ kind, url: registry.url, service: 'core' }, host)).toEqual([]);
  },
);

/** A DNS server that knows SRV records of one name. */
async function dnsServer(records: readonly { priority: number; weight: number; port: number; target: string }[]) {
  const socket = createSocket('udp4');
  const label = (name: string) =>
    Buffer.concat([
      ...name.split('.').map((part) => Buffer.from([part.length, ...Buffer.from(part)])),
      Buffer.from([0]),
    ]);
  socket.on('message', (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180, 2);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt16BE(0, 8);
    header.writeUInt16BE(0, 10);
    const answers = records.map(({ priority, weight, port, target }) => {
      const name = label(target);
      const fixed = Buffer.alloc(18);
      fixed.writeUInt16BE(0xc00c, 0); // the name that was asked for
      fixed.writeUInt16BE(33, 2); // SRV
      fixed.writeUInt16BE(1, 4);
      fixed.writeUInt32BE(1, 6);
      fixed.writeUInt16BE(6 + name.length, 10);
      fixed.writeUInt16BE(priority, 12);
      fixed.writeUInt16BE(weight, 14);
      fixed.writeUInt16BE(port, 16);
      return Buffer.concat([fixed, name]);
    });
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  closing.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return `127.0.0.1:${socket.address().port}`;
}

test('SRV records of the first priority, by a real resolver', async () => {
  const server = await dnsServer([
    { priority: 10, weight: 60, port: 8080, target: 'a.core.test' },
    { priority: 10, weight: 0, port: 8081, target: 'b.core.test' },
    { priority: 20, weight: 99, port: 8082, target: 'spare.core.test' },
  ]);
  expect(await findInstances({ kind: 'dns-srv', name: '_core._tcp.test', servers: [server] }, host)).toEqual([
    { id: 'a.core.test:8080', host: 'a.core.test', port: 8080, weight: 60, tags: [] },
    { id: 'b.core.test:8081', host: 'b.core.test', port: 8081, weight: 0.01, tags: [] },
  ]);
});

test('settings that cannot work are found', () => {
  const base = { kind: 'consul', service: 'core' } as const;
  for (const url of ['x', 'ftp://a', 'http://u:p@a', 'http://a?b=1'])
    expect(discoveryProblems({ ...base, url })).toMatchObject([{ pointer: '/url' }]);
  expect(discoveryProblems({ ...base, url: 'https://consul.bank:8501' })).toEqual([]);
});

test('what was known last is kept while the registry is down or empty, which is said once', async () => {
  const one: Instance = { id: 'a', host: 'a', port: 1, weight: 1, tags: [] };
  const script: (() => readonly Instance[])[] = [
    () => [one],
    () => {
      throw new Error('down');
    },
    () => {
      throw new Error('down');
    },
    () => [],
    () => [one, { ...one, id: 'b' }],
  ];
  const taken: string[][] = [];
  const warnings: string[] = [];
  const states: string[] = [];
  let asked = 0;
  let watch: InstanceWatch | undefined;
  watch = new InstanceWatch({
    refreshMs: 1,
    find: async () => {
      states.push(watch?.state.state ?? 'starting');
      const step = script[asked];
      asked += 1;
      return step ? step() : [];
    },
    take: (instances) => taken.push(instances.map(({ id }) => id)),
    warn: (message) => warnings.push(message),
    epochMs: () => 7,
    random: () => 0,
  });
  closing.push(() => watch?.stop());
  await watch.first;
  expect(watch.state).toEqual({ state: 'ok', at: 7 });
  await expect.poll(() => asked).toBeGreaterThan(5);
  expect(taken).toEqual([['a'], ['a', 'b']]);
  expect(states.slice(1, 6)).toEqual(['ok', 'failing', 'failing', 'empty', 'ok']);
  expect(warnings.slice(0, 2)).toEqual(['down', expect.stringContaining('names no instance')]);
  watch.stop();
  const before = asked;
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked - before).toBeLessThanOrEqual(1);
});
