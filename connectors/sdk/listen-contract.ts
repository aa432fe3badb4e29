import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { type CallError, isCallError } from './call-error.ts';
import type {
  CallContext,
  Connection,
  Connector,
  ConnectorHost,
  Listening,
  ListenOptions,
  Message,
  Outgoing,
} from './connector.ts';
import { createDeadlines } from './deadline.ts';
import type { Json } from './json.ts';

/** What the contract needs of a test framework. To skip all of it pass `{ describe: describe.skip, test }`. */
export interface ListenTestFramework {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
}

/** What a broker or its protocol does not have; each with the reason, so that a reader of the test can judge it. */
export interface Lacks {
  /** Messages have no key. */
  readonly key?: string;
  /** A message delivered again cannot be told to be so. */
  readonly delivery?: string;
  /** The connector must not have `peek` then. */
  readonly peek?: string;
  /** `backlog` must be absent then, or resolve to `undefined`. */
  readonly backlog?: string;
  /** What waits for one reader is not given to another of its group. */
  readonly handover?: string;
  /** TLS does not begin with the first byte, so the contract's proxy cannot speak it. */
  readonly tls?: string;
}

export interface ListenSubject {
  readonly connector: Connector;
  /** A configuration that reaches the broker by this port on 127.0.0.1, with a `connectTimeoutMs` of about a second. */
  config(port: number): Json;
  /** The same with TLS, and the certificate of an authority where one is given. Not called if `lacks.tls`. */
  tlsConfig?(port: number, tls: { readonly ca?: { readonly secret: string } }): Json;
  /** Where the broker really listens, on 127.0.0.1. The contract puts a proxy before it, to cut and to mute. */
  readonly port: number;
  /** To publish to; of this test alone. */
  readonly topic: string;
  /** What reads `topic`. Where the broker redelivers after a time, let it be one or two seconds. */
  readonly source: { readonly [key: string]: Json };
  /** Another member of the same group. Default: the same source. */
  readonly sibling?: { readonly [key: string]: Json };
  /** Topics that must not be published to: wildcards, what breaks out of a line. The contract adds the usual ones. */
  readonly hostileTopics: readonly string[];
  readonly lacks: Lacks;
  /** Publishes these bytes as they are, beside the connector. */
  publishRaw(body: Uint8Array): Promise<void>;
  /** Until a message that a reader took and never acknowledged comes again, at most. */
  readonly redeliversWithinMs: number;
  /** A take longer than this must not make the message come again. Default: a second. */
  readonly patienceMs?: number;
  /** Messages that wait at a time at most, for brokers that throw away what is over a limit. */
  readonly maxWaiting?: number;
  /** The module of the connector and the name of its export: a process of its own reads with it, and is killed. */
  readonly module: { readonly url: string; readonly name: string };
  close(): Promise<void>;
}

/**
 * The tests that every connector with `publish` and `listen` has to pass, against a real broker. Call it in a test file
 * of the connector:
 *
 * ```ts
 * listenContract({ describe: describe.skipIf(!isUp), test }, 'nats', async () => ({ connector: nats, topic, source, … }));
 * ```
 *
 * What they prove: nothing published is lost, whoever dies meanwhile; nothing is acknowledged before it was taken; the
 * broker keeps what is beyond `prefetch`; publishing says truly whether it may have happened.
 *
 * @param setUp Makes topic and source afresh; called for each test. They have to be empty.
 */
