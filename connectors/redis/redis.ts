import {
  CallError,
  type ConnectorHost,
  createDeadlines,
  defineConnector,
  judged,
  Lifetime,
  secretOf,
  tlsOf,
  unavailable,
} from '../sdk/index.ts';
import { messageOf } from './entry.ts';
import { Link } from './link.ts';
import { startListening } from './listen.ts';
import { perform, publish } from './operations.ts';
import { Binding, Config, checkBinding, checkConfig, Source } from './schemas.ts';
import { judge, listOf } from './send.ts';

const CHECK_MS = 3_000;
/** A command that gets no answer for so long has a dead connection; deadlines of calls are shorter, or their own. */
const SILENCE_MS = 10_000;
const DAY_MS = 86_400_000;

/** Redis: streams with consumer groups, and values by key. */
export const redis = defineConnector({
  protocol: 'redis',
  title: { en: 'Redis', zh: 'Redis 缓存与消息流' },
  config: Config,
  binding: Binding,
  source: Source,
  checkConfig,
  checkBinding,
  destination: ({ host, port = 6_379, database = 0, tls }) =>
    `${tls ? 'rediss' : 'redis'}://${host}:${port}/${database}`,
  at: (config, { host, port }) => ({ ...config, host, port }),
  open: async (config, host) => {
    const { connectTimeoutMs = 3_000, rememberMs = DAY_MS, maxLength = 0 } = config;
    const options = optionsOf(config, host);
    const commands = new Link({ ...options, socketTimeout: SILENCE_MS }, connectTimeoutMs);
    const keeping = { rememberMs, maxLength };
    const lifetime = new Lifetime(() => commands.close());
    const deadlines = createDeadlines();

    return {
      async call(request, context) {
        return lifetime.call(() => perform(commands, request, context, keeping));
      },
      async publish(message, context) {
        await lifetime.call(() => publish(commands, message, context, keeping));
      },
      async listen(source, take, listenOptions) {
        const reading = new Link(options, connectTimeoutMs);
        try {
          const links = { reading, commands };
          return await lifetime.listen(() => startListening(links, source, take, listenOptions, host.warn));
        } catch (error) {
          await reading.close();
          throw withoutActing(judge(error));
        }
      },
      async peek({ stream }, limit) {
        lifetime.checkOpen();
        try {
          const client = await commands.get();
          const entries = await lifetime.call(() => client.callBuffer('XREVRANGE', stream, '+', '-', 'COUNT', limit));
          return listOf(entries).map((entry) => messageOf(stream, entry, 1));
        } catch (error) {
          throw withoutActing(judge(error));
        }
      },
      close: () => lifetime.close(),
      async check() {
        lifetime.checkOpen();
        try {
          const client = await commands.get();
          const late = deadlines.start(CHECK_MS);
          await Promise.race([
            client.ping(),
            new Promise((_, reject) => late.onExpire(() => reject(unavailable('no answer to PING', false)))),
          ]);
        } catch (error) {
          throw withoutActing(judged(error, (reason) => unavailable(reason, false)));
        }
      },
    };
  },
});

function optionsOf(config: Config, host: ConnectorHost) {
  const { user, password, tls } = config;
  return {
    host: config.host,
    port: config.port ?? 6_379,
    db: config.database ?? 0,
    connectionName: 'heddle',
    ...(user !== undefined && { username: user }),
    ...(password && { password: secretOf(host, password) }),
    ...(tls && { tls: tlsOf(host, tls) }),
  };
}

/** To look or to begin to read does nothing to a service that could be done twice. */
function withoutActing({ message, kind, retryable }: CallError): CallError {
  return new CallError(message, { kind, retryable, mayHaveActed: false });
}
