import { isIP } from 'node:net';
import { type Static, Type } from 'typebox';
import { type ConfigProblem, hostAndPort, SecretRef, Tls, tlsProblems } from '../sdk/index.ts';
import { filterProblem, subjectProblem } from './subject.ts';

const closed = { additionalProperties: false };
/** Stream and consumer names become words of subjects. */
const NAME = '^[A-Za-z0-9_-]{1,128}$';

export const Config = Type.Object(
  {
    servers: Type.Array(Type.String(), {
      minItems: 1,
      title: 'Servers',
      description: 'host:port each. Only these are called, whatever other servers a cluster tells of.',
      examples: [['nats-1.bank.internal:4222', 'nats-2.bank.internal:4222']],
    }),
    user: Type.Optional(Type.String({ minLength: 1 })),
    password: Type.Optional(SecretRef),
    token: Type.Optional(SecretRef),
    credentials: Type.Optional(
      Type.Object(
        { secret: Type.String({ minLength: 1 }) },
        { ...closed, description: 'The content of a .creds file: JWT and NKey.' },
      ),
    ),
    tls: Type.Optional(Tls),
    streams: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: NAME }),
            subjects: Type.Array(Type.String(), { minItems: 1 }),
            create: Type.Optional(
              Type.Boolean({
                default: false,
                description: 'Make the stream on the first connection if it is missing.',
              }),
            ),
          },
          closed,
        ),
        { title: 'Streams', description: 'What keeps the messages. Without this a stream has to be there already.' },
      ),
    ),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    action: Type.Enum(['request', 'publish'], {
      description: 'request: asks a service and waits for its answer. publish: gives the input to a stream.',
    }),
    subject: Type.String({ examples: ['accounts.balance'] }),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

export const Source = Type.Object(
  {
    stream: Type.String({ pattern: NAME, title: 'Stream' }),
    subject: Type.Optional(
      Type.String({ title: 'Subject', description: 'Only this part of the stream; * and > are wildcards.' }),
    ),
    durable: Type.String({
      pattern: NAME,
      title: 'Consumer',
      description: 'The durable consumer that remembers what was taken; readers of one name share. Made if missing.',
    }),
    from: Type.Optional(
      Type.Enum(['all', 'new'], {
        default: 'all',
        description: 'Where a consumer that is made begins: with all that is kept, or with what comes from then on.',
      }),
    ),
    ackWaitMs: Type.Optional(
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

export function checkConfig(config: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [index, server] of config.servers.entries()) {
    const pointer = `/servers/${index}`;
    const name = serverOf(server)?.replace(/:\d+$/, '');
    if (name === undefined) problems.push({ pointer, message: 'must be host:port, such as nats.bank.internal:4222' });
    // @nats-io/transport-node 3.4 compares the certificate of an address with the name localhost.
    else if (config.tls && isIP(name.replace(/^\[|\]$/g, '')) !== 0) {
      problems.push({ pointer, message: 'must be a name where there is TLS: its certificate is checked by that' });
    }
  }
  if ((config.user === undefined) !== (config.password === undefined)) {
    problems.push({ pointer: '', message: 'needs both user and password, or neither' });
  }
  if ([config.user, config.token, config.credentials].filter((way) => way !== undefined).length > 1) {
    problems.push({ pointer: '', message: 'must have only one of user, token and credentials' });
  }
  problems.push(...tlsProblems(config.tls));
  for (const [at, { subjects }] of (config.streams ?? []).entries()) {
    for (const [index, subject] of subjects.entries()) {
      const message = filterProblem(subject);
      if (message) problems.push({ pointer: `/streams/${at}/subjects/${index}`, message });
    }
  }
  return problems;
}

/** A server as the library takes it; `undefined` if the text names none. */
export function serverOf(text: string): string | undefined {
  const found = hostAndPort(text.replace(/^nats:\/\//, ''), { defaultPort: 4222, isIpv6Allowed: true });
  return found && `${found.host}:${found.port}`;
}

export function checkBinding({ subject }: Binding): readonly ConfigProblem[] {
  const message = subjectProblem(subject);
  return message ? [{ pointer: '/subject', message }] : [];
}
