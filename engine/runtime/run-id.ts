import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const pool = new Uint8Array(4_096);
let used = pool.length;

/** A new W3C trace context, not sampled: random trace and span ids. */
export function newTraceparent(): string {
  if (used + 24 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = Buffer.from(pool.buffer, used, 24).toString('hex');
  used += 24;
  return `00-${hex.slice(0, 32)}-${hex.slice(32)}-00`;
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
