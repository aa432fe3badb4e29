import { type Static, Type } from 'typebox';
import { type ConfigProblem, hostAndPort, SecretRef, Tls, tlsProblems } from '../sdk/index.ts';
import { destinationProblem } from './topic.ts';

const closed = { additionalProperties: false };

export const Config = Type.Object(
  {
    hosts: Type.Array(Type.String(), {
      minItems: 1,
      title: 'Hosts',
      description: 'host:port of each node of the cluster; they are tried in turn.',
      examples: [['mq-1.bank.internal:5672', 'mq-2.bank.internal:5672']],
    }),
    virtualHost: Type.Optional(Type.String({ minLength: 1, default: '/', title: 'Virtual host' })),
    user: Type.String({ minLength: 1 }),
    password: SecretRef,
    tls: Type.Optional(Tls),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    action: Type.Literal('publish', { description: 'Gives the input to the exchange; done when the broker has it.' }),
    exchange: Type.Optional(
      Type.String({ default: '', description: 'Without it the routing key is the name of a queue.' }),
    ),
    routingKey: Type.String({ examples: ['payments.settled'] }),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

export const Source = Type.Object(
  {
    queue: Type.String({ minLength: 1, maxLength: 255, title: 'Queue' }),
    declare: Type.Optional(
      Type.Object(
        {
          durable: Type.Optional(Type.Boolean({ default: true, description: 'Outlives a restart of the broker.' })),
          quorum: Type.Optional(
            Type.Boolean({ default: false, description: 'Kept on several nodes; counts deliveries exactly.' }),
          ),
          bind: Type.Optional(
            Type.Array(
              Type.Object(
                { exchange: Type.String({ minLength: 1 }), routingKey: Type.String() },
                { ...closed, description: 'In the key of a topic exchange * and # stand for words.' },
              ),
            ),
          ),
        },
        { ...closed, description: 'Makes the queue if it is missing. Without this it has to be there.' },
      ),
    ),
  },
  closed,
);
export type Source = Static<typeof Source>;

export function checkConfig(config: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [index, host] of config.hosts.entries()) {
    if (hostOf(host, config.tls !== undefined)) continue;
    problems.push({ pointer: `/hosts/${index}`, message: 'must be host:port, such as mq.bank.internal:5672' });
  }
  problems.push(...tlsProblems(config.tls));
  return problems;
}

/** A host with its port; `undefined` if the text names none. */
export function hostOf(text: string, isTls: boolean): string | undefined {
  const found = hostAndPort(text, { defaultPort: isTls ? 5671 : 5672 });
  return found && `${found.host}:${found.port}`;
}

export function checkBinding({ exchange = '', routingKey }: Binding): readonly ConfigProblem[] {
  const message = destinationProblem({ exchange, routingKey });
  return message ? [{ pointer: '/routingKey', message }] : [];
}
