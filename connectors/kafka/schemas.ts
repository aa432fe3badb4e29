import { type Static, Type } from 'typebox';
import { type ConfigProblem, hostAndPort, SecretRef, Tls, tlsProblems } from '../sdk/index.ts';

const closed = { additionalProperties: false };
/** What Kafka allows for topics; groups may have more, but need not. */
export const NAME = '^[A-Za-z0-9._-]{1,249}$';

export const Config = Type.Object(
  {
    brokers: Type.Array(Type.String(), {
      minItems: 1,
      title: 'Brokers',
      description: 'host:port of some brokers; they tell of the others.',
      examples: [['kafka-1.bank.internal:9093', 'kafka-2.bank.internal:9093']],
    }),
    clientId: Type.Optional(Type.String({ pattern: NAME, default: 'heddle' })),
    mechanism: Type.Optional(Type.Enum(['plain', 'scram-sha-256', 'scram-sha-512'], { title: 'SASL mechanism' })),
    user: Type.Optional(Type.String({ minLength: 1 })),
    password: Type.Optional(SecretRef),
    tls: Type.Optional(Tls),
    maxMessageBytes: Type.Optional(
      Type.Integer({ minimum: 1_000, default: 1_000_000, description: 'As the brokers have it: message.max.bytes.' }),
    ),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    action: Type.Literal('publish', { description: 'Gives the input to the topic; done when all replicas have it.' }),
    topic: Type.String({ pattern: NAME }),
    keyField: Type.Optional(
      Type.String({ minLength: 1, description: 'Input field whose value is the key: it decides the partition.' }),
    ),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

export const Source = Type.Object(
  {
    topic: Type.String({ pattern: NAME, title: 'Topic' }),
    group: Type.String({ minLength: 1, maxLength: 249, title: 'Consumer group' }),
    from: Type.Optional(
      Type.Enum(['beginning', 'end'], { default: 'beginning', description: 'Where a group without offsets begins.' }),
    ),
    sessionTimeoutMs: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 1_800_000,
        default: 30_000,
        description: 'After this time the partitions of a dead reader go to another. Brokers take no less than 6,000.',
      }),
    ),
  },
  closed,
);
export type Source = Static<typeof Source>;

export function checkConfig({ brokers, mechanism, user, password, tls }: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [index, broker] of brokers.entries()) {
    if (hostAndPort(broker)) continue;
    problems.push({ pointer: `/brokers/${index}`, message: 'must be host:port, such as kafka.bank.internal:9092' });
  }
  if (new Set([mechanism === undefined, user === undefined, password === undefined]).size > 1) {
    problems.push({ pointer: '', message: 'needs mechanism, user and password, or none of them' });
  }
  problems.push(...tlsProblems(tls));
  return problems;
}
