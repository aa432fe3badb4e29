import type { ExitRef } from '../model/edit.ts';
import type { Canvas } from './canvas-context.ts';

const WIDTH = 300;
const HEIGHT = 380;

/** Opens the quick-add at a point of the window, so that it lies within the canvas. */
export function openQuickAdd(
  canvas: Canvas,
  at: ExitRef,
  point: { readonly clientX: number; readonly clientY: number; readonly currentTarget?: EventTarget | null },
): void {
  if (canvas.isReadOnly) return;
  const origin = point.currentTarget instanceof Element ? point.currentTarget : document;
  const root =
    (origin instanceof Element ? origin.closest('.heddle-canvas') : null) ?? document.querySelector('.heddle-canvas');
  const box = root?.getBoundingClientRect();
  if (!box) return;
  const x = Math.max(8, Math.min(point.clientX - box.left + 12, box.width - WIDTH - 8));
  const y = Math.max(8, Math.min(point.clientY - box.top - 20, box.height - HEIGHT - 8));
  canvas.moment.setState({ quickAdd: { at, x, y }, panel: undefined });
}
