import assert from 'node:assert/strict';
import type { Outgoing } from '../connector.ts';
import type { Check } from './bench.ts';
import { asCallError, failure, publish, retrying } from './publish.ts';
import { pause, until } from './waiting.ts';

/** Publishing says truly whether it may have happened. */
export function publishingTests(check: Check): void {
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
}
