/** How many in the last seconds, in constant memory. */
export class Rate {
  private readonly now: () => number;
  private readonly slots = new Array<number>(WINDOW_S).fill(0);
  private second = 0;

  /** @param now epoch ms */
  constructor(now: () => number) {
    this.now = now;
  }

  count(): void {
    this.advance();
    const slot = this.second % WINDOW_S;
    this.slots[slot] = (this.slots[slot] ?? 0) + 1;
  }

  /** The mean over the last 10 s. */
  perSecond(): number {
    this.advance();
    return this.slots.reduce((sum, count) => sum + count, 0) / WINDOW_S;
  }

  private advance(): void {
    const second = Math.floor(this.now() / 1_000);
    if (second === this.second) return;
    // A clock that was set back begins anew: figures of the future would never pass.
    const passed = second < this.second ? WINDOW_S : Math.min(WINDOW_S, second - this.second);
    for (let back = 0; back < passed; back += 1) this.slots[(second - back) % WINDOW_S] = 0;
    this.second = second;
  }
}

const WINDOW_S = 10;
