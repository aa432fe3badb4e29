import { BUCKETS, quantiles } from './histogram.ts';

/** What happened within a window that ends now. */
export interface WindowFigures {
  /** How much time the window spans by now, at most its whole length. */
  readonly overMs: number;
  readonly calls: number;
  readonly callsPerSecond: number;
  /** Of the calls that ended in the window; 0 if there were none. */
  readonly errorRate: number;
  /** Absent if no call ended in the window. At most 5 % off. */
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
}

/**
 * Counts calls in slots of time, of which the oldest makes room for the newest. Its memory is fixed, and counting
 * allocates nothing.
 */
export class SlidingWindow {
  readonly #slots: number;
  readonly #slotMs: number;
  /** The tick that each slot counts for now. */
  readonly #ticks: Float64Array;
  readonly #calls: Uint32Array;
  readonly #errors: Uint32Array;
  readonly #buckets: Uint32Array;
  readonly #startedAt: number;

  /** @param nowMs monotonic, as in every later call */
  constructor({ slots, slotMs }: { readonly slots: number; readonly slotMs: number }, nowMs: number) {
    this.#slots = slots;
    this.#slotMs = slotMs;
    this.#ticks = new Float64Array(slots).fill(-1);
    this.#calls = new Uint32Array(slots);
    this.#errors = new Uint32Array(slots);
    this.#buckets = new Uint32Array(slots * BUCKETS);
    this.#startedAt = nowMs;
  }

  count(nowMs: number, bucket: number, isError: boolean): void {
    const tick = Math.floor(nowMs / this.#slotMs);
    const slot = tick % this.#slots;
    if (this.#ticks[slot] !== tick) this.#clear(slot, tick);
    this.#calls[slot] = (this.#calls[slot] ?? 0) + 1;
    if (isError) this.#errors[slot] = (this.#errors[slot] ?? 0) + 1;
    const at = slot * BUCKETS + bucket;
    this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
  }

  figures(nowMs: number): WindowFigures {
    const tick = Math.floor(nowMs / this.#slotMs);
    const oldest = tick - this.#slots + 1;
    const counts = new Uint32Array(BUCKETS);
    let calls = 0;
    let errors = 0;
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const of = this.#ticks[slot] ?? -1;
      if (of < oldest || of > tick) continue;
      calls += this.#calls[slot] ?? 0;
      errors += this.#errors[slot] ?? 0;
      for (let bucket = 0; bucket < BUCKETS; bucket += 1)
        counts[bucket] = (counts[bucket] ?? 0) + (this.#buckets[slot * BUCKETS + bucket] ?? 0);
    }
    // The newest slot is not full yet, and a window that has just begun is shorter still.
    const overMs = nowMs - Math.max(oldest * this.#slotMs, this.#startedAt);
    const [p50, p95, p99] = quantiles(counts, [0.5, 0.95, 0.99]);
    return {
      overMs: Math.round(overMs),
      calls,
      callsPerSecond: (calls * 1_000) / Math.max(overMs, 1_000),
      errorRate: calls === 0 ? 0 : errors / calls,
      ...(p50 !== undefined && p95 !== undefined && p99 !== undefined && { p50Ms: p50, p95Ms: p95, p99Ms: p99 }),
    };
  }

  #clear(slot: number, tick: number): void {
    this.#ticks[slot] = tick;
    this.#calls[slot] = 0;
    this.#errors[slot] = 0;
    this.#buckets.fill(0, slot * BUCKETS, (slot + 1) * BUCKETS);
  }
}
