import { randomUUID } from 'node:crypto';
import { connect, headers } from '@nats-io/transport-node';
import { describe, test } from 'vitest';
import { connectorContract, type PeerBehaviour, type Received } from '../sdk/contract.ts';
import { startLink } from '../sdk/listen-contract.ts';
import { nats } from './index.ts';
import { isServerUp, PORT } from './server.ts';

const isUp = await isServerUp();

/** The peer is a service that answers requests, behind a real server. */
connectorContract({ describe: describe.skipIf(!isUp), test }, 'nats', async () => {
  const subject = `heddle-test.${randomUUID().slice(0, 8)}`;
  const service = await connect({ port: PORT });
  const link = await startLink(PORT);
  let behaviour: PeerBehaviour = 'answer';
  let received: Received[] = [];
  service.subscribe(subject, {
    callback(_error, message): undefined {
      received.push({
        idempotencyKey: message.headers?.get('Idempotency-Key'),
        attempt: message.headers?.get('X-Attempt'),
      });
      switch (behaviour) {
        case 'answer':
          message.respond('{"ok":true}');
          return undefined;
        case 'refuse': {
          const told = headers();
          told.set('Nats-Service-Error-Code', '422');
          told.set('Nats-Service-Error', 'no');
          message.respond('', { headers: told });
          return undefined;
        }
        case 'flood':
          message.respond(JSON.stringify('x'.repeat(900_000)));
          return undefined;
        case 'hang-up':
          link.cut();
          return undefined;
        // An answer is one message, which a client sees whole or not at all: a slow service is one that says nothing.
        case 'trickle':
          return undefined;
      }
    },
  });
  await service.flush();
  const server = `127.0.0.1:${link.port}`;
  return {
    connector: nats,
    config: { servers: [server], connectTimeoutMs: 1_000 },
    unreachableConfig: { servers: ['127.0.0.1:1'] },
    badConfigs: [
      { config: {}, pointer: '' },
      { config: { servers: [] }, pointer: '/servers' },
      { config: { servers: ['http://x'] }, pointer: '/servers/0' },
      { config: { servers: [server], user: 'u' }, pointer: '' },
      { config: { servers: [server], password: 'plain' }, pointer: '/password' },
      { config: { servers: [server], tls: { cert: { secret: 'C' } } }, pointer: '/tls' },
      {
        config: { servers: [server], streams: [{ name: 'S', subjects: ['a..b'] }] },
        pointer: '/streams/0/subjects/0',
      },
    ],
    binding: { action: 'request', subject },
    input: { id: '1' },
    hostileInputs: [{ id: '1\r\nPUB x 1\r\n1' }, '\0', '\ud800', 'x'.repeat(2_000_000)],
    peer: {
      behave(next) {
        behaviour = next;
        received = [];
      },
      received: () => received,
    },
    async close() {
      await service.close();
      await link.close();
    },
  };
});
