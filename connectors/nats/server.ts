import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

export const PORT = 4222;
const PROGRAM = 'nats-server';

/** A stream of its own for a test, in the server on 127.0.0.1. */
export interface TestStream {
  readonly connection: NatsConnection;
  readonly stream: string;
  /** The stream takes everything that begins with this and a dot. */
  readonly prefix: string;
  close(): Promise<void>;
}

/** Whether there is a server with JetStream; one line on the console tells if there is none. */
export async function isServerUp(): Promise<boolean> {
  try {
    const connection = await connect({ port: PORT, timeout: 2_000 });
    await jetstreamManager(connection);
    await connection.close();
    return true;
  } catch (error) {
    console.warn(
      `NATS with JetStream cannot be reached on 127.0.0.1:${PORT}, so its tests are skipped: ${String(error)}`,
    );
    return false;
  }
}

export async function makeStream(): Promise<TestStream> {
  const connection = await connect({ port: PORT });
  const manager = await jetstreamManager(connection);
  const stream = `heddle-test-${randomUUID().slice(0, 8)}`;
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] });
  return {
    connection,
    stream,
    prefix: stream,
    async close() {
      await manager.streams.delete(stream);
      await connection.close();
    },
  };
}

/** A server of its own that speaks TLS; `undefined` if the program is not here. */
export async function startTlsServer({
  key,
  cert,
}: {
  readonly key: string;
  readonly cert: string;
}): Promise<{ readonly port: number; stop(): void } | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-nats-'));
  const files = { key: join(folder, 'key'), cert: join(folder, 'cert') };
  writeFileSync(files.key, key);
  writeFileSync(files.cert, cert);
  // Port -1 lets the server choose, and it says which on its log.
  const tls = ['--tls', '--tlscert', files.cert, '--tlskey', files.key];
  const server = spawn(PROGRAM, ['-a', '127.0.0.1', '-p', '-1', ...tls], { stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await new Promise<number | undefined>((resolve) => {
    let log = '';
    server.once('error', () => resolve(undefined));
    server.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const at = /client connections on 127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (at !== undefined && log.includes('Server is ready')) resolve(Number(at));
    });
  });
  const stop = () => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  if (port !== undefined) return { port, stop };
  rmSync(folder, { recursive: true, force: true });
  return undefined;
}
