/** Repeatable randomness: mulberry32, one generator for each life. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 ≤ r < 1 */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** Milliseconds that something takes: mostly a few, now and then many. */
  latencyMs(typicalMs: number): number {
    const luck = this.next();
    if (luck < 0.85) return this.below(typicalMs + 1);
    return this.below(typicalMs * (luck < 0.97 ? 30 : 300) + 1);
  }
}
