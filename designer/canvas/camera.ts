import { useReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import type { Point } from '../model/layout.ts';
import type { Canvas } from './canvas-context.ts';

/** Which part of the flow is seen. */
export interface Camera {
  /** Shows everything; at first not so small that it cannot be read: then from the start on. */
  readonly fit: (isFirst?: boolean) => void;
  readonly zoom: (factor: number) => void;
  readonly actual: () => void;
  /** Moves as little as needed for a node to be seen. */
  readonly reveal: (id: string) => void;
  /** The middle of what is seen, in px of the canvas. */
  readonly middle: () => Point;
}

const MARGIN = 40;
const LEAST_AT_FIRST = 0.6;
const LEAST = 0.1;

export function useCamera(canvas: Canvas, root: { readonly current: HTMLElement | null }): Camera {
  const flow = useReactFlow();
  return useMemo(() => {
    const seen = () => root.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    return {
      fit: (isFirst = false) => {
        const { frames } = canvas.view.getState();
        const boxes = [...frames.values()].map(({ absolute, width, height }) => ({ ...absolute, width, height }));
        const left = Math.min(...boxes.map(({ x }) => x));
        const top = Math.min(...boxes.map(({ y }) => y));
        const width = Math.max(...boxes.map((box) => box.x + box.width)) - left;
        const height = Math.max(...boxes.map((box) => box.y + box.height)) - top + 40;
        const view = seen();
        const wanted = Math.min((view.width - 2 * MARGIN) / width, (view.height - 2 * MARGIN) / height);
        const zoom = Math.min(1, Math.max(wanted, isFirst ? LEAST_AT_FIRST : LEAST));
        const start = frames.get('$start');
        const isWide = width * zoom > view.width - 2 * MARGIN;
        const middle = isWide && start ? start.absolute.x + start.width / 2 : left + width / 2;
        const x = view.width / 2 - middle * zoom;
        const isTall = height * zoom > view.height - 2 * MARGIN;
        const y = isTall || isFirst ? MARGIN - top * zoom : (view.height - height * zoom) / 2 - top * zoom;
        void flow.setViewport({ x, y, zoom });
      },
      zoom: (factor) => void flow.zoomTo(flow.getZoom() * factor),
      actual: () => void flow.zoomTo(1),
      reveal: (id) => {
        const frame = canvas.view.getState().frames.get(id);
        if (!frame) return;
        const { zoom, x, y } = flow.getViewport();
        const view = seen();
        const left = frame.absolute.x * zoom + x;
        const top = frame.absolute.y * zoom + y;
        const within = (start: number, size: number, whole: number): number => {
          const end = start + Math.min(size, whole - 2 * MARGIN);
          return start < MARGIN ? MARGIN - start : end > whole - MARGIN ? whole - MARGIN - end : 0;
        };
        const right = within(left, frame.width * zoom, view.width);
        const down = within(top, Math.min(frame.height * zoom + 50, view.height / 2), view.height);
        if (right !== 0 || down !== 0) void flow.setViewport({ x: x + right, y: y + down, zoom });
      },
      middle: () => {
        const view = seen();
        return flow.screenToFlowPosition({ x: view.left + view.width / 2, y: view.top + view.height / 2 });
      },
    };
  }, [flow, canvas, root]);
}
