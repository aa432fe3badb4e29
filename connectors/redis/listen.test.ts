import { randomUUID } from 'node:crypto';
import { afterAll, describe, test } from 'vitest';
import { listenContract } from '../sdk/listen-contract.ts';
import { redis } from './index.ts';
import { connectBeside, PORT, removeKeys } from './server.ts';

const beside = await connectBeside();
afterAll(() => beside?.disconnect());

listenContract({ describe: describe.skipIf(!beside), test }, 'redis', async () => {
  const stream = `heddle-test-${randomUUID().slice(0, 8)}`;
  return {
    connector: redis,
    config: (port) => ({ host: '127.0.0.1', port, connectTimeoutMs: 1_000 }),
    tlsConfig: (port, tls) => ({ host: '127.0.0.1', port, connectTimeoutMs: 1_000, tls }),
    port: PORT,
    topic: stream,
    source: { stream, group: 'readers', minIdleMs: 1_000 },
    // The name of a stream has no wildcards: * is a character like any other.
    hostileTopics: ['x'.repeat(513)],
    lacks: {},
    publishRaw: async (body) => {
      await beside?.xadd(stream, '*', 'body', Buffer.from(body));
    },
    redeliversWithinMs: 6_000,
    module: { url: new URL('./index.ts', import.meta.url).href, name: 'redis' },
    close: async () => {
      if (beside) await removeKeys(beside, stream);
    },
  };
});
