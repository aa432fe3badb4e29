import {
  CallError,
  type Connection,
  type Connector,
  type Connectors,
  createDeadlines,
  isCallError,
  type Outgoing,
  type Ticker,
} from '@heddle/connectors/sdk/index';
import { FlowError, type Json, type JsonObject } from '../errors.ts';
import type { Log, Metrics } from '../telemetry/index.ts';
import { Endpoints, type ServiceEndpoints } from './endpoints/index.ts';
import { createFaults } from './faults.ts';
import { type GovernedOperation, governOperation, type Send } from './governed-operation.ts';
import type { Invoker, OperationStats } from './invoker.ts';
import { keepLimits, type Limits, OperationMemory } from './operation-memory.ts';
import type { RegisteredService, ResolvedOperation, ServiceRegistry } from './registry.ts';
import type { Service } from './service.ts';
import { ServiceConnection } from './service-connection.ts';

export interface InvokerParts {
  readonly registry: ServiceRegistry;
  readonly connectors: Connectors;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Monotonic time. Default: that of the process. */
  readonly clock?: Ticker;
  /** Secrets by name, for connectors. Default: there are none. */
  readonly secret?: (name: string, service: Service) => string | undefined;
  /** Folder that connectors may open files in. Default: none. */
  readonly filesDir?: string;
  /** Epoch ms, for people. Default `Date.now`. */
  readonly epochMs?: () => number;
  /** From 0 up to 1, for jitter and for what happens to a share of the calls. Default `Math.random`. */
  readonly random?: () => number;
  /** Default 2 MiB. */
  readonly maxResponseBytes?: number;
  /** Refuses to mock what moves money. Default `false`. */
  readonly isProduction?: boolean;
}

const MAX_RESPONSE_BYTES = 2 * 1_024 * 1_024;

/** What is kept of a service while its connector and configuration stay the same. */
interface Kept {
  readonly connection: ServiceConnection;
  /** Absent where there is only the one connection. */
  readonly endpoints?: Endpoints;
  readonly limits: Limits;
  readonly operations: Map<string, OperationMemory>;
}

/** What is made for one revision of a service and its group. */
interface Served extends Kept {
  readonly registered: RegisteredService;
  readonly governed: Map<string, GovernedOperation>;
}

