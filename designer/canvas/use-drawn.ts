import { useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { useCanvas } from './canvas-context.ts';
import { type Drawn, projected } from './projection.ts';

/** What is to be drawn; what has not changed keeps its identity. */
export function useDrawn(): Drawn {
  const { view } = useCanvas();
  const state = useStore(view);
  const before = useRef<Drawn>(undefined);
  return useMemo(() => {
    before.current = projected(state, before.current);
    return before.current;
  }, [state]);
}

/** Marks what is selected; the rest keeps its identity. */
export function useSelected<T extends { readonly id: string; readonly selected?: boolean | undefined }>(
  items: readonly T[],
  chosen: ReadonlySet<string>,
): readonly T[] {
  const before = useRef(new Map<string, { readonly from: T; readonly made: T }>());
  return useMemo(() => {
    const next = new Map<string, { readonly from: T; readonly made: T }>();
    const made = items.map((item) => {
      const selected = chosen.has(item.id);
      const known = before.current.get(item.id);
      const same = known?.from === item && (known.made.selected ?? false) === selected ? known.made : undefined;
      const result = same ?? (selected ? { ...item, selected } : item);
      next.set(item.id, { from: item, made: result });
      return result;
    });
    before.current = next;
    return made;
  }, [items, chosen]);
}
