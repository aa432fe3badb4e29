import type { SASLOptions } from 'kafkajs';
import { type ConnectorHost, defineConnector, type Json, Lifetime, refused, secretOf, tlsOf } from '../sdk/index.ts';
import type { ClientConfig } from './client.ts';
import { startListening } from './listen.ts';
import { Publisher } from './publisher.ts';
import { Binding, Config, checkConfig, Source } from './schemas.ts';

const REQUEST_MS = 10_000;

/** Apache Kafka: topics in partitions. */
export const kafka = defineConnector({
  protocol: 'kafka',
  title: { en: 'Kafka', zh: 'Kafka 消息' },
  config: Config,
  binding: Binding,
  source: Source,
  checkConfig,
  destination: ({ brokers, tls }) => `${tls ? 'kafka+tls' : 'kafka'}://${brokers.join()}`,
  open: async (config, host) => {
    const options = optionsOf(config, host);
    const publisher = new Publisher(options, config.maxMessageBytes ?? 1_000_000);
    const lifetime = new Lifetime(() => publisher.close());

    return {
      async call({ binding: { topic, keyField }, input }, context) {
        lifetime.checkOpen();
        const key = keyField === undefined ? {} : { key: keyOf(input, keyField) };
        const placed = await lifetime.call(() => publisher.publish({ topic, payload: input, ...key }, context));
        return { body: placed };
      },
      async publish(message, context) {
        await lifetime.call(() => publisher.publish(message, context));
      },
      listen: (source, take, listenOptions) =>
        lifetime.listen(() => startListening(options, source, take, listenOptions)),
      close: () => lifetime.close(),
      async check() {
        lifetime.checkOpen();
        await publisher.ready();
      },
    };
  },
});

function keyOf(input: Json, field: string): string {
  const fields = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
  const value = Object.hasOwn(fields, field) ? (fields as { readonly [name: string]: Json })[field] : undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw refused(`input field ${field} must be a text or a number: it is the key`);
}

function optionsOf(config: Config, host: ConnectorHost): ClientConfig {
  const { brokers, clientId = 'heddle', mechanism, user, password, tls, connectTimeoutMs = 3_000 } = config;
  return {
    clientId,
    brokers: [...brokers],
    connectionTimeout: connectTimeoutMs,
    authenticationTimeout: connectTimeoutMs,
    requestTimeout: REQUEST_MS,
    retry: { retries: 0 },
    ...(mechanism &&
      user !== undefined &&
      password && { sasl: { mechanism, username: user, password: secretOf(host, password) } as SASLOptions }), // each has these two
    ...(tls && { ssl: tlsOf(host, tls) }),
  };
}
