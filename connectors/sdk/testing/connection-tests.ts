import assert from 'node:assert/strict';
import { type Check, host } from './bench.ts';
import { makeCertificate } from './certificate.ts';
import { startLink } from './link.ts';
import { failure, publish } from './publish.ts';
import { pause } from './waiting.ts';

/** A connection ends when it is closed, and trusts only whom it can. */
export function connectionTests(check: Check): void {
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
}
