import type { Connector } from '../sdk/index.ts';
import { rabbitmq } from './index.ts';
import { host } from './server.ts';

/** The connector with the password of the account `guest` for tests, whatever secrets their host has. */
export const asGuest: Connector = { ...rabbitmq, open: (config) => rabbitmq.open(config, host) };
