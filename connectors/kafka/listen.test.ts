import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { listenContract } from '../sdk/listen-contract.ts';
import { type FakeBroker, startFakeBroker } from './fake-broker.ts';
import { kafka } from './index.ts';

let broker: FakeBroker;
beforeAll(async () => {
  broker = await startFakeBroker();
});
afterAll(() => broker.close());

listenContract({ describe, test }, 'kafka, against a stand-in for a broker,', async () => {
  const topic = `heddle-test-${randomUUID().slice(0, 8)}`;
  broker.createTopic(topic, 3);
  const source = { topic, group: `${topic}-readers`, sessionTimeoutMs: 1_500 };
  const { Kafka, logLevel } = await import('kafkajs');
  return {
    connector: kafka,
    config: (port) => ({ brokers: [`127.0.0.1:${port}`], clientId: `via-${port}`, connectTimeoutMs: 1_000 }),
    tlsConfig: (port, tls) => ({
      brokers: [`127.0.0.1:${port}`],
      clientId: `via-${port}`,
      connectTimeoutMs: 1_000,
      tls,
    }),
    port: broker.port,
    topic,
    source,
    hostileTopics: ['a/b', 'a*', 'a b', '.', '..', 'x'.repeat(250)],
    lacks: {
      delivery: 'Kafka counts no deliveries; the connector counts its own only',
      peek: 'kafkajs reads only as a member of a group, which the others would have to wait for',
      handover: 'a partition stays with its reader as long as that lives, whatever it has in hand',
    },
    publishRaw: async (body) => {
      const clientId = `via-${broker.port}`;
      const client = new Kafka({ brokers: [`127.0.0.1:${broker.port}`], clientId, logLevel: logLevel.NOTHING });
      const producer = client.producer();
      await producer.connect();
      await producer.send({ topic, messages: [{ value: Buffer.from(body) }] });
      await producer.disconnect();
    },
    redeliversWithinMs: 10_000,
    patienceMs: 1_500,
    module: { url: new URL('./index.ts', import.meta.url).href, name: 'kafka' },
    async close() {},
  };
});
