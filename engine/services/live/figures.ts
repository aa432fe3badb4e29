import { bucketOf } from './histogram.ts';
import { SlidingWindow, type WindowFigures } from './window.ts';

/** What one operation does, as it does it. About 20 KB for each operation that has been called. */
export class LiveFigures {
  inFlight = 0;
  calls = 0;
  errors = 0;
  /** Calls that the rate limit refused. */
  rateLimited = 0;
  /** Calls that a mock answered. */
  mocked = 0;
  readonly #short: SlidingWindow;
  readonly #long: SlidingWindow;

  constructor(nowMs: number) {
    this.#short = new SlidingWindow({ slots: 10, slotMs: 1_000 }, nowMs);
    this.#long = new SlidingWindow({ slots: 12, slotMs: 5_000 }, nowMs);
  }

  ended(nowMs: number, durationMs: number, isError: boolean): void {
    const bucket = bucketOf(durationMs);
    this.#short.count(nowMs, bucket, isError);
    this.#long.count(nowMs, bucket, isError);
    if (isError) this.errors += 1;
  }

  windows(nowMs: number): { readonly last10s: WindowFigures; readonly last60s: WindowFigures } {
    return { last10s: this.#short.figures(nowMs), last60s: this.#long.figures(nowMs) };
  }
}
