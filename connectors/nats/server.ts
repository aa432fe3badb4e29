import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

export const PORT = 4222;

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
