import { randomFillSync } from 'node:crypto';
import { parseTraceparent } from '../telemetry/index.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const pool = new Uint8Array(4_096);
let used = pool.length;

/**
 * A new W3C trace context, not sampled. Its span id begins its trace id, which says that there is no such span: the
 * trace begins with the run.
 */
function newTraceparent(): string {
  if (used + 16 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = Buffer.from(pool.buffer, used, 16).toString('hex');
  used += 16;
  return `00-${hex}-${hex.slice(0, 16)}-00`;
}

/** The caller’s trace if it is one, else a new one, as W3C Trace Context has it. */
export function traceOf(traceparent: string | undefined): string {
  return traceparent !== undefined && parseTraceparent(traceparent) ? traceparent : newTraceparent();
}

/**
 * A run id: 10 characters of time and 16 of randomness in Crockford's base 32, lower case (the layout of ULID), so that
 * ids sort by start and pages need no other key.
 */
export function newRunId(nowMs: number): string {
  let time = '';
  for (let rest = nowMs, index = 0; index < 10; index += 1) {
    time = ALPHABET[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  if (used + 16 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let random = '';
  for (let index = 0; index < 16; index += 1) random += ALPHABET[(pool[used + index] ?? 0) & 31];
  used += 16;
  return time + random;
}
