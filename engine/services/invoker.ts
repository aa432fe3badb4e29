import type { Listening, ListenOptions, Message, Outgoing } from '@heddle/connectors/sdk/index';
import type { Json, Problem } from '../errors.ts';

export interface InvokeRequest {
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  /** Total time for this call in milliseconds; shortens a declared `policy.timeoutMs`, replaces the default of 10,000. */
  readonly timeoutMs?: number;
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
}

export interface InvokeResult {
  /** The answer's body, checked against the operation's response schema. */
  readonly output: Json;
  readonly status?: number;
  readonly durationMs: number;
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
};

/** Live figures of one operation. */
export interface OperationStats {
  readonly service: string;
  readonly operation: string;
  readonly inFlight: number;
  /** Since this revision of the service was put in place. */
  readonly calls: number;
  readonly errors: number;
  readonly breaker: 'closed' | 'half-open' | 'open' | 'none';
}

export interface Invoker {
  /**
   * Calls a registered operation through its policy: deadline, rate limit, bulkhead, retry, breaker, outermost first.
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
  /** One entry per operation called since it was registered. */
  stats(): readonly OperationStats[];
  /** Lets calls in flight end and closes every connection. Idempotent; later calls fail with `NOT_READY`. */
  dispose(): Promise<void>;
}
