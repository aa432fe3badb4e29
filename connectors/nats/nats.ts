import { defineConnector } from '../sdk/index.ts';
import { connect, connectOptions } from './connect.ts';
import { judged, refused, unavailable } from './failure.ts';
import { Link } from './link.ts';
import { startListening } from './listen.ts';
import { peekStream } from './peek.ts';
import { Binding, Config, checkBinding, checkConfig, Source, serverOf } from './schemas.ts';
import { publish, request } from './send.ts';
import { filterProblem } from './subject.ts';
import { Takes } from './takes.ts';

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
    const calls = new Takes();
    const listeners = new Set<() => Promise<void>>();
    let closing: Promise<void> | undefined;

    async function close(): Promise<void> {
      await Promise.all([...listeners].map((closeListener) => closeListener()));
      await calls.untilDone();
      await link.close();
    }

    function checkOpen(): void {
      if (closing) throw refused('the connection is closed');
    }

    return {
      async call({ binding, input }, context) {
        checkOpen();
        return calls.run(async () => {
          if (binding.action === 'request') return request(link, binding.subject, input, context);
          const ack = await publish(link, { topic: binding.subject, payload: input }, context);
          return { body: { ...ack } };
        });
      },
      async publish(message, context) {
        checkOpen();
        await calls.run(() => publish(link, message, context));
      },
      async listen(source, take, listenOptions) {
        checkOpen();
        const problem = source.subject === undefined ? undefined : filterProblem(source.subject);
        if (problem) throw refused(`the subject ${problem}`);
        const listening = await startListening(link, source, take, listenOptions);
        listeners.add(listening.close);
        return listening;
      },
      async peek(source, limit) {
        checkOpen();
        try {
          return await calls.run(async () => peekStream(await link.get(), source, limit));
        } catch (error) {
          throw judged(error, (reason) => unavailable(reason, false));
        }
      },
      close() {
        closing ??= close();
        return closing;
      },
      async check() {
        checkOpen();
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
