/** Set by the connector or the protocol: a value from outside would change where the call ends or who it is for. */
const RESERVED = new Set([
  'host',
  'content-type',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'user-agent',
  'idempotency-key',
  'x-attempt',
  'traceparent',
]);

/** What is wrong with a name in the metadata; `undefined` if nothing. */
export function metadataNameProblem(name: string): string | undefined {
  if (!/^[0-9a-z_.-]+$/.test(name))
    return `${JSON.stringify(name)} is no name: small letters, digits, dots, hyphens and underscores`;
  if (name.startsWith('grpc-') || RESERVED.has(name)) return `${name} is set by the connector`;
  if (name.endsWith('-bin')) return `${name} would be bytes: only texts can be sent`;
  return undefined;
}

/** What is wrong with a value in the metadata; `undefined` if nothing. */
export function metadataValueProblem(value: string): string | undefined {
  return /^[\x20-\x7e]*$/.test(value) ? undefined : 'must be printable ASCII on one line';
}

/** What is there to carry a credential has no place in a description that is stored and exported. */
export function secretMetadataProblem(name: string): string | undefined {
  if (!/^(?:authorization|cookie|(?:x-)?api-?key|x-auth-token)$/.test(name)) return undefined;
  return `${name} must not be written out: put it under a name, { "secret": "NAME" }`;
}
