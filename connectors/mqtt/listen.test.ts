import { randomUUID } from 'node:crypto';
import { describe, test } from 'vitest';
import { listenContract } from '../sdk/listen-contract.ts';
import { mqtt } from './index.ts';
import { connectBeside, isBrokerUp, PORT } from './server.ts';

const isUp = await isBrokerUp();

listenContract({ describe: describe.skipIf(!isUp), test }, 'mqtt', async () => {
  const name = `heddle-test-${randomUUID().slice(0, 8)}`;
  const topic = `${name}/told`;
  const source = { filter: `${name}/#`, group: name, clientId: `${name}-1` };
  // A broker drops what nobody has subscribed to, so the session is there before anything is published.
  const first = await connectBeside(source.clientId, true);
  await first.subscribeAsync(`$share/${name}/${source.filter}`, { qos: 1 });
  await first.endAsync();
  return {
    connector: mqtt,
    config: (port) => ({ host: '127.0.0.1', port, connectTimeoutMs: 1_000 }),
    tlsConfig: (port, tls) => ({ host: '127.0.0.1', port, connectTimeoutMs: 1_000, tls }),
    port: PORT,
    topic,
    source,
    sibling: { ...source, clientId: `${name}-2` },
    hostileTopics: ['a/+', 'a/#', '#', '$SYS/x', '$share/g/a'],
    lacks: {
      peek: 'MQTT shows a message only by delivering it',
      backlog: 'the protocol does not tell it',
      handover: 'what the broker has given to one session of a group stays there until that session expires',
    },
    publishRaw: async (body) => {
      const client = await connectBeside('');
      await client.publishAsync(topic, Buffer.from(body), { qos: 1 });
      await client.endAsync();
    },
    redeliversWithinMs: 5_000,
    // Mosquitto keeps 1,000 messages for a reader that is away, and drops the others.
    maxWaiting: 500,
    module: { url: new URL('./index.ts', import.meta.url).href, name: 'mqtt' },
    close: async () => {
      for (const clientId of [source.clientId, `${name}-2`]) await (await connectBeside(clientId)).endAsync();
    },
  };
});
