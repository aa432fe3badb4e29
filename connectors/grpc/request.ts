import type { Buffer } from 'node:buffer';
import type { CallContext, Json } from '../sdk/index.ts';
import { encode } from './encode.ts';
import { metadataValueProblem } from './metadata.ts';
import { ValueError } from './scalars.ts';
import { type Binding, MAX_MESSAGES } from './schemas.ts';
import { type MessageType, type Types, TypesError } from './types.ts';

/** What of a call does not change, worked out once per operation. */
export interface PreparedCall {
  readonly path: string;
  readonly response: MessageType;
  readonly isStream: boolean;
  readonly maxMessages: number;
  /** @throws {ValueError} if the input does not fit. */
  build(input: Json): { readonly body: Buffer; readonly metadata: readonly (readonly [string, string])[] };
}

/** @throws {TypesError} if there is no such method, or it is one that cannot be called with one input. */
export function prepareCall(binding: Binding, types: Types): PreparedCall {
  const service = types.services.get(binding.service);
  if (!service) throw new TypesError(`the descriptors have no service ${binding.service}`);
  const method = service.methods.get(binding.method);
  if (!method) throw new TypesError(`the service ${binding.service} has no method ${binding.method}`);
  if (method.clientStreaming)
    throw new TypesError(`${binding.service}/${binding.method} takes a stream of messages, an operation has one input`);
  const { request, response, serverStreaming } = method;
  checkDeep(request);
  checkDeep(response);
  const named = Object.entries(binding.metadata ?? {});
  return {
    path: `/${binding.service}/${binding.method}`,
    response,
    isStream: serverStreaming,
    maxMessages: serverStreaming ? (binding.collect?.maxMessages ?? MAX_MESSAGES) : 1,
    build(input) {
      if (named.length === 0) return { body: encode(request, input), metadata: [] };
      const { fields, metadata } = split(input, named);
      return { body: encode(request, fields), metadata };
    },
  };
}

/** Types that lead nowhere are found before the first call and not by a value that comes by. */
function checkDeep(type: MessageType, seen: Set<string> = new Set()): void {
  if (seen.has(type.name)) return;
  seen.add(type.name);
  for (const field of type.fields) if (field.type.kind === 'message') checkDeep(field.type.message, seen);
}

function split(input: Json, named: readonly (readonly [string, string])[]) {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new ValueError('', 'must be an object');
  const fields: { [name: string]: Json } = { ...(input as { readonly [name: string]: Json }) };
  const metadata = named.flatMap(([field, name]) => {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    delete fields[field];
    return value === undefined || value === null ? [] : [[name, textOf(field, value)] as const];
  });
  return { fields, metadata };
}

function textOf(field: string, value: Json): string {
  if (typeof value === 'object') throw new ValueError(`/${field}`, 'must be a string, number or boolean here');
  const text = String(value);
  const problem = metadataValueProblem(text);
  if (problem) throw new ValueError(`/${field}`, problem);
  return text;
}

/** @throws {ValueError} if a key or number of the call cannot be sent. */
export function callMetadata(context: CallContext, serialNumberName: string): readonly (readonly [string, string])[] {
  const { idempotencyKey, attempt, traceparent, serialNumber } = context;
  const entries: (readonly [string, string])[] = [
    ['idempotency-key', idempotencyKey],
    ['x-attempt', String(attempt)],
  ];
  if (traceparent !== undefined) entries.push(['traceparent', traceparent]);
  if (serialNumber !== undefined) entries.push([serialNumberName, serialNumber]);
  for (const [name, value] of entries) {
    const problem = metadataValueProblem(value);
    if (problem) throw new ValueError('', `cannot be sent: the metadata ${name} ${problem}`);
  }
  return entries;
}
