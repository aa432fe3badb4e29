import { type Static, Type } from 'typebox';
import { type ConfigProblem, SecretRef } from '../sdk/index.ts';
import { addressProblem, lineProblem } from './address.ts';

const closed = { additionalProperties: false };
const Addresses = Type.Array(Type.String(), { maxItems: 100 });

export const Config = Type.Object(
  {
    host: Type.String({ pattern: '^[A-Za-z0-9._:-]+$', examples: ['smtp.bank.internal'] }),
    port: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65_535, description: 'Default: 587, with implicit TLS 465.' }),
    ),
    encryption: Type.Optional(
      Type.Enum(['starttls', 'implicit', 'none'], {
        default: 'starttls',
        description: 'With starttls nothing is sent, no password either, unless the server encrypts.',
      }),
    ),
    ca: Type.Optional(SecretRef),
    user: Type.Optional(Type.String({ minLength: 1 })),
    password: Type.Optional(SecretRef),
    recipientDomains: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]+$' }), {
        title: 'Allowed domains of recipients',
        description: 'Without it mail may go anywhere.',
        examples: [['bank.example']],
      }),
    ),
    maxBytes: Type.Optional(
      Type.Integer({ minimum: 1_000, default: 10_000_000, description: 'Of a whole mail, with its attachments.' }),
    ),
    maxConnections: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 5 })),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    from: Type.String({ examples: ['notice@bank.example'] }),
    fromName: Type.Optional(Type.String()),
    replyTo: Type.Optional(Type.String()),
    to: Type.Optional(Addresses),
    cc: Type.Optional(Addresses),
    bcc: Type.Optional(Addresses),
    subject: Type.Optional(Type.String({ description: 'What stands here cannot be given by the input as well.' })),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

/** What a call may give. */
export const Input = Type.Object(
  {
    to: Type.Optional(Type.Union([Type.String(), Addresses])),
    cc: Type.Optional(Type.Union([Type.String(), Addresses])),
    bcc: Type.Optional(Type.Union([Type.String(), Addresses])),
    subject: Type.Optional(Type.String()),
    text: Type.Optional(Type.String()),
    html: Type.Optional(Type.String()),
    attachments: Type.Optional(
      Type.Array(
        Type.Object(
          {
            filename: Type.String({ minLength: 1, maxLength: 200 }),
            contentType: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$' })),
            base64: Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' }),
          },
          closed,
        ),
        { maxItems: 20 },
      ),
    ),
  },
  closed,
);
export type Input = Static<typeof Input>;

export function checkConfig({ user, password, encryption, ca }: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if ((user === undefined) !== (password === undefined)) {
    problems.push({ pointer: '', message: 'needs both user and password, or neither' });
  }
  if (encryption === 'none' && password) {
    problems.push({ pointer: '/encryption', message: 'must not be none: the password would be sent in the clear' });
  }
  if (encryption === 'none' && ca) problems.push({ pointer: '/ca', message: 'is of no use without encryption' });
  return problems;
}

export function checkBinding(binding: Binding): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (pointer: string, message: string | undefined) => message && problems.push({ pointer, message });
  add('/from', addressProblem(binding.from));
  if (binding.replyTo !== undefined) add('/replyTo', addressProblem(binding.replyTo));
  if (binding.fromName !== undefined) add('/fromName', lineProblem(binding.fromName));
  if (binding.subject !== undefined) add('/subject', lineProblem(binding.subject));
  for (const field of ['to', 'cc', 'bcc'] as const) {
    for (const [index, address] of (binding[field] ?? []).entries()) add(`/${field}/${index}`, addressProblem(address));
  }
  return problems;
}
