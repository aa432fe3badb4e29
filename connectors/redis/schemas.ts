import { type Static, Type } from 'typebox';
import { type ConfigProblem, SecretRef, Tls, tlsProblems } from '../sdk/index.ts';
import { fieldsOf } from './key.ts';

const closed = { additionalProperties: false };
const DAY_MS = 86_400_000;

export const Config = Type.Object(
  {
    host: Type.String({ pattern: '^[A-Za-z0-9._:-]+$', examples: ['redis.bank.internal'] }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, default: 6_379 })),
    database: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_023, default: 0 })),
    user: Type.Optional(Type.String({ minLength: 1 })),
    password: Type.Optional(SecretRef),
    tls: Type.Optional(Tls),
    rememberMs: Type.Optional(
      Type.Integer({
        minimum: 1_000,
        default: DAY_MS,
        description: 'For so long a message published, or a call made, by the same key again is not done twice.',
      }),
    ),
    maxLength: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Streams are cut to about this length when published to, whether the rest was read or not.',
      }),
    ),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    action: Type.Enum(['get', 'set', 'delete', 'increment', 'publish'], {
      description:
        'set takes the field value, increment the field by (1 without it); publish gives the input to a stream.',
    }),
    key: Type.String({
      minLength: 1,
      description: '{name} is replaced by the input field of that name.',
      examples: ['limits:{customerId}'],
    }),
    as: Type.Optional(
      Type.Enum(['json', 'text'], { default: 'json', description: 'How values are kept, for get and set.' }),
    ),
    ttlMs: Type.Optional(
      Type.Integer({ minimum: 1, description: 'When the key is forgotten; for set and increment.' }),
    ),
    ifAbsent: Type.Optional(
      Type.Boolean({ default: false, description: 'For set: only if there is nothing yet. The answer says whether.' }),
    ),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

export const Source = Type.Object(
  {
    stream: Type.String({ minLength: 1, maxLength: 512, title: 'Stream' }),
    group: Type.String({
      minLength: 1,
      maxLength: 512,
      title: 'Consumer group',
      description: 'Readers of one group share the messages. Made if it is missing, and the stream with it.',
    }),
    from: Type.Optional(
      Type.Enum(['0', '$'], { default: '0', description: 'A group that is made begins with the oldest, or the next.' }),
    ),
    minIdleMs: Type.Optional(
      Type.Integer({
        minimum: 500,
        maximum: 3_600_000,
        default: 30_000,
        description: 'After this time a message comes again if whoever took it has died. A long take is no death.',
      }),
    ),
  },
  closed,
);
export type Source = Static<typeof Source>;

export function checkConfig({ user, password, tls }: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (user !== undefined && !password) problems.push({ pointer: '/user', message: 'needs a password as well' });
  problems.push(...tlsProblems(tls));
  return problems;
}

export function checkBinding({ action, key, as, ttlMs, ifAbsent }: Binding): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (!fieldsOf(key)) problems.push({ pointer: '/key', message: 'has a { or } that names no field' });
  if (action === 'publish' && fieldsOf(key)?.length !== 0) {
    problems.push({ pointer: '/key', message: 'must be the name of one stream: the whole input is the message' });
  }
  if (as && action !== 'get' && action !== 'set') problems.push({ pointer: '/as', message: 'is for get and set' });
  if (ttlMs && action !== 'set' && action !== 'increment') {
    problems.push({ pointer: '/ttlMs', message: 'is for set and increment' });
  }
  if (ifAbsent && action !== 'set') problems.push({ pointer: '/ifAbsent', message: 'is for set' });
  return problems;
}
