/** Any JSON value. Data is read-only everywhere in the engine. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/**
 * Every error code of the engine: its HTTP status when it reaches a REST caller, and whether trying the same thing
 * again can help. A code is public API and never changes meaning; docs/errors.md explains each one.
 */
export const catalogue = {
  // The request itself
  MALFORMED_JSON: { status: 400, retryable: false },
  INVALID_REQUEST: { status: 400, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false },
  INPUT_INVALID: { status: 422, retryable: false },
  // Definitions
  FLOW_INVALID: { status: 422, retryable: false },
  FLOW_NOT_FOUND: { status: 404, retryable: false },
  VERSION_NOT_FOUND: { status: 404, retryable: false },
  DRAFT_NOT_FOUND: { status: 404, retryable: false },
  DRAFT_CONFLICT: { status: 409, retryable: false },
  CASE_NOT_FOUND: { status: 404, retryable: false },
  TRIGGER_CONFLICT: { status: 409, retryable: false },
  // Services
  SERVICE_INVALID: { status: 422, retryable: false },
  SERVICE_NOT_FOUND: { status: 404, retryable: false },
  OPERATION_NOT_FOUND: { status: 404, retryable: false },
  IMPORT_INVALID: { status: 422, retryable: false },
  SERVICE_IN_USE: { status: 409, retryable: false },
  SECRET_IN_USE: { status: 409, retryable: false },
  SECRET_LOCKED: { status: 502, retryable: false },
  SERVICE_CHANGED: { status: 412, retryable: false },
  GROUP_NOT_FOUND: { status: 404, retryable: false },
  GROUP_IN_USE: { status: 409, retryable: false },
  SERVICE_UNAVAILABLE: { status: 503, retryable: true },
  SERVICE_ERROR: { status: 502, retryable: false },
  SERVICE_REFUSED: { status: 502, retryable: false },
  SERVICE_OVERLOADED: { status: 503, retryable: true },
  RESPONSE_INVALID: { status: 502, retryable: false },
  RESPONSE_TOO_LARGE: { status: 502, retryable: false },
  ADDRESS_REFUSED: { status: 502, retryable: false },
  DEADLINE_EXCEEDED: { status: 504, retryable: true },
  OUTCOME_UNKNOWN: { status: 502, retryable: false },
  // Expressions and scripts
  EXPRESSION_INVALID: { status: 422, retryable: false },
  EXPRESSION_MISSING_PATH: { status: 422, retryable: false },
  EXPRESSION_TYPE: { status: 422, retryable: false },
  EXPRESSION_BUDGET: { status: 422, retryable: false },
  SCRIPT_FAILED: { status: 422, retryable: false },
  SCRIPT_LIMIT: { status: 422, retryable: false },
  // Runs
  RUN_NOT_FOUND: { status: 404, retryable: false },
  RUN_FINISHED: { status: 409, retryable: false },
  RUN_NOT_WAITING: { status: 409, retryable: false },
  RUN_CANCELLED: { status: 409, retryable: false },
  EVENT_TIMEOUT: { status: 504, retryable: false },
  TASK_EXPIRED: { status: 504, retryable: false },
  SCOPE_TIMEOUT: { status: 504, retryable: false },
  RUN_TIMEOUT: { status: 504, retryable: false },
  NEED_NOT_MET: { status: 500, retryable: false },
  CHOICE_UNMATCHED: { status: 500, retryable: false },
  SUBFLOW_FAILED: { status: 500, retryable: false },
  COMPENSATION_FAILED: { status: 500, retryable: false },
  TRANSITION_LIMIT: { status: 500, retryable: false },
  HISTORY_LIMIT: { status: 500, retryable: false },
  FAN_OUT_LIMIT: { status: 422, retryable: false },
  DEPTH_LIMIT: { status: 422, retryable: false },
  // Tasks
  TASK_NOT_FOUND: { status: 404, retryable: false },
  TASK_CLOSED: { status: 409, retryable: false },
  TASK_CLAIMED: { status: 409, retryable: false },
  // Workers
  LEASE_LOST: { status: 409, retryable: false },
  // Messages
  LETTER_SETTLED: { status: 409, retryable: false },
  // Accepting work
  IDEMPOTENCY_MISMATCH: { status: 422, retryable: false },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, retryable: true },
  OVERLOADED: { status: 503, retryable: true },
  NOT_READY: { status: 503, retryable: true },
  STORE_UNAVAILABLE: { status: 503, retryable: true },
  STORE_CONFLICT: { status: 409, retryable: true },
  STORE_LOCKED: { status: 503, retryable: false },
  FENCED: { status: 503, retryable: false },
  CONFIG_INVALID: { status: 500, retryable: false },
  INTERNAL: { status: 500, retryable: false },
} as const satisfies Record<string, { readonly status: number; readonly retryable: boolean }>;

export type ErrorCode = keyof typeof catalogue;

/** One thing wrong with a document: where (JSON pointer, RFC 6901), what (stable code), and how to mend it. */
export interface Problem {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  /** `warning` does not stop publishing; absent means `error`. */
  readonly severity?: 'warning';
}

/** The engine's one error class. Compare `code`, never `message`. */
export class FlowError extends Error {
  override readonly name = 'FlowError';
  readonly code: ErrorCode;
  readonly details: JsonObject;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: JsonObject } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return catalogue[this.code].status;
  }

  get retryable(): boolean {
    return catalogue[this.code].retryable;
  }
}

/** Joins path segments into a JSON pointer (RFC 6901). */
export function pointer(...segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What went wrong in words, whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
