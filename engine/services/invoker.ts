import type { Listening, ListenOptions, Message, Outgoing } from '@heddle/connectors/sdk/index';
import type { Json, Problem } from '../errors.ts';
import type { ServiceEndpoints } from './endpoints/stats.ts';
import type { Fault, Faults } from './fault.ts';
import type { WindowFigures } from './live/window.ts';

export interface InvokeRequest {
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  /** Total time for this call in milliseconds; shortens a declared `policy.timeoutMs`, replaces the default of 10,000. */
  readonly timeoutMs?: number;
  /** An answer that the cache has kept will not do. Default `false`. */
  readonly isFresh?: boolean;
}

export interface InvokeContext {
  /** Derived from run id and effect id: the same on every retry and after every crash. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. Retries within one invoke count on from here; see `details.attempts`. */
  readonly attempt: number;
  readonly traceparent?: string;
  readonly runId?: string;
  readonly nodeId?: string;
  readonly serialNumber?: string;
  /** What calls can be told apart by, such as `tenant`: for gray releases, and for answers kept in a cache. */
  readonly attributes?: { readonly [name: string]: string };
}

export interface InvokeResult {
  /** The answer's body, checked against the operation's response schema. */
  readonly output: Json;
  readonly status?: number;
  readonly durationMs: number;
  /** Who answered in place of the service, which was not called. */
  readonly answeredBy?: 'cache' | 'mock';
}

/** `details` of every FlowError that {@link Invoker.invoke} throws. */
export type InvokeFailure = {
  readonly service: string;
  readonly operation: string;
  /** How many times the service was tried within this invoke; 0 means that nothing was sent. */
  readonly attempts: number;
  /** `false` only if the service certainly did not act. */
  readonly mayHaveActed: boolean;
  /** The same call may be made again and can succeed: safe by the operation's `safety`, or it certainly did not act. */
  readonly retryable: boolean;
  readonly status?: number;
  readonly retryAfterMs?: number;
  /** The service's error body, cut to 4 KiB. */
  readonly body?: Json;
  /** With `INPUT_INVALID` and `RESPONSE_INVALID`: what does not fit where. */
  readonly problems?: readonly Problem[];
  /** A mock was told to fail so; the service was not called. */
  readonly isMocked?: true;
};

/** Live figures of one operation. */
export interface OperationStats {
  readonly service: string;
  readonly operation: string;
  readonly inFlight: number;
  /** Since this configuration of the service was put in place; a change of policies does not begin anew. */
  readonly calls: number;
  readonly errors: number;
  readonly breaker: 'closed' | 'half-open' | 'open' | 'none';
  /** Of the calls: refused by a rate limit. */
  readonly rateLimited: number;
  /** Of the calls: answered by a mock. */
  readonly mocked: number;
  /** Calls are answered by a mock now. */
  readonly isMocked: boolean;
  readonly last10s: WindowFigures;
  readonly last60s: WindowFigures;
  /** Absent if there is no cache. */
  readonly cache?: {
    readonly hits: number;
    readonly misses: number;
    readonly hitRatio: number;
    readonly entries: number;
  };
  /** The failure that is rehearsed now. */
  readonly fault?: Fault;
}

export interface Invoker {
  /** Failures rehearsed within the tries of a call: breaker and retry see them as the service's own. */
  readonly faults: Faults;
  /**
   * Calls a registered operation through its policy: deadline, mock, cache, rate limit, bulkhead, retry, breaker,
   * outermost first.
   *
   * @throws {FlowError} `SERVICE_NOT_FOUND`, `OPERATION_NOT_FOUND`, `INPUT_INVALID`: nothing was sent.
   * @throws {FlowError} `SERVICE_OVERLOADED`: rate limit or bulkhead full, or 429: the service did not act.
   * @throws {FlowError} `SERVICE_UNAVAILABLE`: breaker open, no connection, 503; or, for an operation that may
   *   be repeated, a connection lost after sending.
   * @throws {FlowError} `OUTCOME_UNKNOWN`: the connection was lost after sending, and the operation may not be repeated.
   * @throws {FlowError} `DEADLINE_EXCEEDED` once the time is spent: the service may have acted if `details.mayHaveActed`.
   * @throws {FlowError} `SERVICE_ERROR` (5xx: may have acted) and `SERVICE_REFUSED` (4xx: did not act).
   * @throws {FlowError} `RESPONSE_INVALID`, `RESPONSE_TOO_LARGE`: the service acted, its answer is not usable.
   * @throws {FlowError} `ADDRESS_REFUSED`: the target is outside the service's allow-list; nothing was sent.
   */
  invoke(request: InvokeRequest, context: InvokeContext): Promise<InvokeResult>;
  /**
   * Publishes a message by the broker that a service describes, under the service's policy. Resolves when the broker
   * has it; the same key again is the same message.
   *
   * @throws {FlowError} as {@link invoke} does; `SERVICE_INVALID` if the service's connector publishes nothing.
   */
  publish(service: string, message: Outgoing, context: InvokeContext): Promise<void>;
  /**
   * Reads messages of a broker until the listening is closed, which a change of the service's configuration waits for:
   * whoever listens closes and listens again when the service changes.
   *
   * @throws {FlowError} `SERVICE_NOT_FOUND`, `SERVICE_INVALID` (it cannot listen, or not to this source),
   *   `SERVICE_UNAVAILABLE`, `SERVICE_REFUSED`.
   */
  listen(
    service: string,
    source: unknown,
    take: (message: Message) => Promise<void>,
    options: ListenOptions,
  ): Promise<Listening>;
  /** Looks at messages and leaves them there. @throws {FlowError} as {@link listen} does. */
  peek(service: string, source: unknown, limit: number): Promise<readonly Message[]>;
  /** Opens the connection of a service anew with the next call, as after a change of its secrets; calls in flight end. */
  reconnect(service: string): void;
  /** One entry per operation called since it was registered. */
  stats(): readonly OperationStats[];
  /** Services in use that have endpoints. */
  endpoints(): readonly ServiceEndpoints[];
  /** Endpoints of one service; looks them up from now on. @throws {FlowError} `SERVICE_NOT_FOUND` */
  endpointsOf(service: string): ServiceEndpoints;
  /** Lets calls in flight end and closes every connection. Idempotent; later calls fail with `NOT_READY`. */
  dispose(): Promise<void>;
}
