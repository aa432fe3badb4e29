import type { Json } from '../errors.ts';
import { callFailed, queryAnswered, undecided } from './calls.ts';
import type { Draft } from './draft.ts';
import type { Failure } from './event.ts';
import { forget, inFlightAnswered, inFlightAt, inFlightFailed, inFlightUndecided } from './in-flight.ts';
import { closeWait } from './inbound.ts';
import { callAt, type Disposition, dropped, owner } from './locate.ts';
import { undoFailed, undoSucceeded } from './saga.ts';
import { continueDrained, continueSaga, sagaOwner } from './saga-owner.ts';
import { recordInFlight } from './undo.ts';

/** An effect has its result. An event or a task has one only where somebody stands in for the world, as in a try. */
export function onResult(d: Draft, id: string, output: Json): Disposition {
  if (id.endsWith('~undo')) {
    const saga = sagaOwner(d, id.slice(0, -'~undo'.length), 'undoing');
    return saga ? continueSaga(d, saga, undoSucceeded(d, saga)) : dropped(d, id, 'result');
  }
  if (id.endsWith('~query')) {
    const callId = id.slice(0, -'~query'.length);
    const asked = inFlightAt(d, callId, 'querying');
    if (asked) {
      inFlightAnswered(d, asked, output);
      return continueDrained(d);
    }
    const found = callAt(d, callId, 'querying');
    if (!found) return dropped(d, id, 'result');
    queryAnswered(d, found.frame, found.call, output);
    return 'applied';
  }
  const inFlight = inFlightAt(d, id, 'calling');
  if (inFlight) {
    recordInFlight(d, inFlight, output);
    forget(d, inFlight);
    return continueDrained(d);
  }
  const frame = owner(d, id);
  const activity = frame?.scope.activity;
  if (!frame || activity?.id !== id) return dropped(d, id, 'result');
  if (activity.kind === 'await-event' || activity.kind === 'task') closeWait(d, activity);
  else if (!(activity.kind === 'plain' || (activity.kind === 'call' && activity.phase === 'calling')))
    return dropped(d, id, 'result');
  d.push({ kind: 'complete', frame, output });
  return 'applied';
}

/** An effect has failed. */
export function onFailure(d: Draft, id: string, failure: Failure, random: number): Disposition {
  if (id.endsWith('~undo')) {
    const saga = sagaOwner(d, id.slice(0, -'~undo'.length), 'undoing');
    if (!saga) return dropped(d, id, 'failure');
    undoFailed(d, saga, failure, random);
    return 'applied';
  }
  if (id.endsWith('~query')) {
    const callId = id.slice(0, -'~query'.length);
    const asked = inFlightAt(d, callId, 'querying');
    if (asked) {
      inFlightUndecided(d, asked);
      return continueDrained(d);
    }
    const found = callAt(d, callId, 'querying');
    const activity = found && d.stateOf(found.frame).activity;
    if (!found || activity?.kind !== 'call' || !activity.onUnknown) return dropped(d, id, 'failure');
    undecided(d, found.frame, found.call, activity.onUnknown);
    return 'applied';
  }
  const inFlight = inFlightAt(d, id, 'calling');
  if (inFlight) {
    inFlightFailed(d, inFlight, failure);
    return continueDrained(d);
  }
  const frame = owner(d, id);
  const activity = frame?.scope.activity;
  if (!frame || activity?.id !== id) return dropped(d, id, 'failure');
  if (activity.kind === 'call' && activity.phase === 'calling') callFailed(d, frame, activity, failure, random);
  else if (activity.kind === 'plain' || activity.kind === 'await-event' || activity.kind === 'task') {
    if (activity.kind !== 'plain') closeWait(d, activity);
    const { code, message, details } = failure;
    d.push({
      kind: 'raise',
      frame,
      error: { code, message, node: frame.scope.state, effectId: id, ...(details === undefined ? {} : { details }) },
    });
  } else return dropped(d, id, 'failure');
  return 'applied';
}
