import { randomUUID } from 'node:crypto';
import type { IClientOptions } from 'mqtt';
import { type ConnectorHost, defineConnector, Lifetime, refused, secretOf, tlsOf } from '../sdk/index.ts';
import { startListening } from './listen.ts';
import { Publisher } from './publisher.ts';
import { Binding, Config, checkBinding, checkConfig, Source } from './schemas.ts';
import { filterProblem } from './topic.ts';

/** MQTT 5: what devices and branches speak. */
export const mqtt = defineConnector({
  protocol: 'mqtt',
  title: { en: 'MQTT', zh: 'MQTT 物联消息' },
  config: Config,
  binding: Binding,
  source: Source,
  checkConfig,
  checkBinding,
  destination: (config) => `${config.tls ? 'mqtts' : 'mqtt'}://${config.host}:${portOf(config)}`,
  at: (config, { host, port }) => ({ ...config, host, port }),
  open: async (config, host) => {
    const options = optionsOf(config, host);
    const publisher = new Publisher({ ...options, clientId: `heddle-${randomUUID()}` });
    const lifetime = new Lifetime(() => publisher.close());

    return {
      async call({ binding: { topic, retain }, input }, context) {
        await lifetime.call(() => publisher.publish({ topic, payload: input }, context, retain));
        return { body: null };
      },
      publish: (message, context) => lifetime.call(() => publisher.publish(message, context)),
      async listen(source, take, listenOptions) {
        const problem = filterProblem(source.filter);
        if (problem) throw refused(`the filter ${problem}`);
        return lifetime.listen(() => startListening(options, source, take, listenOptions));
      },
      close: () => lifetime.close(),
      async check() {
        lifetime.checkOpen();
        // The library pings by itself and ends a connection that does not answer.
        await publisher.ready();
      },
    };
  },
});

function portOf({ port, tls }: Config): number {
  return port ?? (tls ? 8_883 : 1_883);
}

function optionsOf(config: Config, host: ConnectorHost): IClientOptions {
  const { user, password, tls } = config;
  return {
    protocol: tls ? 'mqtts' : 'mqtt',
    host: config.host,
    port: portOf(config),
    connectTimeout: config.connectTimeoutMs ?? 3_000,
    ...(user !== undefined && { username: user }),
    ...(password && { password: secretOf(host, password) }),
    ...(tls && tlsOf(host, tls)),
  };
}
