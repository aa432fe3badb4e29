import {
  type Answer,
  type CallContext,
  type Connection,
  type Deadlines,
  isCallError,
} from '@heddle/connectors/sdk/index';
import type { ErrorCode, Json } from '../errors.ts';
import { FlowError } from '../errors.ts';
import type { CallMeter } from '../telemetry/index.ts';
import { failure, mayRepeat, toFlowError } from './failure.ts';
import { type BreakerState, type Call, Refusal, withinDeadline } from './governance/index.ts';
import type { InvokeContext, InvokeRequest, InvokeResult, OperationStats } from './invoker.ts';
import { govern, type SharedLayers } from './policy.ts';
import type { ResolvedOperation } from './registry.ts';
import { compileSchema, type JsonSchema, type SchemaValidator } from './schema.ts';
import type { ServiceConnection } from './service-connection.ts';

export interface OperationParts {
  readonly resolved: ResolvedOperation;
  readonly connection: ServiceConnection;
  readonly shared: SharedLayers;
  readonly deadlines: Deadlines;
  readonly now: () => number;
  readonly random: () => number;
  readonly maxResponseBytes: number;
  readonly meter: CallMeter | undefined;
  readonly onBreakerChange: (state: BreakerState) => void;
  /** What a try does with the connection. Default: it calls the operation. */
  readonly send?: Send;
}

export type Send = (connection: Connection, input: Json, context: CallContext) => Promise<Answer>;

/** One operation of one revision of its service, with everything compiled that calls need. */
export interface GovernedOperation {
  call(request: InvokeRequest, context: InvokeContext): Promise<InvokeResult>;
  stats(): OperationStats;
}

/** @throws {FlowError} `SERVICE_INVALID` if a schema does not compile, which `parseService` would have found. */
export function governOperation(parts: OperationParts): GovernedOperation {
  const { resolved, connection, deadlines, now, meter, maxResponseBytes } = parts;
  const { service, operation, operationId } = resolved;
  const request = validatorOf(operation.request, `${service.id}.${operationId}: request`);
  const response = validatorOf(operation.response, `${service.id}.${operationId}: response`);
  const governed = govern({
    service,
    operation,
    shared: parts.shared,
    isRepeatable: mayRepeat(resolved),
    attempt,
    random: parts.random,
    onBreakerChange: parts.onBreakerChange,
  });
  const send: Send =
    parts.send ??
    ((open, input, context) => open.call({ operation: operationId, binding: operation.binding, input }, context));
  let inFlight = 0;
  let calls = 0;
  let errors = 0;

  async function attempt(call: Call) {
    const present = connection.get();
    const open = 'call' in present ? present : await present;
    // It may have come here late, out of a queue whose caller has gone.
    if (call.deadline.remainingMs() === 0)
      throw new Refusal('DEADLINE_EXCEEDED', 'the deadline passed while the call was waiting');
    const { idempotencyKey, traceparent, serialNumber } = call.context;
    const number = call.context.attempt + call.attempts;
    call.attempts += 1;
    call.isOut = true;
    try {
      return await send(open, call.input, {
        idempotencyKey,
        attempt: number,
        deadline: call.deadline,
        maxResponseBytes,
        ...(traceparent !== undefined && { traceparent }),
        ...(serialNumber !== undefined && { serialNumber }),
      });
    } catch (error) {
      // One doubtful try is enough to doubt the whole, whatever the later ones say.
      if (isCallError(error) ? error.mayHaveActed : true) call.mayHaveActed = true;
      throw error;
    } finally {
      call.isOut = false;
    }
  }

  return {
    async call({ input, timeoutMs }, context) {
      const startedAt = now();
      const deadline = deadlines.start(governed.timeoutMs(timeoutMs));
      const call: Call = { input, context, deadline, attempts: 0, isOut: false, mayHaveActed: false };
      inFlight += 1;
      calls += 1;
      connection.enter();
      try {
        if (!request.check(input)) throw misfit('INPUT_INVALID', request, input, call, resolved);
        const answer = await withinDeadline(call, governed.run);
        if (!response.check(answer.body)) {
          call.mayHaveActed = true;
          throw misfit('RESPONSE_INVALID', response, answer.body, call, resolved, answer.status);
        }
        const durationMs = now() - startedAt;
        meter?.done('ok', durationMs);
        return { output: answer.body, durationMs, ...(answer.status !== undefined && { status: answer.status }) };
      } catch (thrown) {
        errors += 1;
        const error = toFlowError(thrown, call, resolved);
        meter?.done(error.code, now() - startedAt);
        throw error;
      } finally {
        inFlight -= 1;
        connection.leave();
      }
    },
    stats: () => ({
      service: service.id,
      operation: operationId,
      inFlight,
      calls,
      errors,
      breaker: governed.breakerState(),
    }),
  };
}

function validatorOf(schema: JsonSchema, what: string): SchemaValidator {
  const compiled = compileSchema(schema);
  if (compiled.ok) return compiled.validator;
  throw new FlowError(
    'SERVICE_INVALID',
    `${what} schema: ${compiled.problems.map(({ message }) => message).join('; ')}`,
  );
}

function misfit(
  code: Extract<ErrorCode, 'INPUT_INVALID' | 'RESPONSE_INVALID'>,
  validator: SchemaValidator,
  value: Json,
  call: Call,
  resolved: ResolvedOperation,
  status?: number,
): FlowError {
  const problems = validator.problems(value, code).map(({ pointer, message }) => ({ pointer, code, message }));
  const first = problems[0];
  const what =
    code === 'INPUT_INVALID'
      ? 'the input does not fit the request schema'
      : 'the answer does not fit the response schema';
  const message = first ? `${what}: ${first.pointer || 'the whole'} ${first.message}` : what;
  return failure({ code, message, call, resolved, isRetryable: false, facts: { status, problems } });
}
