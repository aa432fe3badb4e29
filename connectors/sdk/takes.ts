/** Work under way, at most `limit` at a time where it is asked about, and the end of it. */
export class Takes {
  readonly #limit: number;
  #out = 0;
  #waiting: (() => void)[] = [];

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  /** How much more may begin. */
  get free(): number {
    return Math.max(0, this.#limit - this.#out);
  }

  /** Counts `work` as under way until it is settled. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#out += 1;
    try {
      return await work();
    } finally {
      this.#out -= 1;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    }
  }

  /** Resolves as soon as something may begin. */
  async untilFree(): Promise<void> {
    while (this.free === 0) await this.#change();
  }

  /** Resolves when nothing is under way. */
  async untilDone(): Promise<void> {
    while (this.#out > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
