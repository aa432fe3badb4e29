import { isIP } from 'node:net';
import { type Static, Type } from 'typebox';
import {
  AllowAddresses,
  allowAddressesProblems,
  type ConfigProblem,
  pointerTo,
  SecretRef,
  tlsFields,
  tlsProblems,
} from '../sdk/index.ts';
import { metadataNameProblem, metadataValueProblem, secretMetadataProblem } from './metadata.ts';
import { TypesError } from './types.ts';
import { describedTypes } from './types-cache.ts';

/** Calls share connections; one carries about a hundred at a time, as the server says. */
export const MAX_CONNECTIONS = 2;
export const MAX_MESSAGES = 1_000;

const closed = { additionalProperties: false };

/** Statuses after which a service can have acted, and may promise that it has not. */
const doubtful = ['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'ABORTED', 'CANCELLED', 'UNKNOWN', 'INTERNAL'] as const;

const reaching = {
  address: Type.String({
    title: 'Address',
    description: 'Host and port. Calls go to this host and to no other.',
    examples: ['ledger.bank.internal:9090'],
  }),
  tls: Type.Optional(
    Type.Object(
      {
        ...tlsFields,
        serverName: Type.Optional(Type.String({ minLength: 1, description: 'In the certificate. Default: the host.' })),
      },
      {
        ...closed,
        title: 'TLS',
        description:
          'Encrypts; without it calls are in clear. PEM texts by the names of secrets: an own CA, a client certificate and its key.',
      },
    ),
  ),
  metadata: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), SecretRef]), {
      title: 'Metadata of every call',
      description: 'A text, or { "secret": "NAME" } for a credential.',
    }),
  ),
  allowAddresses: Type.Optional(AllowAddresses),
  connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
};

export const Config = Type.Object(
  {
    ...reaching,
    descriptors: Type.String({
      minLength: 1,
      maxLength: 16 * 1_048_576,
      title: 'Descriptors',
      description: 'A FileDescriptorSet as base64, by which calls are encoded. Importing the service fills it in.',
    }),
    didNotActOn: Type.Optional(
      Type.Array(Type.Enum([...doubtful]), {
        title: 'Did not act on',
        description: 'Statuses by which this service promises that it did nothing.',
      }),
    ),
    serialNumberMetadata: Type.Optional(
      Type.String({ title: 'Metadata of the serial number', default: 'x-serial-number' }),
    ),
    maxConnections: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: MAX_CONNECTIONS,
        description: 'Each carries many calls at a time.',
      }),
    ),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    service: Type.String({ minLength: 1, maxLength: 500, description: 'With its package.', examples: ['bank.Quota'] }),
    method: Type.String({ minLength: 1, maxLength: 200, examples: ['Reserve'] }),
    metadata: Type.Optional(
      Type.Record(Type.String(), Type.String(), { description: 'Input field → name in the metadata.' }),
    ),
    collect: Type.Optional(
      Type.Object(
        {
          maxMessages: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 100_000,
              default: MAX_MESSAGES,
              description: 'More are an error, never a cut.',
            }),
          ),
        },
        { ...closed, description: 'Of a method that streams its answer: all of it, as { "messages": [...] }.' },
      ),
    ),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

export const From = Type.Object(
  {
    ...reaching,
    services: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        maxItems: 1_000,
        title: 'Services',
        description: 'With their packages. Default: all that are not of gRPC itself.',
        examples: [['bank.Quota']],
      }),
    ),
    protos: Type.Optional(
      Type.Record(Type.String({ minLength: 1 }), Type.String({ maxLength: 5_000_000 }), {
        title: '.proto files',
        description:
          'Texts by the names under which they import each other. Without it the server is asked by reflection.',
        maxProperties: 2_000,
      }),
    ),
  },
  closed,
);
export type From = Static<typeof From>;

type Reaching = Pick<Config, 'address' | 'tls' | 'metadata' | 'allowAddresses'>;

export function checkReaching(config: Reaching): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (pointer: string, message: string | undefined) => message && problems.push({ pointer, message });
  if (!splitAddress(config.address)) add('/address', 'must be a host and a port, such as ledger.bank.internal:9090');
  for (const [name, value] of Object.entries(config.metadata ?? {})) {
    const pointer = pointerTo('metadata', name);
    add(pointer, metadataNameProblem(name));
    if (typeof value === 'string') add(pointer, metadataValueProblem(value) ?? secretMetadataProblem(name));
  }
  problems.push(...allowAddressesProblems(config.allowAddresses));
  return [...problems, ...tlsProblems(config.tls)];
}

export function checkConfig(config: Config): readonly ConfigProblem[] {
  const problems = [...checkReaching(config)];
  const { serialNumberMetadata: serial } = config;
  const message = serial === undefined ? undefined : metadataNameProblem(serial);
  if (message !== undefined) problems.push({ pointer: '/serialNumberMetadata', message });
  try {
    describedTypes(config.descriptors);
  } catch (error) {
    if (!(error instanceof TypesError)) throw error;
    problems.push({ pointer: '/descriptors', message: error.message });
  }
  return problems;
}

export function checkBinding(binding: Binding): readonly ConfigProblem[] {
  return Object.entries(binding.metadata ?? {}).flatMap(([field, name]) => {
    const message = metadataNameProblem(name);
    const pointer = pointerTo('metadata', field);
    return message === undefined ? [] : [{ pointer, message }];
  });
}

/** `undefined` if it is none. */
export function splitAddress(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}))):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535)) return undefined;
  return bracketed !== undefined && isIP(bracketed) !== 6 ? undefined : { host, port };
}
