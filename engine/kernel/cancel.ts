import type { State } from '../compile/program.ts';
import { withdrawCall } from './calls.ts';
import { type Draft, type Frame, isContainer, type Mutable } from './draft.ts';
import { askInFlight, keepInFlight } from './in-flight.ts';
import type { CallState, ContainerState, LeafState, RegionState } from './run.ts';
import { withdraw } from './saga.ts';
import { liveSlots } from './slots.ts';
import { recordChild, recordUnknown } from './undo.ts';

/** Stops everything inside a scope. What may have acted and can be undone is remembered, not forgotten. */
export function cancelScope(d: Draft, frame: Frame): void {
  if (frame.scope.status !== 'active' && frame.scope.status !== 'ending') return;
  frame.scope.status = 'cancelled';
  cancelActivity(d, frame);
  for (const { id } of frame.scope.lingering) {
    const container = d.container(frame, id);
    if (container) cancelChildren(d, frame, container);
  }
  frame.scope.lingering = [];
}

/** Stops what the current node of a scope waits for, or the scopes it holds. */
export function cancelActivity(d: Draft, frame: Frame): void {
  const { activity } = frame.scope;
  if (activity === undefined) return;
  if (isContainer(activity)) {
    const container = d.container(frame, activity.id);
    if (container) cancelChildren(d, frame, container);
  } else {
    cancelLeaf(d, frame, activity);
    d.note({ kind: 'cancelled', id: activity.id, node: frame.scope.state, at: d.at });
  }
  d.setActivity(frame, undefined);
}

/** Stops every scope that still runs in a container, and the container's own timers. */
export function cancelChildren(d: Draft, frame: Frame, container: Mutable<ContainerState>): void {
  for (const slot of liveSlots(container)) {
    const child = d.child(frame, container, slot);
    if (child) cancelScope(d, child);
  }
  if (container.kind === 'region') {
    if (container.dueAt !== undefined) d.cancelEffect('timer', `${container.id}:timeout`);
    if (container.saga) stopSaga(d, container);
  }
  if (container.kind === 'for-each' && container.yielded) d.cancelEffect('timer', `${container.id}:more`);
}

/** A region that was being undone is stopped with the rest; what it had not yet undone stays to be undone. */
function stopSaga(d: Draft, region: Mutable<RegionState>): void {
  withdraw(d, region.saga);
  d.setRegionSaga(region, undefined);
}

/**
 * A call that could be undone is not stopped while its outcome can still be heard: from its answer, or from a status
 * query. One that an operator was to decide is undone as it is.
 */
function cancelCall(d: Draft, frame: Frame, state: State, call: CallState): void {
  const { activity } = state;
  if (activity.kind !== 'call' || activity.compensate === undefined) return withdrawCall(d, call);
  if (call.phase === 'calling' || call.phase === 'querying' || call.phase === 'query-wait') {
    keepInFlight(d, frame, state.id, call);
    return;
  }
  withdrawCall(d, call);
  if (!call.unknown) return;
  if (call.phase === 'operator' || activity.onUnknown === undefined) return recordUnknown(d, frame, state, call);
  askInFlight(d, keepInFlight(d, frame, state.id, call), { ...call, queryingSince: d.at });
}

function cancelLeaf(d: Draft, frame: Frame, leaf: LeafState): void {
  const state = d.stateOf(frame);
  switch (leaf.kind) {
    case 'call':
      return cancelCall(d, frame, state, leaf);
    case 'timer':
      return d.cancelEffect('timer', leaf.id);
    case 'await-event':
      if (leaf.dueAt !== undefined) d.cancelEffect('timer', `${leaf.id}:timeout`);
      return d.cancelEffect('await-event', leaf.id);
    case 'task':
      if (leaf.effect.dueAt !== undefined) d.cancelEffect('timer', `${leaf.id}:timeout`);
      return d.cancelEffect('task', leaf.id);
    case 'plain':
      if (leaf.effect.kind !== 'start-run' || !leaf.effect.wait) return d.cancelEffect(leaf.effect.kind, leaf.id);
      recordChild(d, frame, state.id, leaf.id, leaf.effect.runId);
      return d.cancelEffect('start-run', leaf.id, leaf.effect.runId);
    default:
      return leaf satisfies never;
  }
}
