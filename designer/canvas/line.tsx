import { type EdgeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { START_EXIT } from '../model/graph.ts';
import { labelOf } from '../model/graph-text.ts';
import type { Point } from '../model/layout.ts';
import { labelSize } from '../model/layout-arrange.ts';
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
  if (!data) return null;
  const { edge, exit, route } = data;
  const isRight = sourcePosition === Position.Right;
  // The edge runs from border to border, through the middle of the handles.
  const from = isRight ? { x: sourceX - HANDLE / 2, y: sourceY } : { x: sourceX, y: sourceY - HANDLE / 2 };
  const to = { x: targetX, y: targetY + HANDLE / 2 };
  const isArranged = route !== undefined && isNear(route.points[0], from) && isNear(route.points.at(-1), to);
  const points = isArranged
    ? [from, ...route.points.slice(1, -1), to]
    : cornersBetween(from, to, isRight ? 'right' : 'bottom');
  const path = pathThrough(points);
  const text = exit && labelOf(exit, words);
  const middle = middleOf(points);
  const labelAt = isArranged ? (route.label ?? middle) : labelPlaceOf(points);
  const size = text === undefined ? undefined : labelSize(text);
  const plus =
    size && Math.abs(labelAt.x - middle.x) < size.width / 2 + 12 && Math.abs(labelAt.y - middle.y) < 24
      ? { x: labelAt.x, y: labelAt.y + 22 }
      : middle;
  return (
    <g
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
  const left = from.exit === undefined ? (from.status === 'failed' ? undefined : '/next') : exitOfPort(from.exit);
  if (!isReached || left !== edge.exit) return 'untaken';
  return /^\/(onError|catch)\//.test(edge.exit) ? 'failed' : 'taken';
}
