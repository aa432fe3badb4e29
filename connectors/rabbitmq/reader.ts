import type { Connector, ConnectorHost } from '../sdk/index.ts';
import { rabbitmq } from './index.ts';
import { host } from './server.ts';

/** The connector with the password of the account `guest` for tests, whatever secrets their host has. */
export const asGuest: Connector = { ...rabbitmq, open: (config, given) => rabbitmq.open(config, withPassword(given)) };

function withPassword(given: ConnectorHost): ConnectorHost {
  return { ...given, secret: (name) => (name === 'RABBITMQ' ? host.secret() : given.secret(name)) };
}
