import { type Bar, type Timeline, ticksOf } from './timeline.ts';

/** Where moments stand on the drawn line, from 0 to 1. */
export interface Scale {
  readonly at: (ms: number) => number;
  /** Labels along the line, ms from the beginning. */
  readonly marks: readonly { readonly at: number; readonly ms: number }[];
  /** Stretches that are drawn shorter than they were. */
  readonly breaks: readonly { readonly from: number; readonly to: number }[];
}

const WAITS = ['event', 'task', 'wait', 'subflow'];
const HOLDS = ['parallel', 'forEach', 'try'];
/** A stretch in which nothing works is drawn this long, as a share of all the work. */
const SHORT = 0.12;
/** Labels nearer than this would run into each other. */
const LABEL = 0.09;

const isWork = ({ type, status }: Bar['step']) =>
  status !== 'incident' && !WAITS.includes(type) && !HOLDS.includes(type);

/** Time as it passed. */
export function evenScale({ from, to }: Timeline): Scale {
  const length = to - from;
  const marks = ticksOf(length).map((ms) => ({ at: ms / length, ms }));
  return { at: (ms) => (ms - from) / length, marks, breaks: [] };
}

/**
 * Time with the stretches shortened in which the run only waits for people, events or the clock: beside an approval
 * that took a day, calls of a few ms could not be seen. The even scale where there is nothing to be gained.
 */
export function workScale(timeline: Timeline): Scale {
  const { from, to, bars } = timeline;
  const work = merged(bars.filter(({ step }) => isWork(step)).map((bar) => [bar.from, bar.to]));
  const worked = work.reduce((sum, [start, end]) => sum + end - start, 0);
  const even = evenScale(timeline);
  if (worked === 0) return even;
  const edges = [from, ...work.flat(), to];
  // Even stretches lie between work, odd ones are work.
  const stretches = edges.slice(1).map((end, index) => {
    const start = edges[index] ?? from;
    const length = end - start;
    return { start, end, drawn: index % 2 === 1 ? length : Math.min(length, worked * SHORT) };
  });
  const total = stretches.reduce((sum, { drawn }) => sum + drawn, 0);
  if (total > (to - from) * 0.6) return even;
  let reached = 0;
  const placed = stretches.map((stretch) => {
    const begin = reached / total;
    reached += stretch.drawn;
    return { ...stretch, begin, stop: reached / total };
  });
  const at = (ms: number): number => {
    const found = placed.find(({ start, end }) => ms >= start && ms <= end && end > start);
    if (found === undefined) return ms <= from ? 0 : 1;
    return found.begin + ((ms - found.start) / (found.end - found.start)) * (found.stop - found.begin);
  };
  const marks: { at: number; ms: number }[] = [];
  for (const { start, begin } of placed.filter((_stretch, index) => index % 2 === 1 || index === 0))
    if (begin - (marks.at(-1)?.at ?? -1) >= LABEL) marks.push({ at: begin, ms: start - from });
  const breaks = placed
    .filter(({ start, end, drawn }) => drawn < end - start)
    .map(({ begin, stop }) => ({ from: begin, to: stop }));
  return { at, marks, breaks };
}

/** Overlapping stretches as one, in order. */
function merged(stretches: readonly (readonly [number, number])[]): [number, number][] {
  const whole: [number, number][] = [];
  for (const [from, to] of [...stretches].sort((a, b) => a[0] - b[0])) {
    const last = whole.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else whole.push([from, to]);
  }
  return whole;
}