export function listenContract(
  framework: ListenTestFramework,
  name: string,
  setUp: () => Promise<ListenSubject>,
): void {
  const { describe, test } = framework;

  describe(`${name} keeps the contract of brokers`, () => {
    const check = (sentence: string, body: (bench: Bench) => Promise<void>, timeoutMs = 30_000) =>
      test(sentence, () => withBench(setUp, body), timeoutMs);

    check('a message arrives as it was published', async (bench) => {
      const { connection, subject } = await bench.open();
      const reader = await bench.listen(connection);
      const payload = { amount: '1.00', name: '张三', list: [1, null, true] };
      const key = subject.lacks.key === undefined ? { key: 'customer-7' } : {};
      await publish(connection, subject, 'run-7:/tell#1', { payload, ...key, headers: { channel: 'mobile 银行' } });
      const [message] = await reader.until(1);
      assert.ok(message);
      assert.equal(message.id, 'run-7:/tell#1');
      assert.equal(message.topic, subject.topic);
      if (subject.lacks.key === undefined) assert.equal(message.key, 'customer-7');
      else assert.equal(message.key, undefined);
      assert.equal(message.headers['channel'], 'mobile 银行');
      assert.deepEqual(JSON.parse(new TextDecoder().decode(message.body)), payload);
      assert.equal(message.delivery, 1);
      if (message.publishedAt !== undefined) assert.ok(Math.abs(message.publishedAt - Date.now()) < 60_000);
    });

    check('a message published again by the same key has the same id, or does not come twice', async (bench) => {
      const { connection, subject } = await bench.open();
      const reader = await bench.listen(connection);
      for (const attempt of [1, 2]) await publish(connection, subject, 'same', { payload: { n: 1 }, attempt });
      await publish(connection, subject, 'last', { payload: { n: 2 } });
      await reader.untilTaken((ids) => ids.includes('last'));
      await pause(200);
      const ids = reader.taken.map(({ id }) => id).filter((id) => id !== 'last');
      assert.ok(ids.length === 1 || ids.length === 2, `came ${ids.length} times`);
      assert.deepEqual([...new Set(ids)], ['same']);
    });

    check('bytes that are not JSON arrive unchanged', async (bench) => {
      const { connection, subject } = await bench.open();
      const reader = await bench.listen(connection);
      const body = Uint8Array.of(0, 255, 254, 13, 10, 0, 123, 34);
      await subject.publishRaw(body);
      const [message] = await reader.until(1);
      assert.deepEqual([...(message?.body ?? [])], [...body]);
    });

    check('what a reader took and did not acknowledge comes again to another', async (bench) => {
      const { subject, connection } = await bench.open({ by: 'link' });
      const { connection: other } = await bench.open();
      const held = gate();
      const first = await bench.listen(connection, { take: () => held.opened });
      await publish(other, subject, 'm1', {});
      await first.until(1);
      bench.link.cut();
      const second = await bench.listen(other);
      const [message] = await second.until(1, subject.redeliversWithinMs);
      assert.equal(message?.id, 'm1');
      if (subject.lacks.delivery === undefined) assert.ok((message?.delivery ?? 0) > 1, 'the delivery is not counted');
      held.open();
    });

    check('a take slower than the broker’s patience is not delivered again meanwhile', async (bench) => {
      const { connection, subject } = await bench.open();
      const { connection: other } = await bench.open();
      const held = gate();
      const reader = await bench.listen(connection, { take: () => held.opened });
      await publish(connection, subject, 'slow', {});
      await reader.until(1);
      const rival = await bench.listen(other, { source: subject.sibling ?? subject.source });
      await pause(2.5 * (subject.patienceMs ?? 1_000));
      assert.deepEqual([reader.taken.length, rival.taken.length], [1, 0]);
      held.open();
      await pause(300);
      await reader.listening.close();
      await pause(subject.patienceMs ?? 1_000);
      assert.deepEqual([reader.taken.length, rival.taken.length], [1, 0], 'was not acknowledged after the take');
    });

    check('a message whose take rejects comes again after a pause, and loses or blocks no other', async (bench) => {
      const { connection, subject } = await bench.open();
      const at: number[] = [];
      const reader = await bench.listen(connection, {
        prefetch: 2,
        take: async ({ id }) => {
          if (id !== 'bad') return;
          at.push(performance.now());
          if (at.length < 3) throw new Error('not now');
        },
      });
      await publish(connection, subject, 'bad', {});
      for (let n = 0; n < 20; n += 1) await publish(connection, subject, `good-${n}`, {});
      await reader.untilTaken((ids) => at.length >= 3 && new Set(ids).size === 21);
      assert.ok((at[1] ?? 0) - (at[0] ?? 0) >= 100, `came again after only ${(at[1] ?? 0) - (at[0] ?? 0)} ms`);
      if (subject.lacks.delivery === undefined) {
        const deliveries = reader.taken.filter(({ id }) => id === 'bad').map(({ delivery }) => delivery);
        assert.ok((deliveries[1] ?? 0) > 1, `deliveries were counted as ${deliveries.join()}`);
      }
      await pause(300);
      assert.equal(at.length, 3, 'came again although it was taken');
    });

    check('no more are out than prefetch says; the broker keeps the rest', async (bench) => {
      const { connection, subject } = await bench.open();
      const { connection: other } = await bench.open();
      const held = gate();
      for (let n = 0; n < 8; n += 1) await publish(connection, subject, `m${n}`, {});
      const reader = await bench.listen(connection, { prefetch: 2, take: () => held.opened });
      await reader.until(2);
      await pause(500);
      assert.equal(reader.taken.length, 2);
      if (subject.lacks.handover === undefined) {
        const rest = await bench.listen(other, { source: subject.sibling ?? subject.source, prefetch: 10 });
        const waitMs = subject.redeliversWithinMs;
        await rest.untilTaken((ids) => new Set([...ids, ...reader.taken.map(({ id }) => id)]).size === 8, waitMs);
      }
      held.open();
      await pause(200);
      if (subject.lacks.handover !== undefined) await reader.untilTaken((ids) => new Set(ids).size === 8);
      assert.ok(reader.most <= 2, `${reader.most} were out at a time`);
    });

    check('two readers of a group share the messages', async (bench) => {
      const { connection, subject } = await bench.open();
      const { connection: other } = await bench.open();
      const take = () => pause(20);
      const readers = [
        await bench.listen(connection, { prefetch: 2, take }),
        await bench.listen(other, { prefetch: 2, take, source: subject.sibling ?? subject.source }),
      ];
      const ids = Array.from({ length: 40 }, (_, n) => `m${String(n).padStart(2, '0')}`);
      await Promise.all(ids.map((id) => publish(connection, subject, id, { key: id })));
      const taken = () => readers.flatMap((reader) => reader.taken.map(({ id }) => id));
      await until(
        () => taken().length >= 40,
        15_000,
        () => `only ${taken().length} of 40 came`,
      );
      await pause(200);
      assert.deepEqual(taken().sort(), ids);
      assert.ok(
        readers.every((reader) => reader.taken.length > 0),
        'one of them got nothing',
      );
    });

    check('close waits for what is being taken, takes no more, and can be called twice', async (bench) => {
      const { connection, subject } = await bench.open();
      const held = gate();
      const reader = await bench.listen(connection, { prefetch: 1, take: () => held.opened });
      for (const id of ['m1', 'm2']) await publish(connection, subject, id, {});
      await reader.until(1);
      let isClosed = false;
      const closing = reader.listening.close().then(() => {
        isClosed = true;
      });
      await pause(300);
      assert.equal(isClosed, false, 'closed although a message was being taken');
      held.open();
      await Promise.all([closing, reader.listening.close()]);
      await publish(connection, subject, 'm3', {});
      await pause(300);
      assert.deepEqual(reader.ids(), ['m1']);
      const next = await bench.listen(connection);
      await next.untilTaken((ids) => new Set(ids).size === 2, subject.redeliversWithinMs);
      assert.deepEqual([...new Set(next.ids())].sort(), ['m2', 'm3']);
    });

    check('what was taken before the connection was closed does not come again', async (bench) => {
      const { connection, subject } = await bench.open();
      const { connection: other } = await bench.open();
      const reader = await bench.listen(connection);
      const ids = Array.from({ length: 20 }, (_, n) => `m${n}`);
      await Promise.all(ids.map((id) => publish(other, subject, id, {})));
      await reader.untilTaken((taken) => taken.length >= 20);
      await connection.close();
      const next = await bench.listen(other);
      await pause(1.5 * (subject.patienceMs ?? 1_000));
      assert.deepEqual(next.ids(), []);
    });

    check('goes on by itself after the broker was lost, and says so', async (bench) => {
      const { connection, subject } = await bench.open({ by: 'link' });
      const { connection: other } = await bench.open();
      const reader = await bench.listen(connection);
      await publish(other, subject, 'before', {});
      await reader.until(1);
      bench.link.cut();
      await until(
        () => reader.states.includes('lost'),
        10_000,
        () => 'was not told that the broker is lost',
      );
      await publish(other, subject, 'meanwhile', {});
      await pause(200);
      bench.link.open();
      await reader.untilTaken((ids) => ids.includes('meanwhile'), 15_000);
      assert.equal(reader.states.at(-1), 'listening');
      await publish(connection, subject, 'after', {});
      await reader.untilTaken((ids) => ids.includes('after'));
    });

    check('the backlog falls to nothing; peek shows what waits, and leaves it', async (bench) => {
      const { connection, subject } = await bench.open();
      const { connection: other } = await bench.open();
      const held = gate();
      const reader = await bench.listen(connection, { prefetch: 1, take: () => held.opened });
      for (let n = 0; n < 5; n += 1) await publish(connection, subject, `m${n}`, { payload: { n } });
      await reader.until(1);
      if (subject.lacks.peek !== undefined) {
        assert.equal(connection.peek, undefined);
      } else {
        const seen = (await other.peek?.(subject.source, 10)) ?? [];
        assert.ok(seen.length >= 4, `peek showed ${seen.length}`);
        assert.ok(seen.some(({ id }) => id === 'm4'));
        assert.ok((await other.peek?.(subject.source, 2))?.length === 2);
      }
      const waiting = await reader.listening.backlog?.();
      if (subject.lacks.backlog === undefined) assert.ok(waiting === 5 || waiting === 4, `a backlog of ${waiting}`);
      else assert.equal(waiting, undefined);
      held.open();
      await reader.untilTaken((ids) => new Set(ids).size === 5);
      if (subject.lacks.backlog === undefined) {
        const left = async () => reader.listening.backlog?.();
        for (let n = 0; n < 50 && (await left()) !== 0; n += 1) await pause(100);
        assert.equal(await left(), 0);
      }
    });

    check('a listener that cannot reach the broker is told so', async (bench) => {
      bench.link.cut();
      const error = await failure(bench.open({ by: 'link' }).then(({ connection }) => bench.listen(connection)));
      assert.deepEqual([error.kind, error.retryable, error.mayHaveActed], ['unavailable', true, false]);
    });

    check('publishing to a broker that cannot be reached has not acted', async (bench) => {
      bench.link.cut();
      const { connection, subject } = await bench.open({ by: 'link' });
      const error = await failure(publish(connection, subject, 'm1', {}));
      assert.deepEqual([error.kind, error.retryable, error.mayHaveActed], ['unavailable', true, false]);
    });

    check('publishing to a broker that has been lost has not acted; it works again once it is back', async (bench) => {
      const { connection, subject } = await bench.open({ by: 'link' });
      const { connection: other } = await bench.open();
      const reader = await bench.listen(other);
      await publish(connection, subject, 'm1', {});
      bench.link.cut();
      await pause(200);
      const error = await failure(publish(connection, subject, 'm2', { timeoutMs: 3_000 }));
      assert.deepEqual([error.retryable, error.mayHaveActed], [true, false], error.message);
      bench.link.open();
      await retrying(() => publish(connection, subject, 'm3', { timeoutMs: 3_000 }));
      await reader.untilTaken((ids) => ids.includes('m3'));
      assert.ok(!reader.ids().includes('m2'), 'was sent later although it had failed');
    });

    check('publishing keeps its deadline in total, and may have acted', async (bench) => {
      const { connection, subject } = await bench.open({ by: 'link' });
      await publish(connection, subject, 'm1', {});
      bench.link.mute();
      const startedAt = performance.now();
      const error = await failure(publish(connection, subject, 'm2', { timeoutMs: 300 }));
      const tookMs = performance.now() - startedAt;
      assert.deepEqual([error.kind, error.mayHaveActed], ['timeout', true]);
      assert.ok(tookMs >= 299 && tookMs < 2_000, `gave up after ${tookMs} ms`);
    });

    check('a broker that accepts a connection and says nothing has got no message', async (bench) => {
      bench.link.mute();
      const { connection, subject } = await bench.open({ by: 'link' });
      const startedAt = performance.now();
      const error = await failure(publish(connection, subject, 'm1', { timeoutMs: 300 }));
      assert.ok(['timeout', 'unavailable'].includes(error.kind), error.kind);
      assert.deepEqual([error.retryable, error.mayHaveActed], [true, false]);
      assert.ok(performance.now() - startedAt < 2_000, 'the deadline was not kept');
    });

    check('what is published after its deadline is not sent', async (bench) => {
      const { connection, subject } = await bench.open();
      const reader = await bench.listen(connection);
      const error = await failure(publish(connection, subject, 'late', { timeoutMs: 0 }));
      assert.deepEqual([error.kind, error.mayHaveActed], ['timeout', false]);
      await publish(connection, subject, 'next', {});
      await reader.until(1);
      assert.deepEqual(reader.ids(), ['next']);
    });

    check('a connection lost before the broker confirmed may have acted', async (bench) => {
      const { connection, subject } = await bench.open({ by: 'link' });
      await publish(connection, subject, 'm1', {});
      bench.link.mute();
      const publishing = failure(publish(connection, subject, 'm2', { payload: 'x'.repeat(20_000) }));
      await until(
        () => bench.link.sentBytes() > 20_000,
        5_000,
        () => 'it was never sent',
      );
      bench.link.cut();
      const error = await publishing;
      assert.deepEqual([error.kind, error.retryable, error.mayHaveActed], ['unavailable', true, true]);
    });

    check('hostile values stay values, or are refused before anything is sent', async (bench) => {
      const { connection, subject } = await bench.open();
      const reader = await bench.listen(connection);
      for (const topic of ['', 'a\r\nb', 'a\nb', 'a\0b', 'x'.repeat(70_000), ...subject.hostileTopics]) {
        const error = await failure(publish(connection, { topic }, 'hostile', {}));
        const seen = [error.kind, error.retryable, error.mayHaveActed];
        assert.deepEqual(seen, ['refused', false, false], JSON.stringify(topic.slice(0, 40)));
      }
      const hostile: readonly (Partial<Outgoing> & { readonly id?: string })[] = [
        { headers: { note: 'a\r\nother: b' } },
        { headers: { note: 'a\0b' } },
        { headers: { note: ' leading and trailing ' } },
        { headers: { 'no\r\nte': 'a' } },
        { headers: { '': 'a' } },
        { headers: { __proto__x: 'a' } },
        { headers: { note: '\ud800' } },
        { headers: { note: 'x'.repeat(100_000) } },
        { key: 'k\r\nx: y' },
        { key: '' },
        { id: 'k\r\nx: y' },
        { payload: 'x'.repeat(10_000_000) },
      ];
      for (const [index, { id = `hostile-${index}`, payload = index, ...more }] of hostile.entries()) {
        const before = reader.taken.length;
        const error = await publish(connection, subject, id, { payload, ...more, timeoutMs: 10_000 }).then(
          () => undefined,
          asCallError,
        );
        if (error) {
          assert.deepEqual([error.kind, error.mayHaveActed], ['refused', false], `${index}: ${error.message}`);
          continue;
        }
        await reader.until(before + 1, 10_000);
        const message = reader.taken[before];
        assert.ok(message);
        assert.equal(message.id, id);
        assert.deepEqual(JSON.parse(new TextDecoder().decode(message.body)), payload);
        for (const [header, value] of Object.entries(more.headers ?? {})) assert.equal(message.headers[header], value);
        if (more.key !== undefined && subject.lacks.key === undefined) assert.equal(message.key, more.key);
      }
      const after = reader.taken.length;
      await publish(connection, subject, 'sane', {});
      await reader.until(after + 1);
      assert.equal(reader.taken.at(-1)?.id, 'sane');
      assert.equal(reader.taken.length, after + 1, 'something that was refused had been sent');
    });

    check('after close everything is refused; close can be called twice', async (bench) => {
      const { connection, subject } = await bench.open();
      await publish(connection, subject, 'm1', {});
      await Promise.all([connection.close(), connection.close()]);
      await connection.close();
      const errors = [
        await failure(publish(connection, subject, 'm2', {})),
        await failure(bench.listen(connection)),
        ...(connection.peek ? [await failure(connection.peek(subject.source, 1))] : []),
      ];
      for (const { kind, mayHaveActed } of errors) assert.deepEqual([kind, mayHaveActed], ['refused', false]);
    });

    check('close ends although the broker says nothing', async (bench) => {
      const { connection, subject } = await bench.open({ by: 'link' });
      await bench.listen(connection);
      await publish(connection, subject, 'm1', {});
      bench.link.mute();
      const startedAt = performance.now();
      await connection.close();
      assert.ok(performance.now() - startedAt < 10_000);
    });

    check('check says whether the broker can be reached', async (bench) => {
      const { connection } = await bench.open({ by: 'link' });
      await connection.check?.();
      bench.link.cut();
      await pause(200);
      const error = await failure(connection.check?.() ?? Promise.resolve());
      assert.deepEqual([error.kind, error.mayHaveActed], ['unavailable', false]);
    });

    check('speaks TLS, and only with whom it can trust', async ({ subject }) => {
      if (subject.lacks.tls !== undefined) return assert.equal(subject.tlsConfig, undefined);
      assert.ok(subject.tlsConfig, 'tlsConfig is missing, and no reason is given in lacks');
      const certificate = makeCertificate();
      const tlsLink = await startLink(subject.port, certificate);
      const knowing = { ...host, secret: (name: string) => (name === 'CA' ? certificate.cert : host.secret(name)) };
      const connections = [
        await subject.connector.open(subject.tlsConfig(tlsLink.port, {}), knowing),
        await subject.connector.open(subject.tlsConfig(tlsLink.port, { ca: { secret: 'CA' } }), knowing),
      ] as const;
      try {
        const error = await failure(publish(connections[0], subject, 'm1', {}));
        assert.deepEqual([error.kind, error.mayHaveActed], ['unavailable', false]);
        await publish(connections[1], subject, 'm2', {});
      } finally {
        await Promise.all(connections.map((connection) => connection.close()));
        await tlsLink.close();
      }
    });

    check('10,000 messages survive two deaths of the process that reads them', readAndDie, 180_000);
  });
}

