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
import { headerNameProblem, headerValueProblem, literalSecretProblem } from './header.ts';
import { parsePath, pathProblem } from './path.ts';

/** With 64 callers a call takes a quarter less CPU by 64 connections than by 256: undici tests idle ones before use. */
export const MAX_CONNECTIONS = 64;

const closed = { additionalProperties: false };

export const Config = Type.Object(
  {
    baseUrl: Type.String({
      title: 'Base URL',
      description: 'Calls go to this origin and to no other; its path is put before the path of each operation.',
      examples: ['https://core.bank.internal/api'],
    }),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), SecretRef]), {
        title: 'Headers of every call',
        description: 'A text, or { "secret": "NAME" } for a credential.',
      }),
    ),
    allowAddresses: Type.Optional(AllowAddresses),
    didNotActOn: Type.Optional(
      Type.Array(Type.Integer({ minimum: 500, maximum: 599 }), {
        title: 'Did not act on',
        description: 'Statuses of the 5xx range by which this service promises that it did nothing, such as [503].',
      }),
    ),
    serialNumberHeader: Type.Optional(
      Type.String({ title: 'Header of the serial number', default: 'X-Serial-Number' }),
    ),
    maxConnections: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: MAX_CONNECTIONS,
        description:
          'Calls beyond it wait. Slow services with many callers need more: calls per second × seconds per call.',
      }),
    ),
    connectTimeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000, default: 3_000 })),
    tls: Type.Optional(
      Type.Object(tlsFields, {
        ...closed,
        title: 'TLS',
        description: 'PEM texts, by the names of secrets: an own CA, a client certificate and its key.',
      }),
    ),
  },
  closed,
);
export type Config = Static<typeof Config>;

export const Binding = Type.Object(
  {
    method: Type.Enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path: Type.String({
      description: 'Starts with /; {name} is replaced by the input field of that name.',
      examples: ['/accounts/{id}'],
    }),
    query: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Input fields that go into the query string; an array repeats its field.',
      }),
    ),
    headers: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Input field → header name.' })),
    body: Type.Optional(
      Type.Enum(['json', 'form', 'none'], {
        description: 'How the other fields are sent. Default: none for GET, HEAD and DELETE, else json.',
      }),
    ),
  },
  closed,
);
export type Binding = Static<typeof Binding>;

export function checkConfig(config: Config): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (pointer: string, message: string | undefined) => message && problems.push({ pointer, message });
  add('/baseUrl', baseUrlProblem(config.baseUrl));
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    const pointer = pointerTo('headers', name);
    add(pointer, headerNameProblem(name));
    if (typeof value !== 'string') continue;
    add(pointer, headerValueProblem(value) ?? literalSecretProblem(name));
  }
  problems.push(...allowAddressesProblems(config.allowAddresses));
  if (config.serialNumberHeader !== undefined) add('/serialNumberHeader', headerNameProblem(config.serialNumberHeader));
  return [...problems, ...tlsProblems(config.tls)];
}

function baseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text) || /[\s\\]/.test(text)) return 'must be a URL such as https://core.bank.internal/api';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must be http or https';
  if (url.username !== '' || url.password !== '')
    return 'must not contain credentials; put them into headers as a secret';
  if (/[?#]/.test(text)) return 'must not contain ? or #';
  const path = text.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/$/, '');
  const problem = path === '' ? undefined : pathProblem(path);
  return problem ?? (/[{}]/.test(path) ? 'must not contain fields' : undefined);
}

export function checkBinding(binding: Binding): readonly ConfigProblem[] {
  const problem = pathProblem(binding.path);
  const problems: ConfigProblem[] = problem ? [{ pointer: '/path', message: problem }] : [];
  const taken = new Set(problem ? [] : parsePath(binding.path).fields);
  const take = (field: string, pointer: string) => {
    if (taken.has(field)) problems.push({ pointer, message: `input field ${field} has a place already` });
    taken.add(field);
  };
  for (const [index, field] of (binding.query ?? []).entries()) take(field, `/query/${index}`);
  for (const [field, name] of Object.entries(binding.headers ?? {})) {
    const pointer = pointerTo('headers', field);
    take(field, pointer);
    const message = headerNameProblem(name);
    if (message) problems.push({ pointer, message });
  }
  if (binding.method === 'GET' || binding.method === 'HEAD') {
    if (binding.body !== undefined && binding.body !== 'none') {
      problems.push({ pointer: '/body', message: `${binding.method} has no body: use none` });
    }
  }
  return problems;
}
