import { createStore } from 'zustand/vanilla';
import type { PaletteItem } from './items.ts';

/** What is being dragged out of the palette, and where the pointer is, in px of the window. */
export interface PaletteDrag {
  readonly item: PaletteItem | undefined;
  readonly x: number;
  readonly y: number;
}

/** Who takes what is dropped. Canvases enter themselves here while they are shown. */
export interface DropZone {
  /** Whether the pointer is above it; it may show what would happen. */
  readonly over: (drag: PaletteDrag & { readonly item: PaletteItem }) => void;
  readonly leave: () => void;
  readonly drop: (drag: PaletteDrag & { readonly item: PaletteItem }) => void;
}

export const paletteDrag = createStore<PaletteDrag>()(() => ({ item: undefined, x: 0, y: 0 }));
const zones = new Set<DropZone>();

export function addDropZone(zone: DropZone): () => void {
  zones.add(zone);
  return () => {
    zones.delete(zone);
  };
}

const FROM_PX = 5;

/**
 * Follows the pointer from where it went down on an item. Pointer events, not the browser's own dragging: they are the
 * same everywhere, work by touch, and let the canvas show where the item would go.
 *
 * @param onDragged is told when it has moved far enough to be a drag, so that the click at its end can be ignored.
 */
export function followDrag(
  item: PaletteItem,
  down: { readonly clientX: number; readonly clientY: number; readonly pointerId: number },
  onDragged: () => void,
): void {
  let isDragging = false;
  const at = ({ clientX: x, clientY: y }: PointerEvent) => ({ item, x, y });
  const move = (event: PointerEvent): void => {
    if (event.pointerId !== down.pointerId) return;
    if (!isDragging && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < FROM_PX) return;
    if (!isDragging) onDragged();
    isDragging = true;
    event.preventDefault();
    paletteDrag.setState(at(event));
    for (const zone of zones) zone.over(at(event));
  };
  const finish = (event: PointerEvent): void => {
    if (event.pointerId !== down.pointerId) return;
    if (isDragging && event.type === 'pointerup') for (const zone of zones) zone.drop(at(event));
    stop();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isDragging) return;
    event.stopPropagation();
    stop();
  };
  const stop = (): void => {
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', finish);
    window.removeEventListener('pointercancel', finish);
    window.removeEventListener('keydown', onKey, true);
    paletteDrag.setState({ item: undefined });
    for (const zone of zones) zone.leave();
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', finish);
  window.addEventListener('pointercancel', finish);
  window.addEventListener('keydown', onKey, true);
}
