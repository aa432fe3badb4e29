import assert from 'node:assert/strict';
import type { Check } from './bench.ts';
import { failure, publish } from './publish.ts';
import { gate, pause, until } from './waiting.ts';

/** Nothing is lost, taken before its time, or acknowledged before it was taken. */
export function readingTests(check: Check): void {
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
}
