import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CallContext, createDeadlines, type Message } from '../sdk/index.ts';
import { makeCertificate } from '../sdk/listen-contract.ts';
import { nats } from './index.ts';
import { isServerUp, makeStream, PORT, startTlsServer, type TestStream } from './server.ts';

const deadlines = createDeadlines();
const host = { secret: () => undefined, warn() {} };
const isUp = await isServerUp();
const config = { servers: [`127.0.0.1:${PORT}`] };

function context(idempotencyKey: string): CallContext {
  return { idempotencyKey, attempt: 1, deadline: deadlines.start(5_000), maxResponseBytes: 100_000 };
}

describe('nats configurations', () => {
  test('name their destination by servers alone', () => {
    expect(nats.destination({ servers: ['nats://a:1', 'b'] })).toBe('nats://a:1,b:4222');
  });

  test('with TLS servers are named, for the library checks no certificate of an address', () => {
    const problems = nats.configProblems({ servers: ['nats.bank:4222', '10.0.0.1:4222', '[::1]:4222'], tls: {} });
    expect(problems.map(({ pointer }) => pointer)).toEqual(['/servers/1', '/servers/2']);
  });

  test('a secret that is missing is named when the connection is opened', async () => {
    const opening = nats.open({ ...config, token: { secret: 'NATS_TOKEN' } }, host);
    await expect(opening).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('NATS_TOKEN') });
  });

  test.each(['$JS.API.STREAM.DELETE.x', 'a.>', 'a b', ''])('an operation cannot have the subject %j', (subject) => {
    expect(nats.bindingProblems({ action: 'publish', subject })).toMatchObject([{ pointer: '/subject' }]);
  });
});

describe.skipIf(!isUp)('a NATS server', () => {
  let stream: TestStream;
  const opening = nats.open(config, host);
  beforeAll(async () => {
    stream = await makeStream();
  });
  afterAll(async () => {
    await (await opening).close();
    await stream.close();
  });

  test('keeps one of two messages with the same key', async () => {
    const binding = { action: 'publish', subject: `${stream.prefix}.twice` };
    const connection = await opening;
    const call = async () => (await connection.call({ operation: 'x', binding, input: 1 }, context('twice'))).body;
    expect(await call()).toMatchObject({ stream: stream.stream, duplicate: false });
    expect(await call()).toMatchObject({ stream: stream.stream, duplicate: true });
  });

  test('a subject that no stream takes is said to be so, and nothing has happened', async () => {
    const message = { topic: `nobody.${randomUUID()}`, payload: 1 };
    const publishing = (await opening).publish?.(message, context('k'));
    await expect(publishing).rejects.toMatchObject({
      kind: 'unavailable',
      mayHaveActed: false,
      message: expect.stringContaining('no stream'),
    });
  });

  test('a stream that refuses a message has not acted', async () => {
    const manager = await jetstreamManager(stream.connection);
    const name = `${stream.stream}-full`;
    await manager.streams.add({ name, subjects: [`${name}.x`], max_msgs: 1, discard: 'new' });
    try {
      const connection = await opening;
      await connection.publish?.({ topic: `${name}.x`, payload: 1 }, context('k1'));
      const second = connection.publish?.({ topic: `${name}.x`, payload: 2 }, context('k2'));
      await expect(second).rejects.toMatchObject({
        mayHaveActed: false,
        message: expect.stringContaining('maximum messages'),
      });
    } finally {
      await manager.streams.delete(name);
    }
  });

  test('makes a stream that is asked for, and only then', async () => {
    const name = `${stream.stream}-made`;
    const manager = await jetstreamManager(stream.connection);
    for (const create of [false, true]) {
      const connection = await nats.open({ ...config, streams: [{ name, subjects: [`${name}.>`], create }] }, host);
      const publishing = connection.publish?.({ topic: `${name}.x`, payload: 1 }, context('k'));
      if (create) await publishing;
      else await expect(publishing).rejects.toMatchObject({ kind: 'unavailable', mayHaveActed: false });
      await connection.close();
    }
    expect((await manager.streams.info(name)).state.messages).toBe(1);
    await manager.streams.delete(name);
  });

  test('reads and shows only the subjects that the source names', async () => {
    const connection = await opening;
    const source = { stream: stream.stream, durable: 'part', subject: `${stream.prefix}.part.*` };
    for (const word of ['part.a', 'other', 'part.b', 'part.c.d']) {
      await connection.publish?.({ topic: `${stream.prefix}.${word}`, payload: word }, context(`part-${word}`));
    }
    const taken: Message[] = [];
    const take = async (message: Message) => {
      taken.push(message);
    };
    const listening = await connection.listen?.(source, take, { prefetch: 5, onState() {} });
    await expect.poll(() => taken.map(({ id }) => id)).toEqual(['part-part.a', 'part-part.b']);
    await listening?.close();
    const seen = await connection.peek?.(source, 10);
    expect(seen?.map(({ id }) => id)).toEqual(['part-part.b', 'part-part.a']);
  });

  test('makes its consumer again when somebody has deleted it, and says that it was lost', async () => {
    const connection = await opening;
    const source = { stream: stream.stream, durable: 'gone', subject: `${stream.prefix}.gone`, ackWaitMs: 1_000 };
    const states: string[] = [];
    const taken: (string | undefined)[] = [];
    const take = async ({ id }: Message) => {
      taken.push(id);
    };
    await connection.listen?.(source, take, { prefetch: 5, onState: (state) => states.push(state) });
    const manager = await jetstreamManager(stream.connection);
    await manager.consumers.delete(stream.stream, 'gone');
    await connection.publish?.({ topic: `${stream.prefix}.gone`, payload: 1 }, context('after'));
    await expect.poll(() => taken, { timeout: 15_000 }).toEqual(['after']);
    expect(states).toEqual(['lost', 'listening']);
  });

  test('with TLS nothing is said to a server that does not encrypt', async () => {
    const connection = await nats.open({ servers: [`localhost:${PORT}`], tls: {} }, host);
    await expect(connection.check?.()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('tls'),
    });
    await connection.close();
  });

  test('with TLS only a server is trusted that a known authority vouches for', async (test) => {
    const certificate = makeCertificate();
    const server = await startTlsServer(certificate);
    if (!server) return test.skip('there is no program nats-server');
    const knowing = { ...host, secret: () => certificate.cert };
    const config = { servers: [`localhost:${server.port}`], connectTimeoutMs: 2_000 };
    try {
      const trusting = await nats.open({ ...config, tls: { ca: { secret: 'CA' } } }, knowing);
      await trusting.check?.();
      await trusting.close();
      const strange = await nats.open({ ...config, tls: {} }, knowing);
      await expect(strange.check?.()).rejects.toMatchObject({ kind: 'unavailable', mayHaveActed: false });
      await strange.close();
    } finally {
      server.stop();
    }
  });

  test('a stream that is not there, or a consumer for something else, is an error that names it', async () => {
    const connection = await opening;
    const listen = (source: { stream: string; durable: string; subject?: string }) =>
      connection.listen?.(source, async () => {}, { prefetch: 1, onState() {} });
    await expect(listen({ stream: 'nowhere', durable: 'd' })).rejects.toMatchObject({
      kind: 'rejected',
      message: 'there is no stream nowhere',
    });
    await listen({ stream: stream.stream, durable: 'mine', subject: `${stream.prefix}.a` });
    await expect(
      listen({ stream: stream.stream, durable: 'mine', subject: `${stream.prefix}.b` }),
    ).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('mine') });
  });
});
