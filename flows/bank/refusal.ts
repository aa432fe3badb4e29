/** Every reason for which the bank refuses, with its HTTP status. A refused call has changed nothing. */
const catalogue = {
  INVALID_INPUT: 400,
  IDEMPOTENCY_KEY_MISSING: 400,
  SAME_ACCOUNT: 400,
  NOT_FOUND: 404,
  IDEMPOTENCY_KEY_REUSED: 422,
  ACCOUNT_CLOSED: 409,
  ACCOUNT_FROZEN: 409,
  INSUFFICIENT_FUNDS: 409,
  HOLD_NOT_OPEN: 409,
  SERIAL_TAKEN: 409,
  SERIAL_BLOCKED: 409,
  ALREADY_REVERSED: 409,
  NOT_REVERSIBLE: 409,
  SUSPENSE_ONLY_BY_BREAK: 409,
  AMOUNT_TOO_LARGE: 409,
  LIMIT_EXCEEDED: 409,
  INTERVAL_LOCKED: 409,
  QUOTE_EXPIRED: 409,
  STATE_CONFLICT: 409,
  BLOCKED: 409,
  REFUSED: 409,
  INJECTED_FAILURE: 503,
  STORE_UNAVAILABLE: 503,
} as const;

export type RefusalCode = keyof typeof catalogue;

/** Thrown by a handler to say no: its transaction is rolled back and the caller gets a problem document (RFC 9457). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly status: number;

  constructor(code: RefusalCode, detail: string, options?: ErrorOptions & { readonly status?: number | undefined }) {
    super(detail, options);
    this.code = code;
    this.status = options?.status ?? catalogue[code];
  }
}

/** The body of a refusal. */
export function problemOf({ code, status, message }: Refusal): string {
  return JSON.stringify({ type: `urn:heddle:bank:${code.toLowerCase()}`, title: code, status, code, detail: message });
}
