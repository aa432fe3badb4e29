import { callDecided } from './calls.ts';
import { cancelActivity, cancelScope } from './cancel.ts';
import type { Draft, Frame } from './draft.ts';
import type { RunEvent } from './event.ts';
import { type Disposition, eachLiveFrame } from './locate.ts';
import type { CallState } from './run.ts';
import { finish, sagaOf, stopClock, undoDecided, undoRun, withdraw } from './saga.ts';
import { continueSaga, sagas } from './saga-owner.ts';

/** Stops the run and undoes what it has done. */
export function onCancel(d: Draft, reason: string): Disposition {
  if (d.run.saga) return 'duplicate';
  d.note({ kind: 'operator', what: 'cancel', at: d.at, reason });
  const root = d.root();
  cancelActivity(d, root);
  cancelScope(d, root);
  undoRun(d, { reason });
  return 'applied';
}

/** Stops the run and undoes nothing. */
export function onTerminate(d: Draft, reason: string): Disposition {
  d.note({ kind: 'operator', what: 'terminate', at: d.at, reason });
  cancelScope(d, d.root());
  stopClock(d);
  withdraw(d, d.run.saga);
  d.setRootSaga(undefined);
  finish(d, { status: 'cancelled', reason });
  return 'applied';
}

/** An operator's answer to incidents: try again, or what really became of the call. */
export function onRetry(d: Draft, event: Extract<RunEvent, { kind: 'retry' }>): Disposition {
  let done = 0;
  const { decision } = event;
  d.note({ kind: 'operator', what: decision, at: d.at, ...(event.id === undefined ? {} : { id: event.id }) });
  for (const saga of sagas(d)) {
    const current = sagaOf(d, saga);
    if (current?.phase !== 'operator' || decision === 'failed') continue;
    if (event.id !== undefined && event.id !== `${current.current?.id}~undo` && event.id !== current.current?.id)
      continue;
    done += 1;
    continueSaga(d, saga, undoDecided(d, saga, decision));
  }
  const incidents: { frame: Frame; call: CallState }[] = [];
  eachLiveFrame(d, (frame) => {
    const call = frame.scope.activity;
    if (call?.kind === 'call' && call.phase === 'operator' && (event.id === undefined || event.id === call.id))
      incidents.push({ frame, call });
  });
  for (const { frame, call } of incidents) callDecided(d, frame, call, decision, event.output);
  return done + incidents.length > 0 ? 'applied' : 'refused';
}
