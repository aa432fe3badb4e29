import type { ServiceRegistry } from '../registry.ts';
import { type Service, safetyOf } from '../service.ts';

/** The registry as it would be with a service added or replaced; for looking, not for calling. */
export function asIf(registry: ServiceRegistry, service: Service): ServiceRegistry {
  return {
    ...registry,
    get: (id) => (id === service.id ? { service, revision: 0 } : registry.get(id)),
    resolve(id, operationId) {
      const operation = Object.hasOwn(service.operations, operationId) ? service.operations[operationId] : undefined;
      if (id !== service.id || operation === undefined) return registry.resolve(id, operationId);
      return { service, revision: 0, operationId, operation, safety: safetyOf(operation) };
    },
  };
}
