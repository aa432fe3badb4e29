import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from './certificate.ts';

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
