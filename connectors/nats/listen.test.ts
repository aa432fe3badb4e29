import { describe, test } from 'vitest';
import { listenContract } from '../sdk/listen-contract.ts';
import { nats } from './index.ts';
import { isServerUp, makeStream, PORT } from './server.ts';

const isUp = await isServerUp();

listenContract({ describe: describe.skipIf(!isUp), test }, 'nats', async () => {
  const { connection, stream, prefix, close } = await makeStream();
  return {
    connector: nats,
    config: (port) => ({ servers: [`127.0.0.1:${port}`], connectTimeoutMs: 1_000 }),
    port: PORT,
    topic: `${prefix}.told`,
    source: { stream, durable: 'reader', ackWaitMs: 1_000 },
    hostileTopics: ['a.*', 'a.>', '>', 'a b', '.a', 'a..b', '$JS.API.STREAM.DELETE.x', '_INBOX.x', 'a\tb'],
    lacks: { tls: 'a NATS server speaks first, in the clear, and then goes over to TLS' },
    publishRaw: async (body) => {
      connection.publish(`${prefix}.told`, body);
      await connection.flush();
    },
    redeliversWithinMs: 6_000,
    module: { url: new URL('./index.ts', import.meta.url).href, name: 'nats' },
    close,
  };
});