/** Reads by a process of its own until it is killed, twice, in the middle of its work. What it took is in a file. */
async function readAndDie({ subject, open }: Bench): Promise<void> {
  const count = 10_000;
  const folder = mkdtempSync(join(tmpdir(), 'heddle-listen-'));
  const log = join(folder, 'taken');
  const taken = () => new Set(existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []);
  let reader = await startReader(subject, log);
  try {
    const { connection } = await open();
    const killAt = [count * 0.3, count * 0.6];
    let next = 0;
    let room = subject.maxWaiting ?? count;
    const publishing = Promise.all(
      Array.from({ length: 40 }, async () => {
        while (next < count) {
          if (next >= room) {
            await pause(20);
            continue;
          }
          const id = `m${next++}`;
          await retrying(() => publish(connection, subject, id, { key: id, timeoutMs: 20_000 }));
        }
      }),
    );
    let size = 0;
    for (const started = performance.now(); size < count && performance.now() - started < 150_000; await pause(50)) {
      size = taken().size;
      room = size + (subject.maxWaiting ?? count);
      if (killAt[0] === undefined || size < killAt[0]) continue;
      killAt.shift();
      await kill(reader);
      reader = await startReader(subject, log);
    }
    await publishing;
    const all = taken();
    const missing = Array.from({ length: count }, (_, n) => `m${n}`).filter((id) => !all.has(id));
    assert.equal(missing.length, 0, `${missing.length} are missing: ${missing.slice(0, 5).join()}`);
    assert.deepEqual(killAt, [], 'the reader was not killed twice');
  } finally {
    await kill(reader);
    rmSync(folder, { recursive: true, force: true });
  }
}

