import type { Connectors } from '@heddle/connectors/sdk/index';
import type { Service } from './service.ts';

/** Names of the secrets that a service refers to by `{ "secret": name }`, anywhere in its connection. */
export function secretNames({ config, endpoints, discovery }: Service): string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    const { secret } = value as { readonly secret?: unknown };
    if (typeof secret === 'string') names.add(secret);
    for (const part of Object.values(value)) visit(part);
  };
  visit([config, endpoints, discovery]);
  return [...names].sort();
}

/**
 * Where the secrets of a service would go, in one line: any change of it is a reason to ask for them again. How calls
 * are spread over several addresses does not belong to it, nor what a registry answers: who names the registry trusts it.
 */
export function destinationOf(
  { connector, config, endpoints = [], discovery }: Service,
  connectors: Connectors,
): string {
  const main = connectors.get(connector)?.destination(config) ?? JSON.stringify(config);
  const others = endpoints.map(({ address, config: patch }) =>
    address ? `${address.host}:${address.port}` : JSON.stringify(patch ?? {}),
  );
  return [main, ...others.sort(), ...(discovery ? [registryOf(discovery)] : [])].join(' ');
}

function registryOf(discovery: NonNullable<Service['discovery']>): string {
  if (discovery.kind === 'dns-srv') return `dns-srv ${discovery.name}`;
  return `${discovery.kind} ${discovery.url} ${discovery.service}`;
}
