import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type CallContext, type Connection, createDeadlines, type Json, type Message } from '../sdk/index.ts';
import { type Link, startLink } from '../sdk/listen-contract.ts';
import { redis } from './index.ts';
import { connectBeside, PORT, removeKeys } from './server.ts';

// The contract of calls asks that a service gets key and attempt with every call. A Redis command has no place for them;
// so what it asks beyond that is tested here one by one, by a proxy that mutes and cuts.

const deadlines = createDeadlines();
const host = { secret: () => undefined, warn() {} };
const name = `heddle-test-${randomUUID().slice(0, 8)}`;

test.each([
  [{ host: 'redis host' }, '/host'],
  [{ host: 'h', port: 0 }, '/port'],
  [{ host: 'h', user: 'u' }, '/user'],
  [{ host: 'h', password: 'plain' }, '/password'],
  [{ host: 'h', tls: { cert: { secret: 'C' } } }, '/tls'],
])('of the configuration %j it says what is wrong at %s', (wrong, pointer) => {
  expect(redis.configProblems(wrong).map((problem) => problem.pointer)).toContain(pointer);
});

test.each([
  [{ action: 'get', key: 'a:{b' }, '/key'],
  [{ action: 'publish', key: 'a:{b}' }, '/key'],
  [{ action: 'delete', key: 'a', ttlMs: 1 }, '/ttlMs'],
  [{ action: 'get', key: 'a', ifAbsent: true }, '/ifAbsent'],
  [{ action: 'increment', key: 'a', as: 'text' }, '/as'],
])('of the operation %j it says what is wrong at %s', (wrong, pointer) => {
  expect(redis.bindingProblems(wrong)).toMatchObject([{ pointer }]);
});

