/** Pauses that end early, all of them, when whoever makes them is closed. */
export class Pauses {
  readonly #ends = new Set<() => void>();
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves after `ms`, or at once when it is over. */
  for(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#ends.add(end);
    });
  }

  end(): void {
    this.#isOver = true;
    for (const end of this.#ends) end();
  }
}

/** How long a message rests that was given back: 0.5 s, twice as long each time, 30 s at most. */
export function restMs(delivery: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(delivery - 1, 10));
}

/** Waits for `work` so long at most, for goodbyes: whoever says nothing is left all the same, and a failure changes nothing. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const limit = new Pauses();
  await Promise.race([work.catch(() => undefined), limit.for(ms)]);
  limit.end();
}
