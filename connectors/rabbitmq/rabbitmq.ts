import { defineConnector, judged, Lifetime, secretOf, tlsOf, unavailable } from '../sdk/index.ts';
import { Link } from './link.ts';
import { startListening } from './listen.ts';
import { Publisher } from './publisher.ts';
import { Binding, Config, checkBinding, checkConfig, hostOf, Source } from './schemas.ts';
import { destinationOf } from './topic.ts';

/** RabbitMQ by AMQP 0-9-1: exchanges to publish to, queues to read. */
export const rabbitmq = defineConnector({
  protocol: 'rabbitmq',
  title: { en: 'RabbitMQ', zh: 'RabbitMQ 消息' },
  config: Config,
  binding: Binding,
  source: Source,
  checkConfig,
  checkBinding,
  destination: ({ hosts, virtualHost = '/', tls }) =>
    `${tls ? 'amqps' : 'amqp'}://${hosts.map((host) => hostOf(host, tls !== undefined)).join()} ${virtualHost}`,
  open: async (config, host) => {
    const { hosts, virtualHost = '/', user, password, tls, connectTimeoutMs = 3_000 } = config;
    const options = {
      connectionName: 'heddle',
      vhost: virtualHost,
      username: user,
      password: secretOf(host, password),
      connectionTimeout: connectTimeoutMs,
      acquireTimeout: connectTimeoutMs,
      heartbeat: 10,
      frameMax: 131_072,
      retryLow: 500,
      retryHigh: 2_000,
      noDelay: true,
      ...(tls && { tls: tlsOf(host, tls) }),
    };
    const nodes = hosts.flatMap((name) => hostOf(name, tls !== undefined) ?? []);
    // Two, because a broker short of memory or disk stops reading from connections that publish, acknowledgements too.
    const outward = new Link(nodes, options);
    const inward = new Link(nodes, options);
    const publisher = new Publisher(outward);
    const lifetime = new Lifetime(async () => {
      await Promise.all([outward.close(() => publisher.close()), inward.close()]);
    });

    return {
      async call({ binding: { exchange = '', routingKey }, input }, context) {
        await lifetime.call(() => publisher.publish({ exchange, routingKey }, { payload: input }, context));
        return { body: null };
      },
      async publish(message, context) {
        await lifetime.call(() => publisher.publish(destinationOf(message.topic), message, context));
      },
      listen: (source, take, listenOptions) =>
        lifetime.listen(() => startListening(inward, source, take, listenOptions)),
      close: () => lifetime.close(),
      async check() {
        lifetime.checkOpen();
        try {
          const connection = await outward.get();
          await (await connection.acquire()).close();
        } catch (error) {
          throw judged(error, (reason) => unavailable(reason, false));
        }
      },
    };
  },
});
