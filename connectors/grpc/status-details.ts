import type { Metadata } from '@grpc/grpc-js';
import type { Json } from '../sdk/index.ts';
import { Budget, BudgetError, decode } from './decode.ts';
import { declareTypes, type MessageType, type Types } from './types.ts';
import { WireError } from './wire.ts';

/** `google.rpc.Status` and the details that services commonly put into it. Stack traces are left where they are. */
const declared = declareTypes({
  Status: { code: '1 int32', message: '2 string', details: '3 repeated Detail' },
  Detail: { type_url: '1 string', value: '2 bytes' },
  'google.rpc.ErrorInfo': { reason: '1 string', domain: '2 string', metadata: '3 map<string,string>' },
  'google.rpc.RetryInfo': { retry_delay: '1 Delay' },
  Delay: { seconds: '1 int64', nanos: '2 int32' },
  'google.rpc.BadRequest': { field_violations: '1 repeated FieldViolation' },
  FieldViolation: { field: '1 string', description: '2 string', reason: '3 string' },
  'google.rpc.PreconditionFailure': { violations: '1 repeated PreconditionViolation' },
  PreconditionViolation: { type: '1 string', subject: '2 string', description: '3 string' },
  'google.rpc.QuotaFailure': { violations: '1 repeated QuotaViolation' },
  QuotaViolation: { subject: '1 string', description: '2 string' },
  'google.rpc.ResourceInfo': {
    resource_type: '1 string',
    resource_name: '2 string',
    owner: '3 string',
    description: '4 string',
  },
  'google.rpc.LocalizedMessage': { locale: '1 string', message: '2 string' },
});
const KNOWN = [
  'ErrorInfo',
  'RetryInfo',
  'BadRequest',
  'PreconditionFailure',
  'QuotaFailure',
  'ResourceInfo',
  'LocalizedMessage',
];
const MAX_JSON = 100_000;

interface Detail {
  readonly type_url: string;
  readonly value: string;
}

/** What a status says beside code and text; nothing of it that cannot be read. */
export function detailsOf(
  metadata: Metadata | undefined,
  types: Types | undefined,
): { readonly details: readonly Json[]; readonly retryAfterMs?: number } {
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? [];
  const found = Buffer.isBuffer(bytes) ? readStatus(bytes) : [];
  const details: Json[] = [];
  let retryAfterMs = pushback(metadata);
  for (const { type_url: url, value } of found) {
    const name = url.slice(url.lastIndexOf('/') + 1);
    const type = typeNamed(name, types);
    const json = type && tolerant(() => decode(type, Buffer.from(value, 'base64'), new Budget(MAX_JSON)));
    if (name === 'google.rpc.RetryInfo') retryAfterMs ??= delayOf(json);
    else if (json !== undefined) details.push({ '@type': name, ...(json as { readonly [key: string]: Json }) });
  }
  return { details, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function readStatus(bytes: Buffer): readonly Detail[] {
  const status = tolerant(() => decode(declared('Status'), bytes, new Budget(MAX_JSON)));
  return status === undefined ? [] : (status as unknown as { readonly details: readonly Detail[] }).details; // as declared
}

function typeNamed(name: string, types: Types | undefined): MessageType | undefined {
  if (KNOWN.some((each) => name === `google.rpc.${each}`)) return declared(name);
  return name.startsWith('google.') ? undefined : types?.message(name);
}

/** Details help whoever reads them; a call's judgement does not hang on them. */
function tolerant<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError || error instanceof BudgetError) return undefined;
    throw error;
  }
}

function pushback(metadata: Metadata | undefined): number | undefined {
  const [text] = metadata?.get('grpc-retry-pushback-ms') ?? [];
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function delayOf(json: Json | undefined): number | undefined {
  const delay = (json as { readonly retry_delay?: { readonly seconds: string; readonly nanos: number } } | undefined)
    ?.retry_delay; // as declared
  if (!delay) return undefined;
  const ms = Number(delay.seconds) * 1_000 + delay.nanos / 1e6;
  return ms > 0 && ms < 1e9 ? Math.ceil(ms) : undefined;
}