const beside = await connectBeside();
describe.skipIf(!beside)('a Redis server', () => {
  const opened: { close(): Promise<void> }[] = [];
  const open = async (port = PORT): Promise<{ readonly connection: Connection }> => {
    const connection = await redis.open({ host: '127.0.0.1', port, connectTimeoutMs: 1_000 }, host);
    opened.push(connection);
    return { connection };
  };
  const link = async (): Promise<Link> => {
    const made = await startLink(PORT);
    opened.push(made);
    return made;
  };
  const call = async (
    connection: Connection,
    binding: { [key: string]: Json },
    input: Json,
    more: { readonly key?: string; readonly timeoutMs?: number } = {},
  ) => {
    const context: CallContext = {
      idempotencyKey: more.key ?? randomUUID(),
      attempt: 1,
      deadline: deadlines.start(more.timeoutMs ?? 5_000),
      maxResponseBytes: 1_000,
    };
    return (await connection.call({ operation: 'x', binding, input }, context)).body;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    if (!beside) return;
    await removeKeys(beside, name);
    beside.disconnect();
  });

  test('values are set, read and deleted by keys made of input fields', async () => {
    const { connection } = await open();
    const key = `${name}:limits:{customer}`;
    const value = { limit: '10.00', id: '12345678901234567890' };
    expect(await call(connection, { action: 'get', key }, { customer: 7 })).toEqual({ found: false, value: null });
    expect(await call(connection, { action: 'set', key, ttlMs: 60_000 }, { customer: 7, value })).toEqual({
      stored: true,
    });
    expect(await call(connection, { action: 'get', key }, { customer: 7 })).toEqual({ found: true, value });
    expect(await beside?.pttl(`${name}:limits:7`)).toBeGreaterThan(50_000);
    expect(await call(connection, { action: 'delete', key }, { customer: 7 })).toEqual({ deleted: true });
    expect(await call(connection, { action: 'delete', key }, { customer: 7 })).toEqual({ deleted: false });
  });

  test.each([{}, { customer: 'a:b' }, { customer: '' }, { customer: null }, { customer: 'a\r\nDEL x' }, 'text'])(
    'the input %j makes no key',
    async (input) => {
      const { connection } = await open();
      const calling = call(connection, { action: 'get', key: `${name}:{customer}` }, input);
      await expect(calling).rejects.toMatchObject({ kind: 'refused', mayHaveActed: false });
    },
  );

  test('the same call adds once, another adds again', async () => {
    const { connection } = await open();
    const binding = { action: 'increment', key: `${name}:count`, ttlMs: 60_000 };
    for (const attempt of [1, 2])
      expect([attempt, await call(connection, binding, { by: 5 }, { key: 'a' })]).toEqual([attempt, { value: 5 }]);
    expect(await call(connection, binding, {}, { key: 'b' })).toEqual({ value: 6 });
    expect(await call(connection, binding, { by: 5 }, { key: 'a' })).toEqual({ value: 5 });
    expect(await beside?.pttl(`${name}:count`)).toBeGreaterThan(50_000);
  });

  test('who set first is told so again, and the second never', async () => {
    const { connection } = await open();
    const binding = { action: 'set', key: `${name}:lock`, ifAbsent: true, as: 'text' };
    const set = (value: string) => call(connection, binding, { value }, { key: value });
    expect([await set('me'), await set('you'), await set('me'), await set('you')]).toEqual(
      [true, false, true, false].map((stored) => ({ stored })),
    );
    expect(await call(connection, { action: 'get', key: `${name}:lock`, as: 'text' }, {})).toEqual({
      found: true,
      value: 'me',
    });
  });

  test('a message published again is in the stream once, also by an operation', async () => {
    const { connection } = await open();
    const binding = { action: 'publish', key: `${name}:once` };
    const first = await call(connection, binding, 1, { key: 'k' });
    expect(first).toMatchObject({ duplicate: false });
    expect(await call(connection, binding, 1, { key: 'k' })).toEqual({ ...(first as object), duplicate: true });
    expect(await beside?.xlen(`${name}:once`)).toBe(1);
  });

  test('streams are cut where that is asked for', async () => {
    const connection = await redis.open({ host: '127.0.0.1', maxLength: 100 }, host);
    opened.push(connection);
    for (let n = 0; n < 400; n += 1) await call(connection, { action: 'publish', key: `${name}:short` }, n);
    expect(await beside?.xlen(`${name}:short`)).toBeLessThan(300);
  });

  test('a value that is too large is not loaded, and what is no JSON is said to be so', async () => {
    const { connection } = await open();
    await beside?.set(`${name}:large`, 'x'.repeat(8_000_000));
    await beside?.set(`${name}:odd`, '{"a":1,"a":2}');
    const get = (key: string) => call(connection, { action: 'get', key: `${name}:${key}` }, {});
    await expect(get('large')).rejects.toMatchObject({ kind: 'too-large', retryable: false });
    await expect(get('odd')).rejects.toMatchObject({ kind: 'invalid-response', retryable: false });
  });

  test('a refusal has not acted', async () => {
    const { connection } = await open();
    await beside?.set(`${name}:text`, 'abc');
    const calling = call(connection, { action: 'increment', key: `${name}:text` }, {});
    await expect(calling).rejects.toMatchObject({ kind: 'rejected', mayHaveActed: false, retryable: false });
    const publishing = call(connection, { action: 'publish', key: `${name}:text` }, 1, { key: 'k' });
    await expect(publishing).rejects.toMatchObject({ kind: 'rejected', mayHaveActed: false });
    expect(await beside?.exists(`heddle:published:${name}:text:k`)).toBe(0);
  });

  test('a silent server costs the deadline and may have acted; before the deadline nothing is sent', async () => {
    const proxy = await link();
    const { connection } = await open(proxy.port);
    const binding = { action: 'increment', key: `${name}:n` };
    await expect(call(connection, binding, {}, { timeoutMs: 0 })).rejects.toMatchObject({
      kind: 'timeout',
      mayHaveActed: false,
    });
    expect(await beside?.exists(`${name}:n`)).toBe(0);
    await call(connection, binding, {});
    proxy.mute();
    await expect(call(connection, binding, {}, { timeoutMs: 200 })).rejects.toMatchObject({
      kind: 'timeout',
      mayHaveActed: true,
    });
  });

  test('a connection lost after sending may have acted, and nothing is sent twice', async () => {
    const proxy = await link();
    const { connection } = await open(proxy.port);
    const binding = { action: 'increment', key: `${name}:cut` };
    await call(connection, binding, {});
    proxy.mute();
    const calling = expect(call(connection, binding, {})).rejects.toMatchObject({
      kind: 'unavailable',
      mayHaveActed: true,
    });
    await expect.poll(() => proxy.sentBytes()).toBeGreaterThan(100);
    proxy.cut();
    await calling;
    proxy.open();
    expect(await call(connection, { action: 'get', key: `${name}:cut` }, {})).toEqual({ found: true, value: 2 });
  });

  test('entries of others are read: with a body as they are, without one as JSON of their fields', async () => {
    const { connection } = await open();
    const stream = `${name}:foreign`;
    const first = await beside?.xadd(stream, '*', 'amount', '1.00', 'to', '张三');
    const taken: Message[] = [];
    const take = async (message: Message) => {
      taken.push(message);
    };
    await connection.listen?.({ stream, group: 'g' }, take, { prefetch: 5, onState() {} });
    await expect.poll(() => taken.length).toBe(1);
    expect(taken[0]).toMatchObject({ id: `${stream}:${first}`, topic: stream, delivery: 1 });
    expect(JSON.parse(Buffer.from(taken[0]?.body ?? []).toString())).toEqual({ amount: '1.00', to: '张三' });
  });

  test('a reader that leaves is forgotten, unless it holds something', async () => {
    const { connection } = await open();
    const stream = `${name}:leave`;
    const take = async () => Promise.reject(new Error('never'));
    const holding = await connection.listen?.({ stream, group: 'g', minIdleMs: 60_000 }, take, {
      prefetch: 1,
      onState() {},
    });
    await beside?.xadd(stream, '*', 'body', '1');
    await expect.poll(async () => (await beside?.xpending(stream, 'g'))?.[0]).toBe(1);
    const idle = await connection.listen?.({ stream, group: 'g' }, take, { prefetch: 1, onState() {} });
    await idle?.close();
    await holding?.close();
    expect(await beside?.xinfo('CONSUMERS', stream, 'g')).toHaveLength(1);
  });

  test('a stream that is deleted is made again, and read from its beginning', async () => {
    const { connection } = await open();
    const stream = `${name}:gone`;
    const taken: (string | undefined)[] = [];
    const states: string[] = [];
    const take = async ({ id }: Message) => {
      taken.push(id);
    };
    await connection.listen?.({ stream, group: 'g', from: '$' }, take, {
      prefetch: 5,
      onState: (state) => states.push(state),
    });
    await beside?.del(stream);
    await beside?.xadd(stream, '*', 'message-id', 'after', 'body', '1');
    await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['after']);
    expect(states).toEqual(['lost', 'listening']);
  });
});
