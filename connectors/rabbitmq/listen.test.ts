import { randomUUID } from 'node:crypto';
import { afterAll, describe, test } from 'vitest';
import { listenContract } from '../sdk/listen-contract.ts';
import { asGuest } from './reader.ts';
import { configBy, connectBeside, PORT } from './server.ts';

const beside = await connectBeside();
afterAll(() => beside?.close());

for (const kind of ['classic', 'quorum'] as const) {
  listenContract({ describe: describe.skipIf(!beside), test }, `rabbitmq with a ${kind} queue`, async () => {
    const queue = `heddle-test-${randomUUID().slice(0, 8)}`;
    const source = { queue, declare: { quorum: kind === 'quorum' } };
    await beside?.queueDeclare({
      queue,
      durable: true,
      ...(kind === 'quorum' && { arguments: { 'x-queue-type': 'quorum' } }),
    });
    return {
      connector: asGuest,
      config: configBy,
      tlsConfig: (port, tls) => ({ ...configBy(port), tls }),
      port: PORT,
      topic: queue,
      source,
      hostileTopics: ['exchange/*.x', 'exchange/#', '/', 'x'.repeat(256)],
      lacks: { peek: 'AMQP shows a message only by delivering it, which counts as a delivery and can reach its limit' },
      publishRaw: async (body) => {
        const publisher = beside?.createPublisher({ confirm: true });
        await publisher?.send(queue, Buffer.from(body));
        await publisher?.close();
      },
      redeliversWithinMs: 5_000,
      module: { url: new URL('./reader.ts', import.meta.url).href, name: 'asGuest' },
      close: async () => {
        await beside?.queueDelete(queue);
      },
    };
  });
}
