import { afterEach, expect, test } from 'vitest';
import { type CallContext, createDeadlines, type Json } from '../sdk/index.ts';
import { mail } from './index.ts';
import { type MailServer, startMailServer } from './server.ts';

const deadlines = createDeadlines();
const host = { secret: () => 'the password', warn() {} };
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

type Start = Parameters<typeof startMailServer>;

async function serve(answer: Start[0] = (_, done) => done(), options?: Start[1]): Promise<MailServer> {
  const server = await startMailServer(answer, options);
  opened.push(server);
  return server;
}

async function send(
  { port }: MailServer,
  input: Json,
  more: {
    readonly config?: object;
    readonly binding?: { [key: string]: Json };
    readonly key?: string;
    readonly timeoutMs?: number;
  } = {},
) {
  const config = { host: '127.0.0.1', port, encryption: 'none', connectTimeoutMs: 1_000, ...more.config };
  const connection = await mail.open(config, host);
  const context: CallContext = {
    idempotencyKey: more.key ?? 'k',
    attempt: 1,
    deadline: deadlines.start(more.timeoutMs ?? 5_000),
    maxResponseBytes: 100_000,
  };
  const binding = { from: 'notice@bank.example', ...more.binding };
  try {
    return (await connection.call({ operation: 'x', binding, input }, context)).body as {
      readonly [key: string]: Json;
    };
  } finally {
    await connection.close();
  }
}

test('texts, attachments and hidden recipients arrive', async () => {
  const server = await serve();
  await send(server, {
    to: ['a@customer.example', 'b@customer.example'],
    bcc: 'c@bank.example',
    subject: '您的贷款',
    text: 'line one\r\n.\r\nline two',
    html: '<p>张三</p>',
    attachments: [{ filename: '合同.pdf', contentType: 'application/pdf', base64: 'JVBERi0=' }],
  });
  const [received] = server.mails;
  expect(received?.to).toEqual(['a@customer.example', 'b@customer.example', 'c@bank.example']);
  expect(received?.source).not.toContain('c@bank.example');
  expect(received?.source).toContain('JVBERi0=');
  expect(received?.source).toContain('line two');
  expect(received?.source).toContain(`Subject: =?UTF-8?B?${Buffer.from('您的贷款').toString('base64')}?=`);
});

test('a mail sent again has the same Message-ID, another has another', async () => {
  const server = await serve();
  const ids = [];
  for (const key of ['k', 'k', 'l'])
    ids.push((await send(server, { to: 'a@b.example', text: 'x' }, { key }))['messageId']);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).not.toBe(ids[2]);
});

test('what the operation fixes cannot be given by the input', async () => {
  const server = await serve();
  const binding = { to: ['audit@bank.example'], subject: 'fixed' };
  for (const input of [
    { to: 'x@y.example', text: 'x' },
    { subject: 'x', text: 'x' },
  ]) {
    await expect(send(server, input, { binding })).rejects.toMatchObject({ kind: 'refused' });
  }
  await send(server, { text: 'x' }, { binding });
  expect(server.mails.map(({ to }) => to)).toEqual([['audit@bank.example']]);
});

test('mail goes only to the domains that are allowed', async () => {
  const server = await serve();
  const config = { recipientDomains: ['bank.example'] };
  await send(server, { to: 'a@Bank.example', text: 'x' }, { config });
  for (const to of ['a@evil.example', 'a@bank.example.evil.example']) {
    await expect(send(server, { to, text: 'x' }, { config })).rejects.toMatchObject({ kind: 'refused' });
  }
  expect(server.mails).toHaveLength(1);
});

test.each([{ text: 'x' }, { to: 'a@b.example' }, { to: 'a@b.example', text: 'x'.repeat(20_000) }])(
  'no mail can be made of %j',
  async (input) => {
    const server = await serve();
    await expect(send(server, input, { config: { maxBytes: 10_000 } })).rejects.toMatchObject({ kind: 'refused' });
    expect(server.mails).toEqual([]);
  },
);

