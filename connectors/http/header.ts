/** Set by the connector or the protocol: a value from outside would change where the request ends or who it is for. */
const RESERVED = new Set([
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'accept-encoding',
  'idempotency-key',
  'x-attempt',
  'traceparent',
]);

/** What is wrong with a header name; `undefined` if nothing. */
export function headerNameProblem(name: string): string | undefined {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return `${JSON.stringify(name)} is no header name`;
  if (RESERVED.has(name.toLowerCase())) return `the header ${name} is set by the connector`;
  return undefined;
}

/** What is wrong with a header value; `undefined` if nothing. */
export function headerValueProblem(value: string): string | undefined {
  return /^[\t\x20-\x7e]*$/.test(value) ? undefined : 'must be printable ASCII on one line';
}

/** Headers that are there to carry a credential, which has no place in a description that is stored and exported. */
export function literalSecretProblem(name: string): string | undefined {
  if (!/^(?:authorization|cookie|(?:x-)?api-?key|x-auth-token)$/i.test(name)) return undefined;
  return `${name} must not be written out: put it under a name, { "secret": "NAME" }`;
}
