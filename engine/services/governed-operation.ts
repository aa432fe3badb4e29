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
import type { Endpoints } from './endpoints/index.ts';
import { failure, toFlowError } from './failure.ts';
import type { FaultSlots } from './faults.ts';
import { type Call, Refusal, type Run, withinDeadline } from './governance/index.ts';
import type { InvokeContext, InvokeRequest, InvokeResult } from './invoker.ts';
import type { Limits, OperationMemory } from './operation-memory.ts';
import { govern } from './policy.ts';
import type { Policy } from './policy-schema.ts';
import type { ResolvedOperation } from './registry.ts';
import { compileSchema, type JsonSchema, type SchemaValidator } from './schema.ts';
import type { ServiceConnection } from './service-connection.ts';

export interface OperationParts {
  readonly resolved: ResolvedOperation;
  readonly connection: ServiceConnection;
  /** In place of the one connection, where the service has several. */
  readonly endpoints: Endpoints | undefined;
  /** Of the service's group. */
  readonly groupPolicy: Policy | undefined;
  readonly limits: { readonly group: Limits; readonly service: Limits };
  readonly memory: OperationMemory;
  /** What moves money is not mocked then. */
  readonly isProduction: boolean;
  readonly faults: FaultSlots;
  readonly deadlines: Deadlines;
  readonly now: () => number;
  readonly random: () => number;
  readonly maxResponseBytes: number;
  readonly meter: CallMeter | undefined;
  /** What a try does with the connection. Default: it calls the operation. */
  readonly send?: Send;
}

export type Send = (connection: Connection, input: Json, context: CallContext) => Promise<Answer>;

/** One operation of one revision of its service, with everything compiled that calls need. */
export interface GovernedOperation {
  call(request: InvokeRequest, context: InvokeContext): Promise<InvokeResult>;
}

/** @throws {FlowError} `SERVICE_INVALID` if a schema does not compile, which `parseService` would have found. */
export function governOperation(parts: OperationParts): GovernedOperation {
  const { resolved, connection, endpoints, deadlines, now, meter, maxResponseBytes, memory } = parts;
  const { service, operation, operationId } = resolved;
  const request = validatorOf(operation.request, `${service.id}.${operationId}: request`);
  const response = validatorOf(operation.response, `${service.id}.${operationId}: response`);
  const governed = govern({
    group: parts.groupPolicy,
    service,
    operation,
    limits: parts.limits,
    memory,
    attempt,
    random: parts.random,
  });
  const { live } = memory;
  const faultSlot = parts.faults.slotOf(service.id, operationId);
  const send: Send =
    parts.send ??
    ((open, input, context) => open.call({ operation: operationId, binding: operation.binding, input }, context));
  const isForbidden = parts.isProduction && operation.movesMoney === true && governed.mock !== undefined;
  const { cache } = governed;
  const run: Run = isForbidden ? refuseMock : (governed.mock ?? cache?.layer(checked) ?? governed.run);

  async function checked(call: Call): Promise<Answer> {
    return check(await governed.run(call), call);
  }

  function check(answer: Answer, call: Call): Answer {
    if (response.check(answer.body)) return answer;
    call.mayHaveActed ||= call.answeredBy === undefined;
    throw misfit('RESPONSE_INVALID', response, answer.body, call, resolved, answer.status);
  }

  /** Not async: a promise more would be a twentieth of the way. */
  function attempt(call: Call): Promise<Answer> {
    if (faultSlot.present === undefined && endpoints === undefined) return attemptBy(connection, call);
    return attemptElsewhere(call);
  }

  async function attemptElsewhere(call: Call): Promise<Answer> {
    await parts.faults.strike(faultSlot, call);
    return endpoints === undefined ? attemptBy(connection, call) : endpoints.attempt(call, attemptBy);
  }

  async function attemptBy(lent: ServiceConnection, call: Call): Promise<Answer> {
    const present = lent.get();
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
    async call({ input, timeoutMs, isFresh = false }, context) {
      const startedAt = now();
      const deadline = deadlines.start(governed.timeoutMs(timeoutMs));
      const call: Call = {
        input,
        context,
        deadline,
        attempts: 0,
        isOut: false,
        mayHaveActed: false,
        isFresh,
        tried: undefined,
        answeredBy: undefined,
      };
      live.inFlight += 1;
      live.calls += 1;
      connection.enter();
      try {
        if (!request.check(input)) throw misfit('INPUT_INVALID', request, input, call, resolved);
        const answer = await withinDeadline(call, run);
        // What comes through the cache has been checked on its way into it.
        if (cache === undefined || run === governed.mock) check(answer, call);
        const endedAt = now();
        const durationMs = endedAt - startedAt;
        live.ended(endedAt, durationMs, false);
        meter?.done('ok', durationMs);
        return {
          output: answer.body,
          durationMs,
          ...(answer.status !== undefined && { status: answer.status }),
          ...(call.answeredBy !== undefined && { answeredBy: call.answeredBy }),
        };
      } catch (thrown) {
        const endedAt = now();
        const error = toFlowError(thrown, call, resolved);
        live.ended(endedAt, endedAt - startedAt, true);
        if (thrown instanceof Refusal && thrown.by === 'rate-limit') live.rateLimited += 1;
        meter?.done(error.code, endedAt - startedAt);
        throw error;
      } finally {
        if (call.answeredBy === 'mock') live.mocked += 1;
        live.inFlight -= 1;
        connection.leave();
      }
    },
  };
}

/** Neither is the answer made up, nor is money moved by what was to be a mock. */
const refuseMock: Run = async () => {
  throw new Refusal(
    'SERVICE_UNAVAILABLE',
    'moves money and is set to mock, which production mode refuses; switch its mock off',
  );
};

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
