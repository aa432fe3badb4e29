import { type Static, Type } from 'typebox';
import type { ConnectorHost } from './connector.ts';
import { refused } from './failure.ts';

/** A secret in a configuration: its name. The value is the host's to tell, and stands in no configuration. */
export const SecretRef = Type.Object({ secret: Type.String({ minLength: 1 }) }, { additionalProperties: false });
export type SecretRef = Static<typeof SecretRef>;

/** @throws {CallError} `refused` if there is no such secret. */
export function secretOf(host: ConnectorHost, { secret }: SecretRef): string {
  const value = host.secret(secret);
  if (value !== undefined) return value;
  throw refused(`there is no secret named ${secret}`);
}
