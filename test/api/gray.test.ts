import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';

const servers: Server[] = [];
let house: House;

/** A service that says which of its instances answers. */
async function instance(name: string): Promise<{ readonly host: string; readonly port: number }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ name }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

beforeAll(async () => {
  house = await openHouse();
  const [stable, gray] = [await instance('stable'), await instance('gray')];
  await house.engine.putService({
    id: 'twins',
    title: 'Twins',
    connector: 'http',
    config: { baseUrl: `http://127.0.0.1:${stable.port}` },
    endpoints: [
      { id: 'stable', address: { ...stable } },
      { id: 'gray', address: { ...gray }, when: { tenant: ['t7'] } },
    ],
    operations: { who: { readOnly: true, request: true, response: true, binding: { method: 'GET', path: '/' } } },
  });
  const ask = { start: 'ask', nodes: { ask: { type: 'call', service: 'twins', operation: 'who', input: {} } } };
  await house.publish({ id: 'who', ...ask, triggers: [{ type: 'http', method: 'GET', path: '/who' }] });
  await house.publish({ id: 'who-quick', mode: 'express', ...ask });
  await house.publish({
    id: 'who-below',
    start: 'sub',
    nodes: { sub: { type: 'subflow', flow: 'who', version: 'latest', input: {} } },
  });
});
afterAll(async () => {
  await house.close();
  for (const server of servers) server.close();
});

test.each(['who', 'who-quick', 'who-below'])('%s reaches the instance that is for its caller', async (flow) => {
  const ask = async (baggage?: string) =>
    (await house.api.post(`/flows/${flow}`, {}, baggage === undefined ? {} : { baggage })).body.output;
  expect(await ask()).toEqual({ name: 'stable' });
  expect(await ask('channel=app, tenant=t7')).toEqual({ name: 'gray' });
  expect(await ask('tenant=t8')).toEqual({ name: 'stable' });
});

test('so does a flow that is called at its own path', async () => {
  const { body } = await house.api.get('/open/who', { baggage: 'tenant=t7' });
  expect(body).toEqual({ name: 'gray' });
});
