import { Connection } from 'rabbitmq-client';

export const PORT = 5672;
const options = { hostname: '127.0.0.1', port: PORT, username: 'guest', password: 'guest', connectionTimeout: 3_000 };

/** The password of the account `guest`, under every name. */
export const host = { secret: () => 'guest', warn() {} };

export function configBy(port: number) {
  return { hosts: [`127.0.0.1:${port}`], user: 'guest', password: { secret: 'RABBITMQ' }, connectTimeoutMs: 1_000 };
}

/** A connection beside the connector; `undefined` if there is no broker, which one line on the console tells. */
export async function connectBeside(): Promise<Connection | undefined> {
  const connection = new Connection(options);
  connection.on('error', () => undefined); // what fails by it is seen by the test
  try {
    await connection.onConnect(3_000);
    return connection;
  } catch (error) {
    console.warn(
      `RabbitMQ cannot be reached on 127.0.0.1:${PORT} as guest, so its tests are skipped: ${String(error)}`,
    );
    return undefined;
  }
}
