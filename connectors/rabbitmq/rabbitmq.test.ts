import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallContext, createDeadlines, type Message } from '../sdk/index.ts';
import { rabbitmq } from './index.ts';
import { configBy, connectBeside, host, PORT } from './server.ts';
import { destinationOf, destinationProblem, topicOf } from './topic.ts';

// There is no contract of calls here: all that an operation can do is publish, and its answer is the broker's confirm.
// Nothing of that can trickle or flood; refusals, losses and deadlines of it are in the contract of brokers.

const deadlines = createDeadlines();
const config = configBy(PORT);

function context(idempotencyKey: string): CallContext {
  return { idempotencyKey, attempt: 1, deadline: deadlines.start(5_000), maxResponseBytes: 100_000 };
}

test.each([
  ['payments', { exchange: '', routingKey: 'payments' }],
  ['bank/payments.settled', { exchange: 'bank', routingKey: 'payments.settled' }],
  ['bank/', { exchange: 'bank', routingKey: '' }],
  ['bank/a/b', { exchange: 'bank', routingKey: 'a/b' }],
])('the topic %s leads to %j', (topic, destination) => {
  expect(destinationOf(topic)).toEqual(destination);
  expect(topicOf(destination)).toBe(topic);
  expect(destinationProblem(destination)).toBeUndefined();
});

test.each([
  [{ hosts: ['http://x'], user: 'u', password: { secret: 'P' } }, '/hosts/0'],
  [{ hosts: ['h:70000'], user: 'u', password: { secret: 'P' } }, '/hosts/0'],
  [{ hosts: ['h'], user: 'u', password: 'plain' }, '/password'],
  [{ hosts: ['h'], user: 'u', password: { secret: 'P' }, tls: { key: { secret: 'K' } } }, '/tls'],
])('of the configuration %j it says what is wrong at %s', (wrong, pointer) => {
  expect(rabbitmq.configProblems(wrong).map((problem) => problem.pointer)).toContain(pointer);
});

test('an operation cannot publish to wildcards', () => {
  expect(rabbitmq.bindingProblems({ action: 'publish', exchange: 'x', routingKey: 'a.#' })).toMatchObject([
    { pointer: '/routingKey' },
  ]);
});

const beside = await connectBeside();
describe.skipIf(!beside)('a RabbitMQ broker', () => {
  const name = `heddle-test-${randomUUID().slice(0, 8)}`;
  const opening = rabbitmq.open(config, host);
  beforeAll(async () => {
    await beside?.exchangeDeclare({ exchange: name, type: 'topic' });
  });
  afterAll(async () => {
    await (await opening).close();
    await beside?.exchangeDelete({ exchange: name });
    await beside?.queueDelete({ queue: name });
    await beside?.close();
  });

  async function read(queue: string): Promise<{ readonly taken: Message[]; close(): Promise<void> | undefined }> {
    const taken: Message[] = [];
    const source = { queue, declare: { bind: [{ exchange: name, routingKey: 'payments.*' }] } };
    const take = async (message: Message) => {
      taken.push(message);
    };
    const listening = await (await opening).listen?.(source, take, { prefetch: 5, onState() {} });
    return { taken, close: () => listening?.close() };
  }

  test('what no queue takes is rejected, and others are not', async () => {
    const connection = await opening;
    const reader = await read(name);
    const call = (routingKey: string) => {
      const binding = { action: 'publish', exchange: name, routingKey };
      return connection.call({ operation: 'x', binding, input: { n: 1 } }, context(routingKey));
    };
    const results = await Promise.allSettled(['payments.a', 'nowhere', 'payments.b', 'lost.c'].map(call));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    for (const result of results) {
      if (result.status !== 'rejected') continue;
      expect(result.reason).toMatchObject({
        kind: 'rejected',
        mayHaveActed: false,
        message: expect.stringContaining('NO_ROUTE'),
      });
    }
    await expect
      .poll(() => reader.taken.map(({ topic }) => topic))
      .toEqual([`${name}/payments.a`, `${name}/payments.b`]);
    await reader.close();
  });

  test('an exchange or queue that is not there is named, and breaks nothing for others', async () => {
    const connection = await opening;
    await beside?.queueDeclare({ queue: name, durable: true });
    const results = await Promise.allSettled([
      connection.publish?.({ topic: 'nowhere/x', payload: 1 }, context('k1')),
      connection.publish?.({ topic: name, payload: 1 }, context('k2')),
    ]);
    expect(results).toMatchObject([
      {
        status: 'rejected',
        reason: { kind: 'rejected', mayHaveActed: false, message: 'there is no exchange nowhere' },
      },
      { status: 'fulfilled' },
    ]);
    const listening = connection.listen?.({ queue: 'nowhere' }, async () => {}, { prefetch: 1, onState() {} });
    await expect(listening).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('nowhere') });
    await beside?.queuePurge({ queue: name });
  });

  test('a flow cannot send copies elsewhere by headers', async () => {
    const publishing = (await opening).publish?.({ topic: name, payload: 1, headers: { CC: 'other' } }, context('k'));
    await expect(publishing).rejects.toMatchObject({ kind: 'refused', mayHaveActed: false });
  });

  test.each(['application/json', 'text/plain'])('a body that calls itself %s stays as it is', async (contentType) => {
    const body = Buffer.from('{"id":12345678901234567890,"id":1.0}');
    const publisher = beside?.createPublisher({ confirm: true, exchanges: [] });
    const reader = await read(name);
    await publisher?.send(
      { routingKey: name, contentType, messageId: contentType, headers: { n: 7, list: ['a'] } },
      body,
    );
    await expect.poll(() => reader.taken.length).toBe(1);
    expect(Buffer.from(reader.taken[0]?.body ?? []).toString()).toBe(body.toString());
    expect(reader.taken[0]?.headers).toEqual({ n: '7', list: '["a"]' });
    await reader.close();
    await publisher?.close();
  });

  test('a queue that is deleted and made again is read again', async () => {
    const states: string[] = [];
    const taken: (string | undefined)[] = [];
    const queue = `${name}-gone`;
    const connection = await opening;
    const take = async ({ id }: Message) => {
      taken.push(id);
    };
    const onState = (state: string) => states.push(state);
    const listening = await connection.listen?.({ queue, declare: {} }, take, { prefetch: 5, onState });
    await beside?.queueDelete({ queue });
    await expect.poll(() => states, { timeout: 10_000 }).toEqual(['lost', 'listening']);
    await connection.publish?.({ topic: queue, payload: 1 }, context('after'));
    await expect.poll(() => taken).toEqual(['after']);
    await listening?.close();
    await beside?.queueDelete({ queue });
  });

  test('wrong passwords are said to be the reason', async () => {
    const connection = await rabbitmq.open(config, { secret: () => 'wrong', warn() {} });
    const publishing = connection.publish?.({ topic: name, payload: 1 }, context('k'));
    await expect(publishing).rejects.toMatchObject({
      kind: 'unavailable',
      mayHaveActed: false,
      message: expect.stringContaining('ACCESS_REFUSED'),
    });
    await connection.close();
  });
});
