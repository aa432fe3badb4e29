import { FlowError } from '../errors.ts';
import { createServiceGroups, type ServiceGroups } from './groups.ts';
import { type Operation, type Safety, type Service, safetyOf } from './service.ts';

export interface RegisteredService {
  readonly service: Service;
  /** Counts up over the whole registry: a higher revision is newer, also across services. */
  readonly revision: number;
}

export interface ResolvedOperation extends RegisteredService {
  readonly operationId: string;
  readonly operation: Operation;
  readonly safety: Safety;
}

/** `service` is absent when it was removed. */
export type ServiceChange = { readonly id: string; readonly revision: number; readonly service?: Service };

/** The services that can be called, in memory; whoever stores them loads them into it. */
export interface ServiceRegistry {
  /** Groups that services name, with the policies that they inherit. */
  readonly groups: ServiceGroups;
  /** Adds or replaces a parsed service. Returns its new revision; the same content again keeps the old one. */
  put(service: Service): number;
  get(id: string): RegisteredService | undefined;
  /** By id, in code point order. */
  list(): readonly RegisteredService[];
  /** Whether there was one. */
  remove(id: string): boolean;
  /** @throws {FlowError} `SERVICE_NOT_FOUND` or `OPERATION_NOT_FOUND`. */
  resolve(serviceId: string, operationId: string): ResolvedOperation;
  /** Called synchronously after every change. Returns what ends it. A listener that throws fails the change's caller. */
  onChange(listener: (change: ServiceChange) => void): () => void;
}

export function createServiceRegistry(): ServiceRegistry {
  const services = new Map<string, RegisteredService>();
  /** Of the present revision of each service, made when they are first asked for: every answer of a call asks. */
  const resolved = new Map<string, Map<string, ResolvedOperation>>();
  const listeners = new Set<(change: ServiceChange) => void>();
  let revision = 0;

  function tell(change: ServiceChange): void {
    resolved.delete(change.id);
    for (const listener of [...listeners]) listener(change);
  }

  return {
    groups: createServiceGroups(),
    put(service) {
      const present = services.get(service.id);
      if (present && JSON.stringify(present.service) === JSON.stringify(service)) return present.revision;
      revision += 1;
      services.set(service.id, { service, revision });
      tell({ id: service.id, revision, service });
      return revision;
    },
    get: (id) => services.get(id),
    list: () => [...services.values()].sort((a, b) => (a.service.id < b.service.id ? -1 : 1)),
    remove(id) {
      if (!services.delete(id)) return false;
      revision += 1;
      tell({ id, revision });
      return true;
    },
    resolve(serviceId, operationId) {
      const known = resolved.get(serviceId)?.get(operationId);
      if (known !== undefined) return known;
      const registered = services.get(serviceId);
      if (!registered) throw notFound('SERVICE_NOT_FOUND', `no service ${serviceId}`, serviceId, operationId);
      const { operations } = registered.service;
      const operation = Object.hasOwn(operations, operationId) ? operations[operationId] : undefined;
      if (!operation) {
        throw notFound(
          'OPERATION_NOT_FOUND',
          `service ${serviceId} has no operation ${operationId}`,
          serviceId,
          operationId,
        );
      }
      const found = { ...registered, operationId, operation, safety: safetyOf(operation) };
      const ofService = resolved.get(serviceId) ?? new Map<string, ResolvedOperation>();
      resolved.set(serviceId, ofService.set(operationId, found));
      return found;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function notFound(
  code: 'SERVICE_NOT_FOUND' | 'OPERATION_NOT_FOUND',
  message: string,
  service: string,
  operation: string,
) {
  return new FlowError(code, message, {
    details: { service, operation, attempts: 0, mayHaveActed: false, retryable: false },
  });
}
