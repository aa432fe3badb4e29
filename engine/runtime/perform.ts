import { FlowError, type Json, type JsonObject } from '../errors.ts';
import { type Effect, type Failure, idempotencyKey } from '../kernel/index.ts';
import type { Invoker, ServiceRegistry } from '../services/index.ts';

/** The effects that only need the world outside, not the runtime itself. */
export type Performable = Extract<Effect, { kind: 'call' | 'query' | 'script' | 'emit' }>;

export type Performed =
  | { readonly ok: true; readonly output: Json; readonly answeredBy?: 'cache' | 'mock' }
  | { readonly ok: false; readonly failure: Failure };

export interface PerformContext {
  readonly runId: string;
  readonly traceparent?: string;
  readonly attributes?: { readonly [name: string]: string };
}

export type Perform = (effect: Performable, context: PerformContext) => Promise<Performed>;

export interface ScriptRunner {
  /**
   * Runs a function body with `input` in the sandbox.
   *
   * @throws {FlowError} `SCRIPT_FAILED` (it threw, or its result is no JSON), `SCRIPT_LIMIT` (time, memory, output).
   */
  run(source: string, input: Json, timeoutMs: number): Promise<Json>;
}

/** A message of a flow. Its id is the step's idempotency key. */
export interface FlowMessage {
  readonly id: string;
  /** The broker; undefined: the engine's own events. */
  readonly service?: string;
  readonly topic: string;
  readonly key?: string;
  readonly payload: Json;
}

export interface MessagePublisher {
  /** @throws {FlowError} as calls do; the same id again is the same message. */
  publish(message: FlowMessage, context: PerformContext): Promise<void>;
  /** Durable when it resolves; published at `dueAt`, epoch ms. */
  schedule(message: FlowMessage & { readonly dueAt: number }): Promise<void>;
}

export interface PerformParts {
  readonly invoker: Invoker;
  readonly registry: ServiceRegistry;
  readonly scripts: ScriptRunner;
  readonly messages: MessagePublisher;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Performs calls through the invoker, scripts in the sandbox, and hands messages to their publisher. Never throws: a
 * failure is an answer.
 */
export function createPerform({ invoker, registry, scripts, messages, now }: PerformParts): Perform {
  const emit = ({ delayMs, ...effect }: Extract<Effect, { kind: 'emit' }>, context: PerformContext) => {
    const { service, topic, key, payload } = effect;
    const message: FlowMessage = {
      id: idempotencyKey(context.runId, effect.id),
      topic,
      payload,
      ...(service !== undefined && { service }),
      ...(key !== undefined && { key }),
    };
    return delayMs === undefined
      ? messages.publish(message, context)
      : messages.schedule({ ...message, dueAt: now() + delayMs });
  };
  return async (effect, context) => {
    try {
      if (effect.kind === 'emit') {
        await emit(effect, context);
        return { ok: true, output: null };
      }
      if (effect.kind === 'script')
        return { ok: true, output: await scripts.run(effect.source, effect.input, effect.timeoutMs) };
      const { service, operation, input, timeoutMs } = effect;
      const { output, answeredBy } = await invoker.invoke(
        { service, operation, input, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
        {
          idempotencyKey: idempotencyKey(context.runId, effect.id),
          attempt: effect.attempt,
          runId: context.runId,
          nodeId: effect.node,
          ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
          ...(context.attributes === undefined ? {} : { attributes: context.attributes }),
        },
      );
      return { ok: true, output, ...(answeredBy !== undefined && { answeredBy }) };
    } catch (thrown) {
      return { ok: false, failure: failureOf(thrown, effect, registry) };
    }
  };
}

function failureOf(thrown: unknown, effect: Performable, registry: ServiceRegistry): Failure {
  const error =
    thrown instanceof FlowError
      ? thrown
      : new FlowError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  const details: JsonObject = error.details;
  const safety = safetyWith(effect, registry);
  const { retryAfterMs } = details;
  return {
    code: error.code,
    message: error.message,
    retryable: typeof details['retryable'] === 'boolean' ? details['retryable'] : error.retryable,
    mayHaveActed: details['mayHaveActed'] === true,
    ...(Object.keys(details).length > 0 ? { details } : {}),
    ...(safety === undefined ? {} : { safety }),
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  };
}

/** A message may be published again, because readers know it by its id. */
function safetyWith(effect: Performable, registry: ServiceRegistry): Failure['safety'] {
  if (effect.kind === 'script') return undefined;
  return effect.kind === 'emit' ? 'idempotent' : safetyOf(effect, registry);
}

export function safetyOf(
  effect: { readonly service: string; readonly operation: string },
  registry: ServiceRegistry,
): Failure['safety'] {
  try {
    return registry.resolve(effect.service, effect.operation).safety;
  } catch {
    // An operation that was removed while a run waited for it: nothing is known, so the most careful rule holds.
    return 'once';
  }
}
