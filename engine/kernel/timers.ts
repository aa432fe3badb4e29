import { callAgain, queryAgain } from './calls.ts';
import type { Draft, Frame } from './draft.ts';
import { askInFlight, inFlightAt } from './in-flight.ts';
import { type Disposition, dropped, owner } from './locate.ts';
import type { ActivityState } from './run.ts';
import { sagaOf, undoAgain } from './saga.ts';
import { continueDrained, sagaOwner } from './saga-owner.ts';
import { failRun, regionTimedOut } from './scopes.ts';

/** A timer is due; the suffix of its id says whose it is. */
export function onTimer(d: Draft, id: string): Disposition {
  if (id === '/:timeout') {
    const dueAt = d.run.startedAt + (d.program.timeoutMs ?? 0);
    if (d.run.saga || d.at < dueAt) return dropped(d, id, 'timer');
    failRun(d, { code: 'RUN_TIMEOUT', message: 'the run took longer than its timeout' });
    return 'applied';
  }
  const at = id.lastIndexOf(':');
  const base = at < 0 ? id : id.slice(0, at);
  const suffix = at < 0 ? '' : id.slice(at + 1);
  if (base.endsWith('~undo')) {
    const saga = sagaOwner(d, base.slice(0, -'~undo'.length), 'backoff');
    if (!saga || d.at < (sagaOf(d, saga)?.dueAt ?? 0)) return dropped(d, id, 'timer');
    undoAgain(d, saga);
    return 'applied';
  }
  const inFlight = suffix === 'query' ? inFlightAt(d, base, 'query-wait') : undefined;
  if (inFlight) {
    if (early(d, inFlight.call)) return dropped(d, id, 'timer');
    askInFlight(d, inFlight, inFlight.call);
    return continueDrained(d);
  }
  const frame = owner(d, base);
  const activity = frame?.scope.activity;
  if (!frame || !activity || activity.id !== base || early(d, activity)) return dropped(d, id, 'timer');
  if (suffix === '' && activity.kind === 'timer') d.push({ kind: 'complete', frame, output: null });
  else if (suffix === 'retry' && activity.kind === 'call' && activity.phase === 'backoff')
    callAgain(d, frame, activity);
  else if (suffix === 'query' && activity.kind === 'call' && activity.phase === 'query-wait')
    queryAgain(d, frame, activity);
  else if (suffix === 'timeout' && activity.kind === 'await-event')
    timeOut(d, frame, activity.id, 'await-event', 'EVENT_TIMEOUT', `no ${activity.name} event came in time`);
  else if (suffix === 'timeout' && activity.kind === 'task')
    timeOut(d, frame, activity.id, 'task', 'TASK_EXPIRED', 'nobody completed the task in time');
  else if (suffix === 'timeout' && activity.kind === 'region' && activity.dueAt !== undefined) {
    const region = d.container(frame, activity.id);
    if (region?.kind === 'region') regionTimedOut(d, frame, region);
  } else if (suffix === 'more' && activity.kind === 'for-each') {
    const each = d.container(frame, activity.id);
    if (each?.kind === 'for-each') each.yielded = false;
    d.push({ kind: 'fan-out', frame, containerId: activity.id });
  } else return dropped(d, id, 'timer');
  return 'applied';
}

/** A timer that would fire before its time does nothing, whatever the runtime's clock says. */
function early(d: Draft, activity: ActivityState): boolean {
  const timed = activity.kind === 'task' ? activity.effect : activity;
  return 'dueAt' in timed && typeof timed.dueAt === 'number' && timed.dueAt > d.at;
}

function timeOut(
  d: Draft,
  frame: Frame,
  id: string,
  kind: 'await-event' | 'task',
  code: string,
  message: string,
): void {
  d.cancelEffect(kind, id);
  d.push({ kind: 'raise', frame, error: { code, message, node: frame.scope.state, effectId: id } });
}
