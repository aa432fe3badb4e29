import type { Connectors } from '@heddle/connectors/sdk/index';
import type { Service } from './service.ts';

/** What of a service says where calls go. */
type Connected = Pick<Service, 'connector' | 'config'> & { readonly endpoints?: unknown; readonly discovery?: unknown };

/** Names of the secrets that a service refers to by `{ "secret": name }`, anywhere in its connection. */
export function secretNames({ config, endpoints, discovery }: Connected): string[] {
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

/** Where the secrets of a service would go: any change of it is a reason to ask for them again. */
export function destinationOf({ connector, config, endpoints, discovery }: Connected, connectors: Connectors): string {
  const main = connectors.get(connector)?.destination(config) ?? JSON.stringify(config);
  const others = (endpoints ?? discovery) ? [JSON.stringify([endpoints ?? null, discovery ?? null])] : [];
  return [main, ...others].join(' ');
}
