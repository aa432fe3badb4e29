import type { Priority, Refusal } from '../runtime.ts';

export interface AdmissionOptions {
  /** Runs with work in flight, however quick the engine is. */
  readonly maxActiveRuns: number;
  /** Runs with work in flight now, without those that the admission has counted itself. */
  readonly active: () => number;
}

/** How late the event loop may be on average: a step meets it about three times. */
const LOOP_TARGET_MS = 8;
/** How long commits may take on average; four times what a slow disk needs when it has little to do. */
const COMMIT_TARGET_MS = 40;
/** One stall, such as a collection, is no load. */
const LONGEST_SAMPLE_MS = 50;
/** Time between samples of the loop. */
const SAMPLE_MS = 10;
/** Weight of the newest of the samples: the mean looks back about 100 ms. */
const WEIGHT = 0.1;
const SAMPLES_PER_DECISION = 5;

const DECREASE = 0.9;
/** So near to a limit that was lowered counts as there. */
const SETTLED = 1.02;
const INCREASE = 1.02;
const QUICK_INCREASE = 1.1;
/** Below this share of the targets the limit may grow; above it up to the target it stays as it is. */
const CALM = 0.75;
const IDLE = 0.25;
/** The limit never falls below this share of `maxActiveRuns`: lateness that new runs do not cause must not shut them out. */
const LOWEST_SHARE = 0.05;
const LOWEST = 8;
/** Starts taken between two samples: what a flood may bring in before its lateness has been seen. */
const BURST = 250;
const RETRY_AFTER_MS = 1_000;

/**
 * Up to which share of the limit starts are taken: a caller who waits, and one who does not (`background`). A flood of
 * one class leaves the rest of the limit to the classes above it.
 */
const SHARES: Readonly<Record<Priority, { readonly waiting: number; readonly background: number }>> = {
  high: { waiting: 1, background: 0.9 },
  normal: { waiting: 0.8, background: 0.65 },
  low: { waiting: 0.5, background: 0.4 },
};
const LOWEST_CLASS = SHARES.low.background;

/**
 * Decides whether a start is taken: as long as fewer runs are active than the limit, of which each class of starts has
 * its share. The limit follows how late the engine is (additive increase would be too slow from a low limit, so both
 * ways multiplicative): lower by a tenth while steps wait for the event loop or the disk longer than intended, higher
 * again once they do not and the limit is what holds starts back. There is no queue of starts: what cannot be begun now
 * is refused now, so the longest wait is that of steps under way. Only starts are asked about, never work under way.
 */
export class Admission {
  private readonly options: AdmissionOptions;
  private readonly lowest: number;
  private elsewhere = 0;
  private limit: number;
  private loopMs = 0;
  private commitMs = 0;
  private samples = 0;
  /** Starts taken since the last sample. */
  private taken = 0;
  /** The largest share that held starts back lately; 0: none did. */
  private limitedShare = 0;
  private readonly counts = new Map<string, number>();

  constructor(options: AdmissionOptions) {
    this.options = options;
    this.limit = options.maxActiveRuns;
    this.lowest = Math.min(options.maxActiveRuns, Math.max(LOWEST, options.maxActiveRuns * LOWEST_SHARE));
  }

  private get active(): number {
    return this.options.active() + this.elsewhere;
  }

  /** Counts a run that is kept elsewhere, such as an express run, until it has ended. */
  async during<Result>(run: () => Promise<Result>): Promise<Result> {
    this.elsewhere += 1;
    try {
      return await run();
    } finally {
      this.elsewhere -= 1;
    }
  }

  /** False when whatever comes now is taken; so cheap that it may be asked before anything is known of a request. */
  get isTight(): boolean {
    return this.active >= this.limit * LOWEST_CLASS || this.taken >= BURST * LOWEST_CLASS;
  }

  /** Takes a start, or says why not. @param background nobody waits for its outcome */
  admit(priority: Priority, background: boolean): Refusal | undefined {
    const refusal = this.refuse(priority, background);
    // Without samples nothing would ever take them back.
    if (refusal === undefined && this.samples > 0) this.taken += 1;
    return refusal;
  }

  /** Why a start of this class would not be taken now; counted. */
  refuse(priority: Priority, background: boolean): Refusal | undefined {
    const { active } = this;
    const share = SHARES[priority][background ? 'background' : 'waiting'];
    if (active < this.limit * share && this.taken < BURST * share) return undefined;
    this.limitedShare = Math.max(this.limitedShare, share);
    this.counts.set(priority, (this.counts.get(priority) ?? 0) + 1);
    const detail =
      this.limit < this.options.maxActiveRuns
        ? `${active} runs are active, as many as this engine carries without delay now`
        : `${active} runs are active, as many as this engine takes`;
    return { code: 'OVERLOADED', detail: `${detail} (priority ${priority})`, retryAfterMs: RETRY_AFTER_MS };
  }

  /** How late the event loop was, asked every 10 ms. */
  late(ms: number): void {
    const lateMs = Math.min(Math.max(0, ms), LONGEST_SAMPLE_MS);
    // A sample that comes late stands for those that did not come.
    const weight = 1 - (1 - WEIGHT) ** (1 + lateMs / SAMPLE_MS);
    this.loopMs += weight * (lateMs - this.loopMs);
    this.taken = 0;
    this.samples += 1;
    if (this.samples % SAMPLES_PER_DECISION === 0) this.decide();
  }

  /** How long a commit took. */
  committed(ms: number): void {
    this.commitMs += WEIGHT * (ms - this.commitMs);
  }

  /** Figures for metrics: the limit, the delays in ms, and how many starts were refused by class. */
  figures() {
    return { limit: this.limit, loopMs: this.loopMs, commitMs: this.commitMs, refused: this.counts };
  }

  private decide(): void {
    const { active } = this;
    // A commit that took long says nothing of a journal that has had nothing to do since.
    if (active === 0) this.commitMs = 0;
    const load = Math.max(this.loopMs / LOOP_TARGET_MS, this.commitMs / COMMIT_TARGET_MS);
    const share = this.limitedShare || 1;
    if (load > 1) {
      // Not again before what was too much has ended: it is the runs that must become fewer, not the limit.
      const reached = active / share;
      if (reached <= this.limit * SETTLED) this.limit = Math.max(this.lowest, Math.min(this.limit, reached) * DECREASE);
    } else if (load < IDLE || (load < CALM && this.limitedShare > 0)) {
      const factor = load < IDLE ? QUICK_INCREASE : INCREASE;
      this.limit = Math.min(this.options.maxActiveRuns, this.limit * factor);
    }
    // Kept while it is too much: without refusals for a moment the runs are still those of the share that was full.
    if (load <= 1) this.limitedShare = 0;
  }
}

const SAMPLES_PER_REPORT = 100;

/**
 * Tells an admission how late the event loop is, until the function that it returns is called.
 *
 * @param report hears about once a second how many starts were refused since it last did, if any were
 */
export function watchLoop(admission: Admission, report: (refused: number) => void): () => void {
  let due = performance.now() + SAMPLE_MS;
  let samples = 0;
  let reported = 0;
  const timer = setTimeout(() => {
    const now = performance.now();
    admission.late(now - due);
    samples += 1;
    if (samples % SAMPLES_PER_REPORT === 0) {
      const refused = [...admission.figures().refused.values()].reduce((sum, count) => sum + count, 0);
      if (refused > reported) report(refused - reported);
      reported = refused;
    }
    due = now + SAMPLE_MS;
    timer.refresh();
  }, SAMPLE_MS);
  timer.unref();
  return () => clearTimeout(timer);
}
