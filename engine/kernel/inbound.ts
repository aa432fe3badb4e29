import type { Draft, Frame } from './draft.ts';
import type { RunEvent } from './event.ts';
import { type Disposition, dropped, eachLiveFrame, owner } from './locate.ts';
import type { EventState, TaskState } from './run.ts';
import { sameJson } from './signal.ts';

/** Signal ids remembered per run, to know a repeated one. */
const MAX_SEEN = 1_000;

/** An event from outside: consumed by the scope that has waited longest for it, or kept. */
export function onSignal(d: Draft, event: Extract<RunEvent, { kind: 'signal' }>): Disposition {
  if (d.run.seen.includes(event.dedupeId)) return 'duplicate';
  const { buffers } = d.program;
  const buffer = Object.hasOwn(buffers, event.name) ? buffers[event.name] : undefined;
  const waiting = waitingFor(d, event);
  // An event that no node of the flow waits for, or that came early where none is kept, is refused: never dropped in silence.
  if (waiting === undefined && (buffer === undefined || buffer === 0)) return 'refused';
  d.run.seen = [...d.run.seen.slice(1 - MAX_SEEN), event.dedupeId];
  const signal = {
    name: event.name,
    payload: event.payload,
    at: event.at,
    ...(event.correlation === undefined ? {} : { correlation: event.correlation }),
  };
  d.note({ kind: 'signal', name: event.name, at: d.at, taken: waiting ? 'consumed' : 'kept' });
  if (waiting === undefined) {
    d.run.signals = [...d.run.signals, signal];
    return 'applied';
  }
  const { activity } = waiting.scope;
  if (activity?.kind === 'await-event') closeWait(d, activity);
  d.push({ kind: 'complete', frame: waiting, output: event.payload });
  return 'applied';
}

/** Nobody is waited for any more. */
export function closeWait(d: Draft, wait: EventState | TaskState): void {
  const dueAt = wait.kind === 'task' ? wait.effect.dueAt : wait.dueAt;
  if (dueAt !== undefined) d.cancelEffect('timer', `${wait.id}:timeout`);
  d.cancelEffect(wait.kind, wait.id);
}

/** The scope that has waited longest for this event. */
function waitingFor(d: Draft, event: Extract<RunEvent, { kind: 'signal' }>): Frame | undefined {
  let best: Frame | undefined;
  let bestOrder = Infinity;
  eachLiveFrame(d, (frame) => {
    const { activity } = frame.scope;
    if (activity?.kind !== 'await-event' || activity.name !== event.name || activity.order >= bestOrder) return;
    if (activity.correlation !== undefined && !sameJson(activity.correlation, event.correlation)) return;
    best = frame;
    bestOrder = activity.order;
  });
  return best;
}

/** One person's action on a task. */
export function onTask(d: Draft, event: Extract<RunEvent, { kind: 'task' }>): Disposition {
  const frame = owner(d, event.id);
  const task = frame?.scope.activity;
  if (!frame || task?.kind !== 'task' || task.id !== event.id) return dropped(d, event.id, 'task action');
  const action = task.effect.actions.find((candidate) => candidate.id === event.action);
  if (action === undefined) return 'refused';
  if (task.responses.some((response) => response.by === event.by)) return 'duplicate';
  const responses = [...task.responses, { by: event.by, action: event.action, data: event.data, at: event.at }];
  if (responses.filter((response) => response.action === event.action).length >= action.need) {
    closeWait(d, task);
    d.push({
      kind: 'complete',
      frame,
      output: {
        action: event.action,
        data: event.data,
        by: event.by,
        responses: responses.map((response) => ({ ...response })),
      },
    });
  } else if (
    task.effect.groups.length === 0 &&
    task.effect.assignees.length > 0 &&
    responses.length >= task.effect.assignees.length
  ) {
    closeWait(d, task);
    d.push({
      kind: 'raise',
      frame,
      error: {
        code: 'NEED_NOT_MET',
        message: 'everyone has answered and no action was chosen often enough',
        node: frame.scope.state,
        effectId: task.id,
      },
    });
  } else d.setActivity(frame, { ...task, responses });
  return 'applied';
}
