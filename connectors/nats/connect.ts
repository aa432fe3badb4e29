import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { type ConnectorHost, reasonOf, rejected, secretOf, tlsOf } from '../sdk/index.ts';
import { type Config, serverOf } from './schemas.ts';

/** The library's options, with all secrets looked up. @throws {CallError} if one is missing */
export async function connectOptions(config: Config, host: ConnectorHost): Promise<ConnectionOptions> {
  const { credsAuthenticator } = await import('@nats-io/transport-node');
  const { user, password, token, credentials, tls } = config;
  return {
    name: 'heddle',
    servers: config.servers.flatMap((server) => serverOf(server) ?? []),
    // Secrets go to the servers of the configuration only.
    ignoreClusterUpdates: true,
    timeout: config.connectTimeoutMs ?? 3_000,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 500,
    pingInterval: 10_000,
    maxPingOut: 2,
    ...(user !== undefined && { user }),
    ...(password && { pass: secretOf(host, password) }),
    ...(token && { token: secretOf(host, token) }),
    ...(credentials && { authenticator: credsAuthenticator(Buffer.from(secretOf(host, credentials))) }),
    ...(tls && { tls: tlsOf(host, tls) }),
  };
}

/** Connects, and makes the streams that are to be made. */
export async function connect(options: ConnectionOptions, streams: Config['streams']): Promise<NatsConnection> {
  const { connect: dial } = await import('@nats-io/transport-node');
  const connection = await dial(options);
  try {
    for (const stream of streams ?? []) if (stream.create) await provideStream(connection, stream);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

async function provideStream(
  connection: NatsConnection,
  { name, subjects }: { readonly name: string; readonly subjects: readonly string[] },
): Promise<void> {
  const { jetstreamManager } = await import('@nats-io/jetstream');
  const manager = await jetstreamManager(connection, { checkAPI: false });
  try {
    await manager.streams.info(name);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'StreamNotFoundError')) throw error;
    try {
      await manager.streams.add({ name, subjects: [...subjects] });
    } catch (fault) {
      throw rejected(`stream ${name} cannot be made: ${reasonOf(fault)}`);
    }
  }
}