export function createInvoker(parts: InvokerParts): Invoker {
  const { registry, connectors, log, metrics } = parts;
  const now = parts.clock?.now ?? (() => performance.now());
  const random = parts.random ?? Math.random;
  const deadlines = createDeadlines(parts.clock);
  const epochMs = parts.epochMs ?? Date.now;
  const faults = createFaults({ now, epochMs, random });
  const services = new Map<string, Served>();
  const groupLimits = new Map<string, Limits>();
  /** Connections on their way out, for dispose to wait for. */
  const retiring = new Set<Promise<void>>();
  let disposed: Promise<void> | undefined;

  /** A change that leaves connector and config alone keeps the connection: pools are slow to warm up. */
  const stopListening = registry.onChange(({ id, service }) => {
    const served = services.get(id);
    if (!served) return;
    services.delete(id);
    const before = served.registered.service;
    const isSame =
      service?.connector === before.connector && JSON.stringify(service.config) === JSON.stringify(before.config);
    if (!isSame) return leave(id, served);
    for (const operationId of served.operations.keys()) {
      if (!Object.hasOwn(service.operations, operationId) && operationId !== PUBLISH)
        served.operations.delete(operationId);
    }
    services.set(id, serve(id, served));
  });
  /** The operations of a group's services are governed anew from their next call on. */
  const stopListeningToGroups = registry.groups.onChange((groupId) => {
    if (registry.groups.get(groupId) === undefined) groupLimits.delete(groupId);
    for (const { registered, governed } of services.values()) {
      if (registered.service.group === groupId) governed.clear();
    }
  });

  function retire(id: string, connection: ServiceConnection): void {
    const done = connection
      .retire()
      .catch((error: unknown) => log.warn({ service: id, err: error }, 'connection not closed cleanly'));
    retiring.add(done);
    void done.then(() => retiring.delete(done));
  }

  function leave(id: string, { connection, endpoints }: Kept): void {
    retire(id, connection);
    endpoints?.close();
  }

  function serve(id: string, kept?: Kept): Served {
    const registered = registeredAs(id);
    const { connection, limits, operations } = kept ?? {
      connection: connect(registered.service),
      limits: keepLimits(),
      operations: new Map(),
    };
    const endpoints = endpointsOf(registered, kept?.endpoints);
    return { registered, connection, ...(endpoints && { endpoints }), limits, operations, governed: new Map() };
  }

  function endpointsOf({ service }: RegisteredService, present: Endpoints | undefined): Endpoints | undefined {
    if (service.endpoints === undefined && service.discovery === undefined) {
      present?.close();
      return undefined;
    }
    present?.update(service);
    return (
      present ??
      new Endpoints(service, {
        connector: connectorOf(service),
        connect,
        retire,
        secret: (name, of) => parts.secret?.(name, of),
        warn: (id, message) => log.warn({ service: id }, message),
        now,
        epochMs,
        random,
      })
    );
  }

  /** A service without a group has limits of a group that nobody sets. */
  function limitsOf(groupId = ''): Limits {
    const present = groupLimits.get(groupId) ?? keepLimits();
    groupLimits.set(groupId, present);
    return present;
  }

  function memoryOf(served: Served, operation: string): OperationMemory {
    const service = served.registered.service.id;
    const present =
      served.operations.get(operation) ??
      new OperationMemory({ service, operation }, now(), (state) =>
        log.warn({ service, operation, state }, `breaker is ${state}`),
      );
    served.operations.set(operation, present);
    return present;
  }

  function connectorOf({ id, connector: protocol }: Service): Connector {
    const connector = connectors.get(protocol);
    if (!connector) throw new FlowError('SERVICE_INVALID', `service ${id}: there is no connector ${protocol}`);
    return connector;
  }

  function connect(service: Service, config: unknown = service.config): ServiceConnection {
    return new ServiceConnection(connectorOf(service), config, {
      secret: (name) => parts.secret?.(name, service),
      ...(parts.filesDir !== undefined && { folder: parts.filesDir }),
      warn: (message, facts) => log.warn({ service: service.id, ...facts }, message),
    });
  }

  function operationOf(serviceId: string, operationId: string): GovernedOperation {
    const present = services.get(serviceId)?.governed.get(operationId);
    if (present) return present;
    return govern(serviceId, registry.resolve(serviceId, operationId));
  }

  /** Publishing is an operation that every broker has: governed, counted and drawn like the others. */
  function publishing(serviceId: string): GovernedOperation {
    const present = services.get(serviceId)?.governed.get(PUBLISH);
    if (present) return present;
    const registered = registeredAs(serviceId);
    const operation = { request: true, response: true, binding: {}, safety: 'idempotent' } as const;
    return govern(serviceId, { ...registered, operationId: PUBLISH, operation, safety: 'idempotent' }, publish);
  }

  function servedAs(serviceId: string): Served {
    const served = services.get(serviceId) ?? serve(serviceId);
    services.set(serviceId, served);
    return served;
  }

  function registeredAs(id: string): RegisteredService {
    const registered = registry.get(id);
    if (!registered) throw notFound('SERVICE_NOT_FOUND', `no service ${id}`, { service: id });
    return registered;
  }

  /** Lends the connection of a service to something that is not a call, for as long as it takes. */
  async function borrow<Result>(id: string, use: (open: Connection) => Promise<Result>): Promise<Result> {
    if (disposed) throw notFound('NOT_READY', 'the invoker is closed', { service: id });
    const { connection } = servedAs(id);
    connection.enter();
    try {
      return await use(await connection.get());
    } catch (error) {
      if (!isCallError(error)) throw error;
      const code = error.kind === 'rejected' ? 'SERVICE_REFUSED' : 'SERVICE_UNAVAILABLE';
      throw new FlowError(code, `${id}: ${error.message}`, { cause: error });
    } finally {
      connection.leave();
    }
  }

  /** @throws {FlowError} `SERVICE_INVALID` */
  function checkSource(id: string, source: unknown): void {
    const { connector } = registeredAs(id).service;
    const [problem] = connectors.get(connector)?.sourceProblems(source) ?? [];
    if (problem) throw new FlowError('SERVICE_INVALID', `${id}: source${problem.pointer}: ${problem.message}`);
  }

  function govern(serviceId: string, resolved: ResolvedOperation, send?: Send): GovernedOperation {
    const { operationId } = resolved;
    const served = servedAs(serviceId);
    const { group } = served.registered.service;
    const operation = governOperation({
      resolved,
      ...(send && { send }),
      connection: served.connection,
      endpoints: served.endpoints,
      groupPolicy: group === undefined ? undefined : registry.groups.get(group)?.policy,
      limits: { group: limitsOf(group), service: served.limits },
      memory: memoryOf(served, operationId),
      isProduction: parts.isProduction ?? false,
      deadlines,
      now,
      random,
      faults,
      maxResponseBytes: parts.maxResponseBytes ?? MAX_RESPONSE_BYTES,
      meter: metrics?.call(serviceId, operationId),
    });
    served.governed.set(operationId, operation);
    return operation;
  }

  function stats(): OperationStats[] {
    const nowMs = now();
    const rehearsed = new Map(faults.list().map((fault) => [`${fault.service}.${fault.operation}`, fault]));
    return [...services.values()].flatMap(({ operations }) =>
      [...operations.values()].map((memory) => {
        const stats = memory.stats(nowMs);
        const fault = rehearsed.get(`${stats.service}.${stats.operation}`);
        return fault === undefined ? stats : { ...stats, fault };
      }),
    );
  }

  function endpoints(): ServiceEndpoints[] {
    return [...services.values()].flatMap((served) => served.endpoints?.stats() ?? []);
  }

  metrics?.services({
    operations: stats,
    endpoints: () =>
      endpoints().flatMap((each) =>
        each.endpoints.map(({ id, isUp }) => ({ service: each.service, endpoint: id, isUp })),
      ),
  });

  return {
    faults,
    /** Not async, for one promise less on the way of every call. */
    invoke(request, context) {
      const { service, operation } = request;
      try {
        if (disposed) throw notFound('NOT_READY', 'the invoker is closed', { service, operation });
        return operationOf(service, operation).call(request, context);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async publish(service, message, context) {
      if (disposed) throw notFound('NOT_READY', 'the invoker is closed', { service, operation: PUBLISH });
      await publishing(service).call({ service, operation: PUBLISH, input: message as unknown as Json }, context);
    },
    async listen(service, source, take, options) {
      checkSource(service, source);
      // Held for as long as it listens, so that a retired connection waits for its reader.
      const { connection } = servedAs(service);
      connection.enter();
      try {
        const listening = await borrow(service, async (open) => {
          if (!open.listen) throw cannot(service, 'listen');
          return open.listen(source, take, options);
        });
        let closed: Promise<void> | undefined;
        return {
          ...(listening.backlog && { backlog: () => listening.backlog?.() ?? Promise.resolve(undefined) }),
          close() {
            closed ??= listening.close().finally(() => connection.leave());
            return closed;
          },
        };
      } catch (error) {
        connection.leave();
        throw error;
      }
    },
    async peek(service, source, limit) {
      checkSource(service, source);
      return borrow(service, async (open) => {
        if (!open.peek) throw cannot(service, 'show messages without taking them');
        return open.peek(source, limit);
      });
    },
    stats,
    endpoints,
    endpointsOf: (id) => servedAs(id).endpoints?.stats() ?? { service: id, endpoints: [] },
    reconnect(id) {
      const served = services.get(id);
      if (!served) return;
      services.set(id, serve(id, { ...served, connection: connect(registeredAs(id).service) }));
      retire(id, served.connection);
      served.endpoints?.reconnect();
    },
    dispose() {
      disposed ??= (async () => {
        stopListening();
        stopListeningToGroups();
        for (const [id, served] of services) leave(id, served);
        services.clear();
        await Promise.all(retiring);
      })();
      return disposed;
    },
  };
}

/** Not an id that an operation can have. */
const PUBLISH = '(publish)';

const publish: Send = async (open, input, context) => {
  if (!open.publish)
    throw new CallError('the connector publishes no messages', {
      kind: 'refused',
      retryable: false,
      mayHaveActed: false,
    });
  await open.publish(input as unknown as Outgoing, context);
  return { body: null };
};

const cannot = (service: string, what: string) =>
  new FlowError('SERVICE_INVALID', `the connector of service ${service} cannot ${what}`);

function notFound(code: 'SERVICE_NOT_FOUND' | 'NOT_READY', message: string, details: JsonObject): FlowError {
  return new FlowError(code, message, {
    details: { ...details, attempts: 0, mayHaveActed: false, retryable: code === 'NOT_READY' },
  });
}
