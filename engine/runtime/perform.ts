import { FlowError, type Json, type JsonObject } from '../errors.ts';
import { type Effect, type Failure, idempotencyKey } from '../kernel/index.ts';
import type { Invoker, ServiceRegistry } from '../services/index.ts';

/** The effects that only need the world outside, not the runtime itself. */
export type Performable = Extract<Effect, { kind: 'call' | 'query' | 'script' }>;

export type Performed =
  | { readonly ok: true; readonly output: Json }
  | { readonly ok: false; readonly failure: Failure };

export interface PerformContext {
  readonly runId: string;
  readonly traceparent?: string;
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

/** Performs calls through the invoker and scripts in the sandbox. Never throws: a failure is an answer. */
export function createPerform({
  invoker,
  registry,
  scripts,
}: {
  invoker: Invoker;
  registry: ServiceRegistry;
  scripts: ScriptRunner;
}): Perform {
  return async (effect, context) => {
    try {
      if (effect.kind === 'script')
        return { ok: true, output: await scripts.run(effect.source, effect.input, effect.timeoutMs) };
      const { service, operation, input, timeoutMs } = effect;
      const { output } = await invoker.invoke(
        { service, operation, input, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
        {
          idempotencyKey: idempotencyKey(context.runId, effect.id),
          attempt: effect.attempt,
          runId: context.runId,
          nodeId: effect.node,
          ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
        },
      );
      return { ok: true, output };
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
  const safety = effect.kind === 'script' ? undefined : safetyOf(effect, registry);
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
