import type { Connectors } from '@heddle/connectors/sdk/index';
import type { Vault } from '../secrets/vault.ts';
import { destinationOf, type Service, secretNames } from '../services/index.ts';

/** Grants a service those of its secrets that have been entered for nobody yet. */
export async function grantSecrets(vault: Vault, service: Service, connectors: Connectors): Promise<void> {
  const use = { service: service.id, destination: destinationOf(service, connectors) };
  for (const name of secretNames(service)) await vault.grantFirst(name, use);
}
