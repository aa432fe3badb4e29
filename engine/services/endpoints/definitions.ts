import type { Connector } from '@heddle/connectors/sdk/index';
import { type Json, messageOf } from '../../errors.ts';
import type { Instance } from '../instances/index.ts';
import { mergePatch } from '../merge-patch.ts';
import type { Service } from '../service.ts';
import type { EndpointDefinition } from './endpoint.ts';
import type { EndpointSettings } from './schema.ts';

/** The service's configuration, as it is for one endpoint; not checked yet. `undefined`: the connector has no addresses. */
export function configOf(settings: EndpointSettings, config: Service['config'], connector: Connector): unknown {
  if (settings.address) return connector.at(config, settings.address);
  return mergePatch(config as Json, (settings.config ?? {}) as Json);
}

/** Endpoints that a service lists, which parsing has checked. */
export function listed(service: Service, connector: Connector): EndpointDefinition[] {
  return (service.endpoints ?? []).map((settings) => ({
    id: settings.id,
    config: configOf(settings, service.config, connector),
    weight: settings.weight ?? 1,
    tags: settings.tags ?? [],
    warmUpMs: settings.warmUpMs ?? 0,
    when: settings.when,
  }));
}

/** More than this of one service are a mistake of the registry. */
const MAX_INSTANCES = 1_000;

/** Endpoints of what a registry has found. What the connector cannot call is left out, and said. */
export function discovered(
  service: Service,
  connector: Connector,
  instances: readonly Instance[],
  warn: (message: string) => void,
): EndpointDefinition[] {
  const byId = new Map<string, EndpointDefinition>();
  for (const { id, host, port, weight, tags } of instances.slice(0, MAX_INSTANCES)) {
    const config = configAt(service, connector, { host, port });
    if ('reason' in config) warn(`instance ${id} at ${host}:${port} is left out: ${config.reason}`);
    else
      byId.set(id, {
        id,
        config: config.value,
        weight,
        tags,
        warmUpMs: service.discovery?.warmUpMs ?? 0,
        when: undefined,
      });
  }
  if (instances.length > MAX_INSTANCES)
    warn(`the registry names ${instances.length} instances; ${MAX_INSTANCES} are used`);
  return [...byId.values()];
}

function configAt(
  { config }: Service,
  connector: Connector,
  address: { readonly host: string; readonly port: number },
): { readonly value: unknown } | { readonly reason: string } {
  if (!/^[a-zA-Z0-9_.:-]{1,253}$/.test(address.host)) return { reason: 'its host is neither a name nor an address' };
  try {
    const value = connector.at(config, address);
    const [problem] = connector.configProblems(value);
    return problem ? { reason: `${problem.pointer} ${problem.message}` } : { value };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}
