import { type CallError, isCallError } from '@heddle/connectors/sdk/index';
import { catalogue, type ErrorCode, FlowError, type JsonObject } from '../errors.ts';
import { isRepeatable } from './effective-policy.ts';
import { type Call, MockFailure, Refusal } from './governance/index.ts';
import type { ResolvedOperation } from './registry.ts';

/** A call's error as the engine knows errors, with {@link InvokeFailure} as its details. */
export function toFlowError(error: unknown, call: Call, resolved: ResolvedOperation): FlowError {
  if (error instanceof FlowError) return error;
  if (error instanceof Refusal) {
    const { code, message, retryAfterMs } = error;
    return failure({ code, message, error, call, resolved, isRetryable: true, facts: { retryAfterMs } });
  }
  if (error instanceof MockFailure) {
    // Nobody acted; only where the mock says that this cannot be known, it is taken at its word.
    call.mayHaveActed = error.code === 'OUTCOME_UNKNOWN';
    const { code, message } = error;
    const isRetryable = catalogue[code].retryable;
    return failure({ code, message, error, call, resolved, isRetryable, facts: { isMocked: true } });
  }
  if (isCallError(error)) {
    const { message, retryable: isRetryable, status, retryAfterMs, body } = error;
    const code = codeOf(error, call, isRepeatable(resolved.operation));
    return failure({ code, message, error, call, resolved, isRetryable, facts: { status, retryAfterMs, body } });
  }
  // A connector that throws something else is broken; what it did before is anyone's guess.
  call.mayHaveActed ||= call.attempts > 0;
  const message = `the connector ${resolved.service.connector} failed: ${error instanceof Error ? error.message : String(error)}`;
  return failure({ code: 'SERVICE_ERROR', message, error, call, resolved, isRetryable: false, facts: {} });
}

interface FailureParts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly error?: unknown;
  readonly call: Call;
  readonly resolved: ResolvedOperation;
  readonly isRetryable: boolean;
  /** Further details; those that are undefined are left out. */
  readonly facts: { readonly [name: string]: JsonObject[string] | undefined };
}

export function failure({ code, message, error, call, resolved, isRetryable, facts }: FailureParts): FlowError {
  const { service, operationId } = resolved;
  const details: Record<string, JsonObject[string]> = {
    service: service.id,
    operation: operationId,
    attempts: call.attempts,
    mayHaveActed: call.mayHaveActed,
    retryable: isRetryable && (!call.mayHaveActed || isRepeatable(resolved.operation)),
  };
  for (const [name, value] of Object.entries(facts)) {
    if (value !== undefined) details[name] = value;
  }
  return new FlowError(code, `${service.id}.${operationId}: ${message}`, { cause: error, details });
}

function codeOf({ kind, status, retryable }: CallError, call: Call, isRepeatable: boolean): ErrorCode {
  switch (kind) {
    case 'unavailable':
      if (status === 429) return 'SERVICE_OVERLOADED';
      return status === undefined && call.mayHaveActed && !isRepeatable ? 'OUTCOME_UNKNOWN' : 'SERVICE_UNAVAILABLE';
    case 'timeout':
      return 'DEADLINE_EXCEEDED';
    case 'failed':
      return 'SERVICE_ERROR';
    case 'rejected':
      return 'SERVICE_REFUSED';
    case 'refused':
      // A connection that is being closed will be replaced; an input that fits no request will not.
      return retryable ? 'SERVICE_UNAVAILABLE' : 'INPUT_INVALID';
    case 'invalid-response':
      return 'RESPONSE_INVALID';
    case 'too-large':
      return 'RESPONSE_TOO_LARGE';
    case 'address-refused':
      return 'ADDRESS_REFUSED';
  }
}
