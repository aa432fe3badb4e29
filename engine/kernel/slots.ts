import { childScope } from './draft.ts';
import type { ContainerState } from './run.ts';

/** Slots whose scope has not come to its end. */
export function liveSlots(container: ContainerState): (string | number)[] {
  const alive = (slot: string | number) => {
    const status = childScope(container, slot)?.status;
    return status === 'active' || status === 'ending';
  };
  if (container.kind === 'parallel') return Object.keys(container.branches).filter(alive);
  if (container.kind === 'region') return alive(0) ? [0] : [];
  const found: number[] = [];
  for (let index = 0; index < container.next; index += 1) if (alive(index)) found.push(index);
  return found;
}
