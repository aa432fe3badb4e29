import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
}

export interface MailServer {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** Writes to all connections what no SMTP server would. */
  write(text: string): void;
  cut(): void;
  close(): Promise<void>;
}

type Answer = (error?: Error | null) => void;

/** A real SMTP server for tests. `answer` is called when a mail has arrived in full. */
export async function startMailServer(
  answer: (server: MailServer, done: Answer) => void,
  options: SMTPServerOptions = {},
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(parts).toString(),
        });
        answer(self, done);
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // connections that a test cuts
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = () => [...server.connections].map(({ _socket }) => _socket);
  const self: MailServer = {
    port: (server.server.address() as AddressInfo).port, // what a server that listens on a port has
    mails,
    write(text) {
      for (const socket of sockets()) socket.write(text);
    },
    cut() {
      for (const socket of sockets()) socket.destroy();
    },
    close() {
      self.cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return self;
}
