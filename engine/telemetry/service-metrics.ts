import { Counter, Gauge, type Registry } from 'prom-client';

/** What one operation does now, and what it has done so far. */
export interface OperationFigures {
  readonly service: string;
  readonly operation: string;
  readonly inFlight: number;
  readonly breaker: string;
  readonly rateLimited: number;
  readonly mocked: number;
  readonly cache?: { readonly hits: number; readonly misses: number };
}

export interface EndpointFigures {
  readonly service: string;
  readonly endpoint: string;
  readonly isUp: boolean;
}

/** Where figures of services are read when the metrics are. */
export interface ServiceFigures {
  operations(): Iterable<OperationFigures>;
  endpoints(): Iterable<EndpointFigures>;
}

const STATES = ['closed', 'half-open', 'open'];

/** Makes the metrics of services. The same figures may be given once; what is given later takes their place. */
export function serviceMetrics(registers: Registry[]): (figures: ServiceFigures) => void {
  let source: ServiceFigures = { operations: () => [], endpoints: () => [] };
  const labelNames = ['service', 'operation'] as const;
  new Gauge({
    name: 'heddle_breaker_state',
    help: 'Breakers of operations: 1 for the state that each is in, 0 for the others.',
    labelNames: [...labelNames, 'state'],
    registers,
    collect() {
      this.reset();
      for (const { service, operation, breaker } of source.operations()) {
        if (breaker === 'none') continue;
        for (const state of STATES) this.set({ service, operation, state }, state === breaker ? 1 : 0);
      }
    },
  });
  new Gauge({
    name: 'heddle_calls_in_flight',
    help: 'Calls of service operations that are under way, waiting ones too.',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { service, operation, inFlight } of source.operations()) this.set({ service, operation }, inFlight);
    },
  });
  new Gauge({
    name: 'heddle_endpoint_up',
    help: 'Endpoints of services: 0 while one is left out after lost connections.',
    labelNames: ['service', 'endpoint'],
    registers,
    collect() {
      this.reset();
      for (const { service, endpoint, isUp } of source.endpoints()) this.set({ service, endpoint }, isUp ? 1 : 0);
    },
  });
  const counter = (name: string, help: string, countOf: (figures: OperationFigures) => number | undefined) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      // Counted where it happens; a service that is gone takes its series along.
      collect() {
        this.reset();
        for (const figures of source.operations()) {
          const count = countOf(figures);
          const { service, operation } = figures;
          if (count !== undefined) this.inc({ service, operation }, count);
        }
      },
    });
  counter('heddle_cache_hits_total', 'Calls answered from the cache.', ({ cache }) => cache?.hits);
  counter('heddle_cache_misses_total', 'Calls that the cache had no answer for.', ({ cache }) => cache?.misses);
  counter('heddle_calls_rate_limited_total', 'Calls that a rate limit refused.', ({ rateLimited }) => rateLimited);
  counter('heddle_calls_mocked_total', 'Calls that a mock answered.', ({ mocked }) => mocked);
  return (figures) => {
    source = figures;
  };
}
