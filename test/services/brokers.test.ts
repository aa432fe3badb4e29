import { randomUUID } from 'node:crypto';
import { isServerUp, makeStream, PORT as NATS_PORT, type TestStream } from '@heddle/connectors/nats/server';
import { configBy, connectBeside, PORT as RABBITMQ_PORT } from '@heddle/connectors/rabbitmq/server';
import type { Json } from '@heddle/engine/errors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, type House, openHouse, read } from '../api/house.ts';

// From one broker through a service to the other, and from there to a run that has been waiting: both brokers are real.

const beside = await connectBeside();
const isNatsUp = await isServerUp();
const queue = `heddle-test-${randomUUID().slice(0, 8)}`;
let house: House;
let nats: TestStream;

describe.skipIf(!beside || !isNatsUp)('RabbitMQ and NATS', () => {
  beforeAll(async () => {
    nats = await makeStream();
    const anything = { type: 'object' };
    house = await openHouse();
    expect((await house.api.put('/secrets/RABBITMQ', { value: 'guest' })).status).toBeLessThan(300);
    const services = [
      { id: 'mq', connector: 'rabbitmq', config: configBy(RABBITMQ_PORT), operations: {} },
      {
        id: 'bus',
        connector: 'nats',
        config: { servers: [`127.0.0.1:${NATS_PORT}`] },
        operations: {
          settled: {
            safety: 'idempotent',
            request: anything,
            response: true,
            binding: { action: 'publish', subject: `${nats.prefix}.settled` },
          },
        },
      },
    ];
    for (const service of services) {
      const { status, body } = await house.api.put(`/services/${service.id}`, { title: service.id, ...service });
      expect([status, body.problems ?? []]).toEqual([200, []]);
    }
    await house.publish({
      id: 'waits',
      start: 'receipt',
      nodes: {
        receipt: { type: 'event', name: 'receipt', correlation: read('input.order'), next: 'done' },
        done: { type: 'end', output: { receipt: read('steps.receipt') } },
      },
      triggers: [
        {
          type: 'message',
          service: 'bus',
          source: { stream: nats.stream, subject: `${nats.prefix}.settled`, durable: 'waits' },
          input: { score: read('event.payload.score') },
          signal: { name: 'receipt', correlation: read('event.payload.order') },
        },
      ],
    });
    await house.publish({
      id: 'settles',
      input: { type: 'object', required: ['order'], properties: { order: { type: 'string' } } },
      start: 'score',
      nodes: {
        score: call('score', { customerId: read('input.order') }, { next: 'tell' }),
        tell: {
          type: 'call',
          service: 'bus',
          operation: 'settled',
          input: { order: read('input.order'), score: read('steps.score.score') },
        },
      },
      triggers: [{ type: 'message', service: 'mq', source: { queue, declare: {} } }],
    });
  });
  afterAll(async () => {
    await house?.close();
    await beside?.queueDelete({ queue });
    await beside?.close();
    await nats?.close();
  });

  /** By two brokers, so with more patience than for a call. */
  const completes = (runId: string) =>
    expect.poll(async () => (await house.api.get(`/runs/${runId}`)).body.status, { timeout: 10_000 }).toBe('completed');
  const runsOf = async (flow: string) =>
    (await house.api.get(`/runs?flow=${flow}`)).body.runs as { id: string; status: string }[];

  test('a message of the one becomes a message of the other, which reaches the run that waits for it, and only that', async () => {
    await expect
      .poll(
        async () => {
          const { consumers } = (await house.api.get('/messages')).body;
          return consumers.map(({ state }: { state: string }) => state);
        },
        { timeout: 10_000 },
      )
      .toEqual(['listening', 'listening']);
    const wait = async (order: string) => (await house.api.post('/flows/waits?wait=1ms', { order })).body.runId;
    const [first, second] = [await wait('A1'), await wait('A2')];
    const publisher = beside?.createPublisher({ confirm: true });
    const send = (order: string, messageId: string) =>
      publisher?.send({ routingKey: queue, messageId, contentType: 'application/json' }, { order });
    // Twice, as brokers deliver: the second is a copy by its id.
    for (let copy = 0; copy < 2; copy += 1) await send('A1', 'm1');
    await completes(first);
    expect((await house.api.get(`/runs/${first}`)).body.output).toEqual({ receipt: { score: 700 } });
    expect((await house.api.get(`/runs/${second}`)).body.status).toBe('waiting');
    await send('A2', 'm2');
    await publisher?.close();
    await completes(second);

    // The copy is given back for a moment while the first is still being accepted.
    const figures = async () => {
      const { consumers } = (await house.api.get('/messages')).body;
      return Object.fromEntries(
        consumers.map((each: { [name: string]: Json }) => [
          each['flowId'],
          [each['accepted'], each['duplicates'], each['dead'], each['backlog']],
        ]),
      );
    };
    await expect.poll(figures, { timeout: 10_000 }).toEqual({ settles: [2, 1, 0, 0], waits: [2, 0, 0, 0] });
    expect((await runsOf('settles')).map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(house.desk.received.map(({ body }) => body)).toEqual([{ customerId: 'A1' }, { customerId: 'A2' }]);
  });
});
