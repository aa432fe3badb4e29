/** The place of one operation in a trace (W3C Trace Context, level 1). */
export interface TraceContext {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, not all zero: this operation. */
  readonly spanId: string;
  /** Someone upstream records this trace. */
  readonly isSampled: boolean;
}

/** Fills the bytes it is given with randomness; `crypto.getRandomValues` is one. */
export type Randomness = (bytes: Uint8Array) => unknown;

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a `traceparent` header; `undefined` if it is not one, and then a new trace is to be started, as the standard
 * has it. Versions after 00 are read as far as 00 goes.
 */
export function parseTraceparent(header: string): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(header) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** The first operation of a new trace. */
export function startTrace(random: Randomness, isSampled = false): TraceContext {
  return { traceId: randomHex(random, 16), spanId: randomHex(random, 8), isSampled };
}

/** An operation within another one: the same trace, its own id. */
export function childTrace(parent: TraceContext, random: Randomness): TraceContext {
  return { ...parent, spanId: randomHex(random, 8) };
}

function randomHex(random: Randomness, length: number): string {
  const bytes = new Uint8Array(length);
  random(bytes);
  // All zeros means "no id" and is not valid; the odds are nil, but a fixed source in a test may do it.
  if (bytes.every((byte) => byte === 0)) bytes[length - 1] = 1;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
