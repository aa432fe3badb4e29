import { type ConnectorHost, defineConnector, Lifetime, refused, secretOf, tlsOf, within } from '../sdk/index.ts';
import { compose } from './compose.ts';
import { Binding, Config, checkBinding, checkConfig } from './schemas.ts';
import { greet, sendMail, type Transport } from './send.ts';

/** Mail by SMTP: a connection for each. */
export const mail = defineConnector({
  protocol: 'mail',
  title: { en: 'Mail', zh: '邮件' },
  config: Config,
  binding: Binding,
  checkConfig,
  checkBinding,
  destination: (config) => `smtp://${config.host}:${portOf(config)} ${config.encryption ?? 'starttls'}`,
  at: (config, { host, port }) => ({ ...config, host, port }),
  open: async (config, host) => {
    const transport = transportOf(config, host);
    const { maxBytes = 10_000_000, maxConnections = 5, recipientDomains } = config;
    const lifetime = new Lifetime();
    const sending = new Slots(maxConnections);

    return {
      async call({ binding, input }, context) {
        return lifetime.call(async () => {
          const made = await compose(binding, input, context, { maxBytes, recipientDomains });
          if (made.bytes.length > maxBytes) {
            throw refused(`the mail has ${made.bytes.length} bytes, more than ${maxBytes}`);
          }
          const entering = sending.enter();
          const leave = await within(context.deadline, entering, () => false).catch((error: unknown) => {
            void entering.then((leaveAtOnce) => leaveAtOnce());
            throw error;
          });
          try {
            const sent = await sendMail(transport, made, context);
            return { body: { messageId: made.messageId, ...sent } };
          } finally {
            leave();
          }
        });
      },
      close: () => lifetime.close(),
      async check() {
        lifetime.checkOpen();
        await greet(transport);
      },
    };
  },
});

/** So many at a time; the others wait, first come, first served. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** @returns gives the slot back */
  async enter(): Promise<() => void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    return () => {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }
}

function portOf({ port, encryption }: Config): number {
  return port ?? (encryption === 'implicit' ? 465 : 587);
}

function transportOf(config: Config, host: ConnectorHost): Transport {
  const { user, password, ca, encryption = 'starttls', connectTimeoutMs = 3_000 } = config;
  return {
    options: {
      host: config.host,
      port: portOf(config),
      secure: encryption === 'implicit',
      requireTLS: encryption === 'starttls',
      ignoreTLS: encryption === 'none',
      // A bank's own mail server has a private address.
      allowInternalNetworkInterfaces: true,
      connectionTimeout: connectTimeoutMs,
      greetingTimeout: connectTimeoutMs,
      ...(ca && { tls: tlsOf(host, { ca }) }),
    },
    login: user !== undefined && password ? { user, pass: secretOf(host, password) } : undefined,
  };
}
