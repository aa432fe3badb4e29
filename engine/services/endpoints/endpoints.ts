import { type Answer, CallError, type Connector } from '@heddle/connectors/sdk/index';
import type { Call } from '../governance/index.ts';
import { findInstances, type Instance, InstanceWatch } from '../instances/index.ts';
import type { Service } from '../service.ts';
import type { ServiceConnection } from '../service-connection.ts';
import { choose } from './choose.ts';
import { discovered, listed } from './definitions.ts';
import { Endpoint, type EndpointDefinition } from './endpoint.ts';
import type { EndpointStats, ServiceEndpoints } from './stats.ts';

export interface EndpointsParts {
  readonly connector: Connector;
  connect(service: Service, config: unknown): ServiceConnection;
  /** Of a connection that is not needed any more. */
  retire(service: string, connection: ServiceConnection): void;
  secret(name: string, service: Service): string | undefined;
  warn(service: string, message: string): void;
  readonly now: () => number;
  readonly epochMs: () => number;
  readonly random: () => number;
}

/** The endpoints of one service, those that it lists and those that a registry knows, each with its own connection. */
export class Endpoints {
  readonly #parts: EndpointsParts;
  #service: Service;
  #endpoints: Endpoint[] = [];
  #instances: readonly Instance[] = [];
  #watch: InstanceWatch | undefined;

  constructor(service: Service, parts: EndpointsParts) {
    this.#service = service;
    this.#parts = parts;
    this.#arrange();
    this.#watchRegistry();
  }

  /** The service has changed; endpoints that stay where they are keep their connections, and what is known of them. */
  update(service: Service): void {
    const before = this.#service.discovery;
    this.#service = service;
    if (JSON.stringify(before) !== JSON.stringify(service.discovery)) {
      this.#instances = [];
      this.#watchRegistry();
    }
    this.#arrange();
  }

  /** Opens every connection anew. */
  reconnect(): void {
    for (const { connection } of this.#endpoints) this.#parts.retire(this.#service.id, connection);
    this.#endpoints = [];
    this.#arrange();
  }

  close(): void {
    this.#watch?.stop();
    for (const { connection } of this.#endpoints) this.#parts.retire(this.#service.id, connection);
    this.#endpoints = [];
  }

  /** One try of a call by the endpoint that is chosen for it. @throws {CallError} if there is none: nothing was sent. */
  async attempt(call: Call, send: (connection: ServiceConnection, call: Call) => Promise<Answer>): Promise<Answer> {
    const { now, random, warn } = this.#parts;
    if (this.#endpoints.length === 0) await this.#watch?.first;
    const endpoint = choose({
      endpoints: this.#endpoints,
      attributes: call.context.attributes,
      tried: call.tried,
      nowMs: now(),
      chance: random(),
    });
    if (endpoint === undefined) throw this.#nobody();
    call.tried = (call.tried ?? new Set()).add(endpoint);
    const { connection } = endpoint;
    connection.enter();
    endpoint.inFlight += 1;
    endpoint.calls += 1;
    try {
      const answer = await send(connection, call);
      endpoint.answered();
      return answer;
    } catch (error) {
      const outMs = endpoint.failed(error, now());
      if (outMs !== undefined)
        warn(this.#service.id, `endpoint ${endpoint.id} is left out for ${outMs} ms: ${endpoint.lastFailure}`);
      throw error;
    } finally {
      endpoint.inFlight -= 1;
      connection.leave();
    }
  }

  stats(): ServiceEndpoints {
    const { now, epochMs, connector } = this.#parts;
    const nowMs = now();
    const endpoints = this.#endpoints.map((endpoint): EndpointStats => {
      const { id, tags, inFlight, calls, failures, lastFailure } = endpoint;
      const out = endpoint.outUntil(nowMs);
      return {
        id,
        address: connector.destination(endpoint.definition.config),
        weight: endpoint.weightAt(nowMs),
        tags,
        isUp: out === undefined,
        ...(out !== undefined && { outUntil: Math.round(epochMs() + out - nowMs) }),
        inFlight,
        calls,
        failures,
        ...(lastFailure !== undefined && { lastFailure }),
      };
    });
    const { id, discovery } = this.#service;
    return {
      service: id,
      endpoints,
      ...(discovery && this.#watch && { discovery: { kind: discovery.kind, ...this.#watch.state } }),
    };
  }

  #watchRegistry(): void {
    this.#watch?.stop();
    const { discovery, id } = this.#service;
    const { secret, warn, epochMs, random } = this.#parts;
    this.#watch =
      discovery &&
      new InstanceWatch({
        refreshMs: discovery.refreshMs,
        find: () => findInstances(discovery, { secret: (name) => secret(name, this.#service) }),
        take: (instances) => {
          this.#instances = instances;
          this.#arrange();
        },
        warn: (message) => warn(id, `instances by ${discovery.kind}: ${message}`),
        epochMs,
        random,
      });
  }

  #arrange(): void {
    const { connector, connect, retire, warn, now } = this.#parts;
    const service = this.#service;
    const wanted = [
      ...listed(service, connector),
      ...discovered(service, connector, this.#instances, (message) => warn(service.id, message)),
    ];
    const present = new Map(this.#endpoints.map((endpoint) => [keyOf(endpoint.definition), endpoint]));
    this.#endpoints = wanted.map((definition) => {
      const key = keyOf(definition);
      const kept = present.get(key);
      present.delete(key);
      kept?.redefine(definition);
      return kept ?? new Endpoint(definition, connect(service, definition.config), now());
    });
    for (const { connection } of present.values()) retire(service.id, connection);
  }

  #nobody(): CallError {
    const why = this.#watch?.state.message ?? 'none has a weight, or takes calls like this one';
    return new CallError(`there is no endpoint for this call: ${why}`, {
      kind: 'unavailable',
      retryable: true,
      mayHaveActed: false,
    });
  }
}

/** The same place of the same name is the same endpoint. */
const keyOf = ({ id, config }: EndpointDefinition) => `${id} ${JSON.stringify(config)}`;
