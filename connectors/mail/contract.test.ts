import { describe, test } from 'vitest';
import { connectorContract, type PeerBehaviour } from '../sdk/contract.ts';
import { messageIdOf } from './compose.ts';
import { mail } from './index.ts';
import { startMailServer } from './server.ts';

/** A mail does not carry its key, for what is inside is nobody's business; its Message-ID is made of it. */
const keys = ['run-7:/pay#1', 'key-1', 'kept'];

connectorContract({ describe, test }, 'mail', async () => {
  let behaviour: PeerBehaviour = 'answer';
  let from = 0;
  const timers: NodeJS.Timeout[] = [];
  const server = await startMailServer(({ write, cut }, done) => {
    switch (behaviour) {
      case 'answer':
        return done();
      case 'refuse':
        return done(Object.assign(new Error('no'), { responseCode: 554 }));
      case 'hang-up':
        return cut();
      case 'flood':
        return write(`250-${'x'.repeat(70)}\r\n`.repeat(30_000));
      case 'trickle':
        timers.push(setInterval(() => write('250-still at it\r\n'), 5));
        return undefined;
    }
  });
  const config = { host: '127.0.0.1', port: server.port, encryption: 'none', connectTimeoutMs: 1_000 };
  return {
    connector: mail,
    config,
    unreachableConfig: { ...config, port: 1 },
    badConfigs: [
      { config: {}, pointer: '' },
      { config: { host: 'a b' }, pointer: '/host' },
      { config: { host: 'h', user: 'u' }, pointer: '' },
      { config: { host: 'h', password: 'plain' }, pointer: '/password' },
      { config: { host: 'h', encryption: 'none', user: 'u', password: { secret: 'P' } }, pointer: '/encryption' },
      { config: { host: 'h', encryption: 'ssl' }, pointer: '/encryption' },
    ],
    binding: { from: 'notice@bank.example', fromName: '织云银行' },
    input: { to: 'a@customer.example', subject: 'Hello', text: 'Hello' },
    hostileInputs: [
      { to: 'a@b.example\r\nRCPT TO:<c@d.example>', text: 'x' },
      { to: 'a@b.example,c@d.example', text: 'x' },
      { to: '<a@b.example> SIZE=1', text: 'x' },
      { to: 'a@b.example', subject: 'x\r\nBcc: c@d.example', text: 'x' },
      { to: 'a@b.example', subject: 'x\nMessage-ID: <1@x>', text: 'x' },
      { to: 'a@b.example', subject: 'x\u2028y', text: 'x' },
      { to: 'a@b.example', subject: '\ud800', text: 'x' },
      { to: 'a@b.example', text: 'x\r\n.\r\nMAIL FROM:<c@d.example>\r\n' },
      { to: 'a@b.example', html: { path: '/etc/passwd' } },
      { to: 'a@b.example', text: 'x', headers: { 'Message-ID': 'other' } },
      {
        to: 'a@b.example',
        text: 'x',
        attachments: [{ filename: 'a"\r\nX-Attempt: 9', base64: 'AA==' }],
      },
      { to: 'a@b.example', text: 'x', attachments: [{ filename: 'a', path: '/etc/passwd' }] },
      { to: 'a@b.example', text: 'x', attachments: [{ filename: '附件.txt', base64: 'AA==' }] },
      'text',
    ],
    peer: {
      behave(next) {
        behaviour = next;
        from = server.mails.length;
      },
      received: () =>
        server.mails.slice(from).map(({ source }) => ({
          idempotencyKey: keys.find((key) => source.includes(`Message-ID: ${messageIdOf(key, 'notice@bank.example')}`)),
          attempt: /^X-Attempt: (.*)\r$/m.exec(source)?.[1],
        })),
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      await server.close();
    },
  };
});
