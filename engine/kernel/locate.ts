import { type Draft, type Frame, isContainer } from './draft.ts';
import type { CallState } from './run.ts';
import { liveSlots } from './slots.ts';

/**
 * What became of an event: `applied`; `duplicate` or `dropped`: harmless, the run is as it was; `refused`: the run does
 * not wait for it and does not keep it; `finished`: the run has ended.
 */
export type Disposition = 'applied' | 'duplicate' | 'dropped' | 'refused' | 'finished';

/** The live scope that an effect belongs to, by the path before the last `/`. */
export function owner(d: Draft, id: string): Frame | undefined {
  const frame = d.frame(id.slice(0, id.lastIndexOf('/')));
  return frame?.scope.status === 'active' ? frame : undefined;
}

/** The call at rest under this id, with its frame. */
export function callAt(d: Draft, id: string, phase: CallState['phase']): { frame: Frame; call: CallState } | undefined {
  const frame = owner(d, id);
  const call = frame?.scope.activity;
  return frame && call?.kind === 'call' && call.id === id && call.phase === phase ? { frame, call } : undefined;
}

/** Notes an event that nothing waits for (any more). */
export function dropped(d: Draft, id: string, what: string): Disposition {
  d.note({ kind: 'dropped', id, at: d.at, what });
  return 'dropped';
}

/** Visits every scope that still runs, outer before inner. */
export function eachLiveFrame(d: Draft, visit: (frame: Frame) => void): void {
  const walk = (frame: Frame) => {
    visit(frame);
    for (const candidate of [frame.scope.activity, ...frame.scope.lingering]) {
      if (candidate === undefined || !isContainer(candidate)) continue;
      const container = d.container(frame, candidate.id);
      if (container === undefined) continue;
      for (const slot of liveSlots(container)) {
        const child = d.child(frame, container, slot);
        if (child) walk(child);
      }
    }
  };
  if (d.root().scope.status === 'active' || d.root().scope.status === 'ending') walk(d.root());
}
