import type { ServiceError } from '@grpc/grpc-js';
import { CallError, type CallErrorKind, type Json, MAX_ERROR_BODY_BYTES } from '../sdk/index.ts';
import { ADDRESS_REFUSED } from './channel.ts';
import { detailsOf } from './status-details.ts';
import type { Types } from './types.ts';

interface Judgement {
  readonly kind: CallErrorKind;
  readonly retryable: boolean;
  /** If the request was sent at all. */
  readonly mayHaveActed: boolean;
}

const rejected: Judgement = { kind: 'rejected', retryable: false, mayHaveActed: false };
const failed: Judgement = { kind: 'failed', retryable: false, mayHaveActed: true };

/**
 * By the name of the status. A library on the way also says `UNAVAILABLE` and `RESOURCE_EXHAUSTED`, also when the
 * service has done its work and the answer got lost or was too large to send, so those may have acted.
 */
const judgements: Readonly<Record<string, Judgement>> = {
  CANCELLED: failed,
  UNKNOWN: failed,
  INVALID_ARGUMENT: rejected,
  DEADLINE_EXCEEDED: { kind: 'timeout', retryable: true, mayHaveActed: true },
  NOT_FOUND: rejected,
  ALREADY_EXISTS: rejected,
  PERMISSION_DENIED: rejected,
  RESOURCE_EXHAUSTED: { kind: 'unavailable', retryable: true, mayHaveActed: true },
  FAILED_PRECONDITION: rejected,
  ABORTED: { kind: 'failed', retryable: true, mayHaveActed: true },
  OUT_OF_RANGE: rejected,
  UNIMPLEMENTED: rejected,
  INTERNAL: failed,
  UNAVAILABLE: { kind: 'unavailable', retryable: true, mayHaveActed: true },
  DATA_LOSS: failed,
  UNAUTHENTICATED: rejected,
};

export interface JudgeParts {
  readonly statusNames: Readonly<Record<number, string>>;
  /** Statuses by which the service promises that it did nothing. */
  readonly didNotActOn: readonly string[];
  /** For details of the service's own. */
  readonly types: Types | undefined;
}

export function judge(
  error: ServiceError,
  wasSent: boolean,
  { statusNames, didNotActOn, types }: JudgeParts,
): CallError {
  const name = statusNames[error.code] ?? 'UNKNOWN';
  const said = error.details;
  if (said.includes(ADDRESS_REFUSED)) {
    const message = said.slice(said.indexOf(ADDRESS_REFUSED) + ADDRESS_REFUSED.length);
    return new CallError(message, { kind: 'address-refused', retryable: false, mayHaveActed: false, cause: error });
  }
  // The library's words for a message past the limit.
  if (name === 'RESOURCE_EXHAUSTED' && /^Received message .*larger than/.test(said))
    return new CallError('the answer is larger than it may be', {
      kind: 'too-large',
      retryable: false,
      mayHaveActed: wasSent,
      status: error.code,
    });
  if (!wasSent) return notSent(error, name);
  const { kind, retryable, mayHaveActed } = judgements[name] ?? failed;
  const isPromised = didNotActOn.includes(name);
  const { details, retryAfterMs } = detailsOf(error.metadata, types);
  const message = `the service answered ${name}${said === '' ? '' : `: ${said.slice(0, 500)}`}`;
  return new CallError(message, {
    kind,
    retryable: retryable || isPromised,
    mayHaveActed: mayHaveActed && !isPromised,
    status: error.code,
    body: short({ code: name, message: said, ...(details.length > 0 && { details }) }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: error,
  });
}

function notSent(error: ServiceError, name: string): CallError {
  const isCertificate = /certificate|self[- ]signed|altname/i.test(error.details);
  const isTimeout = name === 'DEADLINE_EXCEEDED';
  return new CallError(isTimeout ? 'no connection within the deadline' : `no connection (${error.details})`, {
    kind: isTimeout ? 'timeout' : 'unavailable',
    // A certificate that is wrong now is wrong in a second.
    retryable: !isCertificate,
    mayHaveActed: false,
    cause: error,
  });
}

function short(body: Json): Json {
  const text = JSON.stringify(body);
  return text.length <= MAX_ERROR_BODY_BYTES ? body : text.slice(0, MAX_ERROR_BODY_BYTES);
}
