import type { Step } from '@heddle/engine/api/contract';

export interface Bar {
  readonly step: Step;
  /** Scopes around the step. */
  readonly depth: number;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** It has not ended yet. */
  readonly isOpen: boolean;
}

export interface Timeline {
  readonly bars: readonly Bar[];
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Marks on the scale, ms from the beginning. */
  readonly ticks: readonly number[];
}

/**
 * Steps as bars on one scale, in the order in which they began.
 *
 * @param now epoch ms, where open bars end; undefined for a run that has ended
 */
export function timelineOf(
  run: { readonly startedAt: number; readonly finishedAt?: number; readonly steps: readonly Step[] },
  now?: number,
): Timeline {
  const ends = run.steps.map((step) => step.endedAt ?? step.startedAt);
  const to = Math.max(run.finishedAt ?? 0, now ?? 0, run.startedAt + 1, ...ends);
  const bars = run.steps.map((step) => ({
    step,
    depth: step.id.split('/').length - 2,
    from: step.startedAt,
    to: step.endedAt ?? to,
    isOpen: step.endedAt === undefined,
  }));
  return { bars, from: run.startedAt, to, ticks: ticksOf(to - run.startedAt) };
}

const STEPS = [1, 2, 5];
const UNITS = [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 86_400_000, 864_000_000];

/** Four to ten round marks. @param lengthMs of the whole scale */
export function ticksOf(lengthMs: number): number[] {
  const gap =
    UNITS.flatMap((unit) => STEPS.map((step) => step * unit))
      .sort((a, b) => a - b)
      .find((candidate) => lengthMs / candidate <= 6) ?? lengthMs;
  return Array.from({ length: Math.floor(lengthMs / gap) + 1 }, (_, index) => index * gap);
}
