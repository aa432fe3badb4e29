import { defineConnector, judged, Lifetime, refused, unavailable } from '../sdk/index.ts';
import { connect, connectOptions } from './connect.ts';
import { Link } from './link.ts';
import { startListening } from './listen.ts';
import { peekStream } from './peek.ts';
import { Binding, Config, checkBinding, checkConfig, Source, serverOf } from './schemas.ts';
import { publish, request } from './send.ts';
import { filterProblem } from './subject.ts';

/** NATS with JetStream: messages kept in streams, and services that answer requests. */
export const nats = defineConnector({
  protocol: 'nats',
  title: { en: 'NATS', zh: 'NATS 消息' },
  config: Config,
  binding: Binding,
  source: Source,
  checkConfig,
  checkBinding,
  destination: ({ servers, tls }) => `${tls ? 'tls' : 'nats'}://${servers.map((server) => serverOf(server)).join()}`,
  open: async (config, host) => {
    const options = await connectOptions(config, host);
    const link = new Link(() => connect(options, config.streams));
    const lifetime = new Lifetime(() => link.close());

    return {
      async call({ binding, input }, context) {
        return lifetime.call(async () => {
          if (binding.action === 'request') return request(link, binding.subject, input, context);
          const ack = await publish(link, { topic: binding.subject, payload: input }, context);
          return { body: { ...ack } };
        });
      },
      async publish(message, context) {
        await lifetime.call(() => publish(link, message, context));
      },
      async listen(source, take, listenOptions) {
        const problem = source.subject === undefined ? undefined : filterProblem(source.subject);
        if (problem) throw refused(`the subject ${problem}`);
        return lifetime.listen(() => startListening(link, source, take, listenOptions));
      },
      async peek(source, limit) {
        try {
          return await lifetime.call(async () => peekStream(await link.get(), source, limit));
        } catch (error) {
          throw judged(error, (reason) => unavailable(reason, false));
        }
      },
      close: () => lifetime.close(),
      async check() {
        lifetime.checkOpen();
        const connection = await link.get();
        try {
          await link.whileUp(connection.rtt(), false);
        } catch (error) {
          throw judged(error, (reason) => unavailable(reason, false));
        }
      },
    };
  },
});
