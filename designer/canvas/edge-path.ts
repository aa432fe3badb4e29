import type { Point } from '../model/layout.ts';

const RADIUS = 8;
const MIN_FOR_LABEL = 44;

/** An SVG path through corners, rounded. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = [`M${first.x} ${first.y}`];
  rest.forEach((corner, at) => {
    const before = points[at] ?? first;
    const after = rest[at + 1];
    if (!after) {
      parts.push(`L${corner.x} ${corner.y}`);
      return;
    }
    const from = towards(corner, before);
    const to = towards(corner, after);
    parts.push(`L${from.x} ${from.y}Q${corner.x} ${corner.y} ${to.x} ${to.y}`);
  });
  return parts.join('');
}

function towards(corner: Point, other: Point): Point {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y);
  if (length === 0) return corner;
  const by = Math.min(RADIUS, length / 2) / length;
  return { x: corner.x + (other.x - corner.x) * by, y: corner.y + (other.y - corner.y) * by };
}

/** The middle of the longest straight piece: where something can stand on the path and be seen. */
export function middleOf(points: readonly Point[]): Point {
  let best = { length: -1, at: points[0] ?? { x: 0, y: 0 } };
  points.slice(1).forEach((end, at) => {
    const start = points[at] ?? end;
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    if (length > best.length) best = { length, at: { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 } };
  });
  return best.at;
}

/** Where a label can stand on a path that was not arranged: before its end, where edges have parted. */
export function labelPlaceOf(points: readonly Point[]): Point {
  const end = points.at(-1);
  const before = points.at(-2);
  if (!end || !before) return { x: 0, y: 0 };
  const isShort = Math.abs(end.x - before.x) + Math.abs(end.y - before.y) < MIN_FOR_LABEL;
  return isShort ? middleOf(points) : { x: (end.x + before.x) / 2, y: (end.y + before.y) / 2 };
}

/** Corners between two points: straight down where that is possible, else by the shortest way with right angles. */
export function cornersBetween(from: Point, to: Point, side: 'bottom' | 'right'): readonly Point[] {
  if (side === 'right') {
    const out = Math.max(from.x, to.x) + 28;
    const x = to.x > from.x + 28 ? to.x : out;
    const above = to.y - 20;
    return x === to.x && above > from.y
      ? [from, { x, y: from.y }, to]
      : [from, { x: out, y: from.y }, { x: out, y: above }, { x: to.x, y: above }, to];
  }
  if (Math.abs(from.x - to.x) < 2 && to.y > from.y) return [{ x: to.x, y: from.y }, to];
  if (to.y > from.y + 24) {
    const y = Math.round(from.y + Math.min((to.y - from.y) * 0.4, 60));
    return [from, { x: from.x, y }, { x: to.x, y }, to];
  }
  // Backwards: around the right of both.
  const x = Math.max(from.x, to.x) + 150;
  return [
    from,
    { x: from.x, y: from.y + 20 },
    { x, y: from.y + 20 },
    { x, y: to.y - 20 },
    { x: to.x, y: to.y - 20 },
    to,
  ];
}
