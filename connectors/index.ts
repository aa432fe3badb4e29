import { grpc } from './grpc/index.ts';
import { http } from './http/index.ts';
import { kafka } from './kafka/index.ts';
import { mail } from './mail/index.ts';
import { mqtt } from './mqtt/index.ts';
import { nats } from './nats/index.ts';
import { rabbitmq } from './rabbitmq/index.ts';
import { redis } from './redis/index.ts';
import type { Connector, Connectors } from './sdk/index.ts';
import { sql } from './sql/index.ts';

/** Every connector that comes with Heddle. To add one: its folder, and its name in this list. */
const builtIn: readonly Connector[] = [grpc, http, kafka, mail, mqtt, nats, rabbitmq, redis, sql];

export const connectors: Connectors = new Map(builtIn.map((connector) => [connector.protocol, connector]));
