import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallContext, type Connection, createDeadlines, type Message } from '../sdk/index.ts';
import { type FakeBroker, startFakeBroker } from './fake-broker.ts';
import { kafka } from './index.ts';

// There is no contract of calls here: all that an operation can do is publish, and its answer is the broker's confirm.
// Nothing of that can trickle or flood; losses and deadlines of it are in the contract of brokers.

const deadlines = createDeadlines();
const host = { secret: () => undefined, warn() {} };

function context(idempotencyKey: string): CallContext {
  return { idempotencyKey, attempt: 1, deadline: deadlines.start(10_000), maxResponseBytes: 100_000 };
}

test.each([
  [{ brokers: [] }, '/brokers'],
  [{ brokers: ['kafka'] }, '/brokers/0'],
  [{ brokers: ['kafka:99999'] }, '/brokers/0'],
  [{ brokers: ['k:1'], user: 'u' }, ''],
  [{ brokers: ['k:1'], mechanism: 'plain', user: 'u', password: 'plain' }, '/password'],
  [{ brokers: ['k:1'], tls: { key: { secret: 'K' } } }, '/tls'],
])('of the configuration %j it says what is wrong at %j', (wrong, pointer) => {
  expect(kafka.configProblems(wrong).map((problem) => problem.pointer)).toContain(pointer);
});

let fake: FakeBroker;
beforeAll(async () => {
  fake = await startFakeBroker();
});
afterAll(() => fake.close());

onBroker('a stand-in for a Kafka broker', false, async (topic) => {
  fake.createTopic(topic, 3);
  return {
    brokers: [`127.0.0.1:${fake.port}`],
    clientId: `via-${fake.port}`,
    sessionTimeoutMs: 1_500,
    remove: async () => {},
  };
});

const real = process.env['HEDDLE_TEST_KAFKA'];
if (real === undefined)
  console.warn('HEDDLE_TEST_KAFKA names no broker (host:port), so tests against a real one are skipped');
onBroker('a real Kafka broker', real === undefined, async (topic) => {
  const { Kafka } = await import('kafkajs');
  const admin = new Kafka({ brokers: [real ?? ''] }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
  const remove = async () => {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  };
  return { brokers: [real ?? ''], clientId: 'heddle-test', sessionTimeoutMs: 6_000, remove };
});

interface Setting {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly sessionTimeoutMs: number;
  remove(): Promise<void>;
}

function onBroker(name: string, isSkipped: boolean, prepare: (topic: string) => Promise<Setting>): void {
  describe.skipIf(isSkipped)(name, () => {
    const check = (sentence: string, body: (bench: Bench) => Promise<void>) =>
      test(sentence, async () => {
        const topic = `heddle-test-${randomUUID().slice(0, 8)}`;
        const { brokers, clientId, sessionTimeoutMs, remove } = await prepare(topic);
        const connection = await kafka.open({ brokers, clientId }, host);
        const source = { topic, group: `${topic}-readers`, sessionTimeoutMs };
        try {
          await body({ connection, topic, source });
        } finally {
          await connection.close();
          await remove();
        }
      }, 60_000);

    check(
      'messages of one key keep their order, also when one of them is given back',
      async ({ connection, topic, source }) => {
        const ids = Array.from({ length: 30 }, (_, n) => `m${n}`);
        for (const id of ids) await connection.publish?.({ topic, key: 'k', payload: id }, context(id));
        const seen: (string | undefined)[] = [];
        let rejections = 0;
        const take = async ({ id }: Message) => {
          if (id === 'm10' && rejections++ < 2) throw new Error('not now');
          seen.push(id);
        };
        const listening = await connection.listen?.(source, take, { prefetch: 3, onState() {} });
        await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(30);
        expect(seen).toEqual(ids);
        await expect.poll(() => listening?.backlog?.(), { timeout: 10_000 }).toBe(0);
      },
    );

    check('what one reader left is taken by the next, from where it stopped', async ({ connection, topic, source }) => {
      for (let n = 0; n < 10; n += 1) await connection.publish?.({ topic, key: 'k', payload: n }, context(`m${n}`));
      const first: (string | undefined)[] = [];
      const stuck = new Error('never');
      const takeFive = async ({ id }: Message) => {
        if (first.length === 5) throw stuck;
        first.push(id);
      };
      const reader = await connection.listen?.(source, takeFive, { prefetch: 1, onState() {} });
      await expect.poll(() => first.length, { timeout: 20_000 }).toBe(5);
      expect(await reader?.backlog?.()).toBeGreaterThanOrEqual(5);
      await reader?.close();
      const second: (string | undefined)[] = [];
      const takeRest = async ({ id }: Message) => {
        second.push(id);
      };
      await connection.listen?.(source, takeRest, { prefetch: 1, onState() {} });
      await expect.poll(() => second.length, { timeout: 20_000 }).toBe(5);
      expect([...first, ...second]).toEqual(Array.from({ length: 10 }, (_, n) => `m${n}`));
    });

    check(
      'an operation takes the key from a field, and answers where the message is',
      async ({ connection, topic }) => {
        const call = async (input: { readonly [field: string]: string }, key: string) => {
          const binding = { action: 'publish', topic, keyField: 'customer' };
          return (await connection.call({ operation: 'x', binding, input }, context(key))).body;
        };
        const first = await call({ customer: 'c7' }, 'k1');
        expect(first).toMatchObject({ offset: '0' });
        expect(await call({ customer: 'c7' }, 'k2')).toEqual({ ...(first as object), offset: '1' });
        await expect(call({}, 'k3')).rejects.toMatchObject({ kind: 'refused', mayHaveActed: false });
      },
    );

    check('a topic that is not there is named', async ({ connection, topic, source }) => {
      const publishing = connection.publish?.({ topic: `${topic}-none`, payload: 1 }, context('k'));
      await expect(publishing).rejects.toMatchObject({ kind: 'rejected', mayHaveActed: false });
      const options = { prefetch: 1, onState() {} };
      const listening = connection.listen?.({ ...source, topic: `${topic}-none` }, async () => {}, options);
      await expect(listening).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining(topic) });
    });
  });
}

interface Bench {
  readonly connection: Connection;
  readonly topic: string;
  readonly source: { readonly topic: string; readonly group: string; readonly sessionTimeoutMs: number };
}
