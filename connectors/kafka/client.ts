import { connect as dial, isIP, type Socket } from 'node:net';
import { connect as dialTls } from 'node:tls';
import type { ISocketFactory, Kafka, KafkaConfig } from 'kafkajs';
import { atMost, Pauses } from '../sdk/index.ts';

/** The library's, with the time in which a broker has to answer. */
export type ClientConfig = KafkaConfig & { readonly connectionTimeout: number };

/** A client of the library, and its sockets: only by them a loss is seen at once, and a silent broker left. */
export interface Client {
  readonly kafka: Kafka;
  /** Resolves when the first connection is gone. */
  readonly gone: Promise<void>;
  isGone(): boolean;
  /** Cuts what is left of it. */
  destroy(): void;
}

export async function openClient(config: KafkaConfig): Promise<Client> {
  const { Kafka, logLevel } = await import('kafkajs');
  const sockets = new Set<Socket>();
  let isGone = false;
  let tell = () => {};
  const gone = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl ? dialTls({ host, port, ...servername, ...ssl }, onConnect) : dial({ host, port }, onConnect);
    socket.setKeepAlive(true, 10_000);
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      isGone = true;
      tell();
    });
    return socket;
  };
  const kafka = new Kafka({ ...config, socketFactory, logLevel: logLevel.NOTHING });
  return {
    kafka,
    gone,
    isGone: () => isGone,
    destroy() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Settles as `work` does. @throws {Error} if that takes longer than `ms`: of a broker that is silent the library says nothing */
export async function answered<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const limit = new Pauses();
  const late = limit.for(ms).then(() => {
    throw new Error('the broker does not answer');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined); // ended, not late
    limit.end();
  }
}

/** Ends in order, or by force if the broker does not answer. */
export async function leave(client: Client, goodbye: () => Promise<void>, withinMs: number): Promise<void> {
  await atMost(withinMs, goodbye());
  client.destroy();
}
