import { type Static, Type } from 'typebox';
import type { ConfigProblem, ConnectorHost } from './connector.ts';
import { SecretRef, secretOf } from './secret.ts';

/** PEM texts by the names of secrets: an own authority, a client certificate and its key. */
export const tlsFields = {
  ca: Type.Optional(SecretRef),
  cert: Type.Optional(SecretRef),
  key: Type.Optional(SecretRef),
};

/** The field `tls` of a configuration; without it connections are in clear. */
export const Tls = Type.Object(tlsFields, {
  additionalProperties: false,
  title: 'TLS',
  description: 'Encrypts and checks the certificate. PEM texts, by names of secrets.',
});
export type Tls = Static<typeof Tls>;

/** What is wrong with a configuration's field `tls`. */
export function tlsProblems(tls: Tls | undefined): readonly ConfigProblem[] {
  if ((tls?.cert === undefined) === (tls?.key === undefined)) return [];
  return [{ pointer: '/tls', message: 'needs both cert and key, or neither' }];
}

/** The texts, under the names that Node's `tls.connect` has for them. @throws {CallError} if a secret is missing */
export function tlsOf(
  host: ConnectorHost,
  { ca, cert, key }: Tls,
): { readonly ca?: string; readonly cert?: string; readonly key?: string } {
  return {
    ...(ca && { ca: secretOf(host, ca) }),
    ...(cert && { cert: secretOf(host, cert) }),
    ...(key && { key: secretOf(host, key) }),
  };
}
