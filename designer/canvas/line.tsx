import { type EdgeProps, Position } from '@xyflow/react';
import { memo, type RefObject, useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { START_EXIT } from '../model/graph.ts';
import { labelOf } from '../model/graph-text.ts';
import type { Point } from '../model/layout.ts';
import { labelSize, type Route } from '../model/layout-arrange.ts';
import { useCanvas, useMoment } from './canvas-context.ts';
import { cornersBetween, labelPlaceOf, middleOf, pathThrough } from './edge-path.ts';
import { exitOfPort, type NodeMarks } from './marks.ts';
import { HANDLE, type LineEdge } from './projection.ts';
import { openQuickAdd } from './quick-add-state.ts';
import { useWords } from './use-words.ts';

const NEAR_PX = 3;
const isNear = (a: Point | undefined, b: Point): boolean =>
  a !== undefined && Math.abs(a.x - b.x) < NEAR_PX && Math.abs(a.y - b.y) < NEAR_PX;

/** An edge: as it was arranged, or by the shortest way while one of its ends is being dragged. */
export const Line = memo(function Line(props: EdgeProps<LineEdge>) {
  const { t } = useTranslation('canvas');
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, data, selected } = props;
  const canvas = useCanvas();
  const words = useWords();
  const isDrop = useMoment((state) => state.drop?.shown === id);
  const way = useStore(canvas.marks, ({ marks }) => (data ? wayOf(marks, data.edge) : undefined));
  const { points, isArranged } = useMemo(
    () => cornersOf({ sourceX, sourceY, targetX, targetY }, { side: sourcePosition, route: data?.route }),
    [sourceX, sourceY, targetX, targetY, sourcePosition, data?.route],
  );
  const path = useMemo(() => pathThrough(points), [points]);
  const ref = useAppearing(path);
  if (!data) return null;
  const { edge, exit, route } = data;
  const text = exit && labelOf(exit, words);
  const middle = middleOf(points);
  const labelAt = isArranged ? (route?.label ?? middle) : labelPlaceOf(points);
  const size = text === undefined ? undefined : labelSize(text);
  const plus =
    size && Math.abs(labelAt.x - middle.x) < size.width / 2 + 12 && Math.abs(labelAt.y - middle.y) < 24
      ? { x: labelAt.x, y: labelAt.y + 22 }
      : middle;
  return (
    <g
      ref={ref}
      className="heddle-line"
      data-kind={exit?.kind ?? 'start'}
      data-selected={selected}
      data-drop={isDrop}
      {...(way ? { 'data-way': way } : {})}
    >
      <path d={path} className="heddle-line-path" markerEnd={`url(#heddle-arrow${way ? `-${way}` : ''})`} />
      <path d={path} className="react-flow__edge-interaction heddle-line-reach" />
      {text === undefined || !size ? null : (
        <g className="heddle-line-label" transform={`translate(${labelAt.x} ${labelAt.y})`}>
          <rect x={-size.width / 2} y={-10} width={size.width} height={20} rx={10} />
          <text textAnchor="middle" dominantBaseline="central">
            {text}
          </text>
          <title>{text}</title>
        </g>
      )}
      {canvas.isReadOnly ? null : (
        // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse only; the key `a` does the same
        <g
          className="heddle-line-plus"
          transform={`translate(${plus.x} ${plus.y})`}
          data-source={edge.source}
          data-exit={edge.exit}
          onClick={(event) => {
            event.stopPropagation();
            openQuickAdd(canvas, { source: edge.source, exit: edge.exit }, event);
          }}
        >
          <circle r={10} />
          <path d="M-4 0H4M0 -4V4" />
          <title>{t('add')}</title>
        </g>
      )}
    </g>
  );
});

/** The corners of an edge, which runs from border to border, through the middle of the handles. */
function cornersOf(
  ends: { readonly sourceX: number; readonly sourceY: number; readonly targetX: number; readonly targetY: number },
  { side, route }: { readonly side: Position; readonly route: Route | undefined },
): { readonly points: readonly Point[]; readonly isArranged: boolean } {
  const { sourceX, sourceY, targetX, targetY } = ends;
  const isRight = side === Position.Right;
  const from = isRight ? { x: sourceX - HANDLE / 2, y: sourceY } : { x: sourceX, y: sourceY - HANDLE / 2 };
  const to = { x: targetX, y: targetY + HANDLE / 2 };
  const isArranged = route !== undefined && isNear(route.points[0], from) && isNear(route.points.at(-1), to);
  const bends = isArranged ? route.points.slice(1, -1) : [];
  // Without a bend it runs straight down, though the two ends differ by a fraction.
  const points = isArranged
    ? [from, ...bends, bends.length === 0 && !isRight ? { x: from.x, y: to.y } : to]
    : cornersBetween(from, to, isRight ? 'right' : 'bottom');
  return { points, isArranged };
}

/** While cards slide to their places, an edge whose way has changed stays away until they are there. */
function useAppearing(path: string): RefObject<SVGGElement | null> {
  const ref = useRef<SVGGElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another way is what it is about
  useLayoutEffect(() => {
    if (ref.current?.closest('[data-sliding="true"]') == null) return;
    ref.current.animate([{ opacity: 0 }, { opacity: 0, offset: 0.7 }, { opacity: 1 }], { duration: 200 });
  }, [path]);
  return ref;
}

/** How a run went along an edge; undefined where there is no run to be shown. */
function wayOf(
  marks: NodeMarks,
  edge: { readonly source: string; readonly target: string; readonly exit: string },
): 'taken' | 'failed' | 'untaken' | undefined {
  const from = marks[edge.source];
  const to = marks[edge.target];
  const isReached = to?.status !== undefined && to.status !== 'skipped';
  if (edge.exit === START_EXIT) return isReached ? 'taken' : to?.status === undefined ? undefined : 'untaken';
  if (from?.status === undefined) return undefined;
  // What it leads to can have been reached by another way.
  if (from.status === 'skipped') return 'untaken';
  const left = from.exit === undefined ? (from.status === 'failed' ? undefined : '/next') : exitOfPort(from.exit);
  if (!isReached || left !== edge.exit) return 'untaken';
  return /^\/(onError|catch)\//.test(edge.exit) ? 'failed' : 'taken';
}
