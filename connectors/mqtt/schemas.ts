import { type Static, Type } from 'typebox';
import { type ConfigProblem, SecretRef, Tls, tlsProblems } from '../sdk/index.ts';
import { topicProblem } from './topic.ts';

const closed = { additionalProperties: false };
const WEEK_MS = 604_800_000;

export const Config = Type.Object(
  {
    host: Type.String({ pattern: '^[A-Za-z0-9._:-]+$', examples: ['mqtt.bank.internal'] }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: 'Default: 1883, with TLS 8883.' })),
    user: Type.Optional(Type.String({ minLength: 1 })),
    password: Type.Optional(SecretRef),
    tls: Type.Optional(Tls),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    action: Type.Literal('publish', { description: 'Publishes the input; done when the broker has it.' }),
    topic: Type.String({ minLength: 1, examples: ['branch/0512/alarm'] }),
    retain: Type.Optional(
      Type.Boolean({ default: false, description: 'The broker keeps it for those who subscribe later.' }),
    ),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

export const Source = Type.Object(
  {
    filter: Type.String({ minLength: 1, title: 'Topics', description: '+ stands for a level, # for all that follow.' }),
    group: Type.Optional(
      Type.String({
        pattern: '^[^/+#\\s]+$',
        title: 'Group',
        description: 'Readers of one group share the messages, each by a client id of its own.',
      }),
    ),
    clientId: Type.String({
      minLength: 1,
      maxLength: 200,
      title: 'Client id',
      description: 'By it the broker keeps messages while the reader is away. One reader at a time can have it.',
    }),
    sessionExpiryMs: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        maximum: 4_294_967_294_000,
        default: WEEK_MS,
        description: 'How long the broker keeps messages for a reader that is away.',
      }),
    ),
  },
  closed,
);
export type Source = Static<typeof Source>;

export function checkConfig({ user, password, tls }: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if ((user === undefined) !== (password === undefined)) {
    problems.push({ pointer: '', message: 'needs both user and password, or neither' });
  }
  problems.push(...tlsProblems(tls));
  return problems;
}

export function checkBinding({ topic }: Binding): readonly ConfigProblem[] {
  const message = topicProblem(topic);
  return message ? [{ pointer: '/topic', message }] : [];
}
