import { connect as dial, isIP, type Socket } from 'node:net';
import { connect as dialTls } from 'node:tls';
import type { ISocketFactory, Kafka, KafkaConfig } from 'kafkajs';
import { atMost } from '../sdk/index.ts';

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

/** Ends in order, or by force if the broker does not answer. */
export async function leave(client: Client, goodbye: () => Promise<void>, withinMs: number): Promise<void> {
  await atMost(withinMs, goodbye());
  client.destroy();
}