const READER = `
  const { appendFileSync } = await import('node:fs');
  const { url, name, config, source, log } = JSON.parse(process.env.HEDDLE_LISTEN_CONTRACT);
  const { [name]: connector } = await import(url);
  const connection = await connector.open(config, { secret: (name) => 'secret-' + name, warn() {} });
  const take = async ({ id }) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    appendFileSync(log, id + '\\n');
  };
  await connection.listen(source, take, { prefetch: 50, onState() {} });
  process.stdout.write('listening');
`;

async function startReader({ module, config, port, source }: ListenSubject, log: string): Promise<ChildProcess> {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', tsx, '--input-type=module', '--eval', READER],
    {
      env: { ...process.env, HEDDLE_LISTEN_CONTRACT: JSON.stringify({ ...module, config: config(port), source, log }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the reader ended with ${code} before it listened`)));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** A TCP proxy on 127.0.0.1 whose connections can be cut, and muted. */
export interface Link {
  readonly port: number;
  /** Passes everything on, from now; connections that were muted are cut, because they have missed something. */
  open(): void;
  /** Cuts all connections, and every new one at once. */
  cut(): void;
  /** What the broker says does not arrive any more; what it is told does. */
  mute(): void;
  /** How many bytes went to the broker since the last change. */
  sentBytes(): number;
  close(): Promise<void>;
}

const OPENSSL = 'openssl';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** For 127.0.0.1 and localhost, signed by itself; by the program openssl, because Node makes none. */
export function makeCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-tls-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const about = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-days', '2'];
    const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...about];
    execFileSync(OPENSSL, options, { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param port where connections are led to, on 127.0.0.1
 * @param certificate if clients have to speak TLS
 */
export async function startLink(port: number, certificate?: Certificate): Promise<Link> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'muted' = 'open';
  let sent = 0;
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const serve = (client: Socket) => {
    if (state === 'cut') return client.destroy();
    const broker = dial(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk) => {
      sent += chunk.length;
      broker.write(chunk);
    });
    broker.on('data', (chunk) => {
      if (state === 'open') client.write(chunk);
    });
    return undefined;
  };
  const server = certificate ? createTlsServer(certificate, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // what a server that listens on a port has
    open() {
      if (state === 'muted') cutAll();
      state = 'open';
      sent = 0;
    },
    cut() {
      state = 'cut';
      sent = 0;
      cutAll();
    },
    mute() {
      state = 'muted';
      sent = 0;
    },
    sentBytes: () => sent,
    async close() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Bench {
  readonly subject: ListenSubject;
  /** Stands before the broker for connections opened `by: 'link'`. */
  readonly link: Link;
  open(options?: {
    readonly by: 'link';
  }): Promise<{ readonly connection: Connection; readonly subject: ListenSubject }>;
  listen(connection: Connection, options?: ReaderOptions): Promise<Reader>;
}

interface ReaderOptions {
  readonly source?: Json;
  readonly prefetch?: number;
  take?(message: Message): Promise<void>;
}

interface Reader {
  readonly listening: Listening;
  readonly taken: readonly Message[];
  readonly states: readonly string[];
  /** How many were being taken at a time, at most. */
  readonly most: number;
  ids(): (string | undefined)[];
  until(count: number, withinMs?: number): Promise<readonly Message[]>;
  untilTaken(isEnough: (ids: readonly (string | undefined)[]) => boolean, withinMs?: number): Promise<void>;
}

const host: ConnectorHost = { secret: (name) => `secret-${name}`, warn() {} };
const deadlines = createDeadlines();

async function withBench(setUp: () => Promise<ListenSubject>, body: (bench: Bench) => Promise<void>): Promise<void> {
  const subject = await setUp();
  const link = await startLink(subject.port);
  const opened: Connection[] = [];
  const gates = new Set<() => void>();
  const bench: Bench = {
    subject,
    link,
    async open(options) {
      const config = subject.config(options?.by === 'link' ? link.port : subject.port);
      const connection = await subject.connector.open(config, host);
      opened.push(connection);
      // In an object, because a connection could have a `then` of its own.
      return { connection, subject };
    },
    listen: (connection, options = {}) => startReading(connection, subject, options, gates),
  };
  try {
    await body(bench);
  } finally {
    // A test that failed must not wait for messages that it holds.
    for (const release of gates) release();
    link.cut();
    await Promise.all(opened.map((connection) => connection.close()));
    await link.close();
    await subject.close();
  }
}

async function startReading(
  connection: Connection,
  subject: ListenSubject,
  { source = subject.source, prefetch = 10, take = async () => {} }: ReaderOptions,
  gates: Set<() => void>,
): Promise<Reader> {
  const taken: Message[] = [];
  const states: string[] = [];
  let most = 0;
  let out = 0;
  const options: ListenOptions = { prefetch, onState: (state) => states.push(state) };
  const taking = async (message: Message) => {
    taken.push(message);
    out += 1;
    most = Math.max(most, out);
    const ended = gate();
    gates.add(ended.open);
    try {
      await Promise.race([take(message), ended.opened]);
    } finally {
      gates.delete(ended.open);
      out -= 1;
    }
  };
  assert.ok(connection.listen, 'the connection cannot listen');
  const listening = await connection.listen(source, taking, options);
  const ids = () => taken.map(({ id }) => id);
  const seen = () => `${taken.length} came: ${ids().slice(0, 20).join()}`;
  return {
    listening,
    taken,
    states,
    get most() {
      return most;
    },
    ids,
    async until(count, withinMs = 10_000) {
      await until(() => taken.length >= count, withinMs, seen);
      return taken;
    },
    untilTaken: (isEnough, withinMs = 15_000) => until(() => isEnough(ids()), withinMs, seen),
  };
}

interface PublishOptions extends Partial<Omit<Outgoing, 'topic'>> {
  readonly timeoutMs?: number;
  readonly attempt?: number;
}

async function publish(
  connection: Connection,
  { topic }: { readonly topic: string },
  idempotencyKey: string,
  { timeoutMs = 5_000, attempt = 1, payload = { n: 1 }, ...more }: PublishOptions,
): Promise<void> {
  const deadline = deadlines.start(timeoutMs);
  const context: CallContext = { idempotencyKey, attempt, deadline, maxResponseBytes: 1_000_000 };
  assert.ok(connection.publish, 'the connection cannot publish');
  await connection.publish({ topic, payload, ...more }, context);
}

async function retrying(act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const error = await act().then(() => undefined, asCallError);
    if (!error) return;
    if (!error.retryable || attempt === 20) throw error;
    await pause(300);
  }
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(isSo: () => boolean, withinMs: number, otherwise: () => string): Promise<void> {
  const startedAt = performance.now();
  while (!isSo()) {
    if (performance.now() - startedAt > withinMs) assert.fail(otherwise());
    await pause(10);
  }
}

async function failure(calling: Promise<unknown>): Promise<CallError> {
  const error = await calling.then(
    () => undefined,
    (reason: unknown) => ({ reason }),
  );
  if (error) return asCallError(error.reason);
  assert.fail('it succeeded');
}

function asCallError(error: unknown): CallError {
  if (isCallError(error)) return error;
  throw error;
}