test.each([
  { code: 451, kind: 'unavailable', retryable: true },
  { code: 552, kind: 'rejected', retryable: false },
])('the reply $code is $kind and has not acted', async ({ code, kind, retryable }) => {
  const server = await serve((_, done) => done(Object.assign(new Error('no'), { responseCode: code })));
  const sending = send(server, { to: 'a@b.example', text: 'x' });
  await expect(sending).rejects.toMatchObject({ kind, retryable, mayHaveActed: false, status: code });
});

test('recipients that the server refuses are told of; if it refuses all, the mail is rejected', async () => {
  const server = await serve(undefined, {
    onRcptTo({ address }, _, done) {
      done(address.startsWith('no') ? Object.assign(new Error('unknown'), { responseCode: 550 }) : null);
    },
  });
  const sent = await send(server, { to: ['no@b.example', 'yes@b.example'], text: 'x' });
  expect(sent).toMatchObject({ accepted: ['yes@b.example'], rejected: ['no@b.example'] });
  const sending = send(server, { to: ['no@b.example'], text: 'x' });
  await expect(sending).rejects.toMatchObject({ kind: 'rejected', mayHaveActed: false });
});

test('a connection lost before the mail was asked for has not acted', async () => {
  const server = await serve(undefined, { onRcptTo: () => server.cut() });
  const sending = send(server, { to: 'a@b.example', text: 'x' });
  await expect(sending).rejects.toMatchObject({ kind: 'unavailable', retryable: true, mayHaveActed: false });
});

test('a server that never greets costs the deadline, and has not got the mail', async () => {
  const server = await serve(undefined, { onConnect: () => undefined });
  const startedAt = performance.now();
  const sending = send(server, { to: 'a@b.example', text: 'x' }, { timeoutMs: 200 });
  await expect(sending).rejects.toMatchObject({ kind: 'timeout', mayHaveActed: false });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test('without encryption neither password nor mail is sent, unless it was said so', async () => {
  const logins: unknown[] = [];
  const onAuth: NonNullable<Start[1]>['onAuth'] = (auth, _, done) => {
    logins.push(auth);
    done(null, { user: 'u' });
  };
  const plain = await serve(undefined, { onAuth, allowInsecureAuth: true });
  const config = { encryption: 'starttls', user: 'u', password: { secret: 'P' } };
  const sending = send(plain, { to: 'a@b.example', text: 'x' }, { config });
  await expect(sending).rejects.toMatchObject({ mayHaveActed: false });
  // The certificate of the test server is signed by nobody.
  const unknown = await serve(undefined, { onAuth, disabledCommands: [] });
  await expect(send(unknown, { to: 'a@b.example', text: 'x' }, { config })).rejects.toMatchObject({
    kind: 'unavailable',
    mayHaveActed: false,
    message: expect.stringMatching(/certificate/i),
  });
  expect([logins, plain.mails, unknown.mails]).toEqual([[], [], []]);
});

test('calls that wait for a connection keep their deadline, and leave the place to others', async () => {
  const held: (() => void)[] = [];
  const server = await serve((_, done) => held.push(done));
  const connection = await mail.open(
    { host: '127.0.0.1', port: server.port, encryption: 'none', maxConnections: 1 },
    host,
  );
  const call = (timeoutMs: number) => {
    const deadline = deadlines.start(timeoutMs);
    const context = { idempotencyKey: 'k', attempt: 1, deadline, maxResponseBytes: 1_000 };
    const binding = { from: 'notice@bank.example' };
    return connection.call({ operation: 'x', binding, input: { to: 'a@b.example', text: 'x' } }, context);
  };
  const first = call(5_000);
  await expect.poll(() => held.length).toBe(1);
  await expect(call(100)).rejects.toMatchObject({ kind: 'timeout', mayHaveActed: false });
  const third = call(5_000);
  held[0]?.();
  await first;
  await expect.poll(() => held.length).toBe(2);
  held[1]?.();
  await third;
  await connection.close();
});
