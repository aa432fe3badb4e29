import type { RetryPolicy } from '../compile/program.ts';
import { withdrawCall } from './calls.ts';
import type { Draft, Frame, Mutable } from './draft.ts';
import type { ErrorInfo, RunResult } from './effect.ts';
import type { Failure } from './event.ts';
import { forget } from './in-flight.ts';
import { backoffMs } from './retry.ts';
import type { RegionState, Saga, UndoRecord } from './run.ts';
import { recordInFlight } from './undo.ts';

/** Where a saga stands: in the run, or in a region of it. */
export type Owner =
  | { readonly kind: 'run' }
  | { readonly kind: 'region'; readonly frame: Frame; readonly region: Mutable<RegionState> };

/**
 * Ends the run. Nothing of it is left with a performer: of calls that were cancelled and have not answered the outcome
 * is unknown, so a completed run, which its parent may have to undo, keeps them as steps to be undone.
 */
export function finish(d: Draft, result: RunResult): void {
  for (const entry of Object.values(d.run.inFlight)) {
    withdrawCall(d, entry.call);
    if (result.status === 'completed') recordInFlight(d, entry, undefined);
    forget(d, entry);
  }
  d.run.status = result.status;
  d.run.result = result;
  d.run.busy = 0;
  d.run.incidents = 0;
  d.run.signals = [];
  d.effects.push({ kind: 'finish', result });
  d.note({ kind: 'finished', at: d.at, result });
}

/** Takes back the timer of the run's own timeout. */
export function stopClock(d: Draft): void {
  if (d.program.timeoutMs !== undefined && d.run.saga === undefined) d.cancelEffect('timer', '/:timeout');
}

/** Takes back what a saga waits for. The step that it was at stays in `undo`. */
export function withdraw(d: Draft, saga: Saga | undefined): void {
  if (saga?.current === undefined) return;
  if (saga.phase === 'backoff') d.cancelEffect('timer', `${saga.current.id}~undo:retry`);
  if (saga.phase === 'undoing') d.cancelEffect('call', `${saga.current.id}~undo`);
}

/** Undoes the whole run, last step first; with nothing to undo it ends at once. */
export function undoRun(d: Draft, cause: Saga['cause']): void {
  stopClock(d);
  d.setRootSaga({ prefix: '', phase: 'draining', attempt: 1, undone: 0, cause });
  proceed(d, { kind: 'run' });
}

/** Undoes a region. False when there is nothing to undo. */
export function undoRegion(d: Draft, frame: Frame, region: Mutable<RegionState>, error: ErrorInfo): boolean {
  const prefix = `${region.scope.path}/`;
  if (!d.run.undo.some((record) => record.id.startsWith(prefix)) && draining(d, prefix).length === 0) return false;
  d.setRegionSaga(region, { prefix, phase: 'draining', attempt: 1, undone: 0, cause: { error } });
  return proceed(d, { kind: 'region', frame, region });
}

const draining = (d: Draft, prefix: string) => Object.keys(d.run.inFlight).filter((id) => id.startsWith(prefix));

export const sagaOf = (d: Draft, owner: Owner): Saga | undefined =>
  owner.kind === 'run' ? d.run.saga : owner.region.saga;

function setSaga(d: Draft, owner: Owner, saga: Saga | undefined): void {
  if (owner.kind === 'run') d.setRootSaga(saga);
  else d.setRegionSaga(owner.region, saga);
}

/**
 * Takes the next step of undoing. Returns true while it goes on; false when a region is done, which its caller then leaves.
 */
export function proceed(d: Draft, owner: Owner): boolean {
  const saga = sagaOf(d, owner);
  if (saga === undefined) return false;
  if (draining(d, saga.prefix).length > 0) return true;
  const record = d.run.undo.findLast(({ id }) => id.startsWith(saga.prefix));
  if (record === undefined) {
    setSaga(d, owner, undefined);
    if (owner.kind === 'run') finishUndone(d, saga);
    return false;
  }
  emitUndo(d, owner, { ...saga, current: record, attempt: 1 });
  return true;
}

function finishUndone(d: Draft, saga: Saga): void {
  const cause = 'error' in saga.cause ? { error: saga.cause.error } : { reason: saga.cause.reason };
  if (saga.undone > 0) return finish(d, { status: 'compensated', ...cause });
  finish(d, { status: 'error' in saga.cause ? 'failed' : 'cancelled', ...cause });
}

function emitUndo(d: Draft, owner: Owner, saga: Saga): void {
  const record = saga.current;
  if (record === undefined) return;
  const { error: _last, dueAt: _due, ...rest } = saga;
  if (record.error) return toOperator(d, owner, { ...rest, error: record.error }, record);
  setSaga(d, owner, { ...rest, phase: 'undoing' });
  d.note({ kind: 'undoing', id: record.id, node: record.node, at: d.at, input: record.input });
  const effect = undoEffect(d, record, saga.attempt, saga.cause);
  if (effect) d.effects.push(effect);
}

/** The effect that undoes one step; also what a restarted runtime performs again. */
export function undoEffect(d: Pick<Draft, 'program'>, record: UndoRecord, attempt: number, cause: Saga['cause']) {
  const id = `${record.id}~undo`;
  if (record.runId !== undefined) {
    return {
      kind: 'compensate-run',
      id,
      runId: record.runId,
      reason: 'error' in cause ? cause.error.message : cause.reason,
    } as const;
  }
  const activity = d.program.scopes[record.scopeKey]?.states[record.node]?.activity;
  if (activity?.kind !== 'call' || activity.compensate === undefined) return undefined;
  const { service, operation } = activity.compensate;
  return { kind: 'call', id, node: record.node, service, operation, input: record.input, attempt } as const;
}

/** A step has been undone. Returns what `proceed` returns. */
export function undoSucceeded(d: Draft, owner: Owner): boolean {
  const saga = sagaOf(d, owner);
  if (saga?.current === undefined) return true;
  d.note({ kind: 'undone', id: saga.current.id, node: saga.current.node, at: d.at });
  const { current, ...rest } = saga;
  const undo = d.own(d.run.undo as UndoRecord[]);
  const index = undo.findLastIndex(({ id }) => id === current.id);
  if (index >= 0) undo.splice(index, 1);
  d.run.undo = undo;
  setSaga(d, owner, { ...rest, phase: 'draining', undone: saga.undone + 1 });
  return proceed(d, owner);
}

/** Undoing a step failed: tried again as `compensate.retry` says, then an operator is asked. */
export function undoFailed(d: Draft, owner: Owner, failure: Failure, random: number): void {
  const saga = sagaOf(d, owner);
  const record = saga?.current;
  if (saga === undefined || record === undefined) return;
  const error: ErrorInfo = {
    code: failure.code,
    message: failure.message,
    node: record.node,
    effectId: `${record.id}~undo`,
    ...(failure.details === undefined ? {} : { details: failure.details }),
  };
  const policy = retryOf(d, record);
  const again =
    policy !== undefined &&
    saga.attempt < policy.attempts &&
    (failure.retryable || (failure.mayHaveActed && failure.safety === 'idempotent'));
  if (!again) return toOperator(d, owner, { ...saga, error }, record);
  const dueAt = d.at + Math.max(backoffMs(policy, saga.attempt, random), failure.retryAfterMs ?? 0);
  setSaga(d, owner, { ...saga, phase: 'backoff', dueAt, error });
  d.effects.push({ kind: 'timer', id: `${record.id}~undo:retry`, dueAt });
  d.note({
    kind: 'retrying',
    id: `${record.id}~undo`,
    node: record.node,
    at: d.at,
    attempt: saga.attempt + 1,
    error,
    dueAt,
  });
}

function retryOf(d: Draft, record: UndoRecord): RetryPolicy | undefined {
  const activity = d.program.scopes[record.scopeKey]?.states[record.node]?.activity;
  return activity?.kind === 'call' ? activity.compensate?.retry : undefined;
}

/** The back-off is over. */
export function undoAgain(d: Draft, owner: Owner): void {
  const saga = sagaOf(d, owner);
  if (saga?.phase === 'backoff') emitUndo(d, owner, { ...saga, attempt: saga.attempt + 1 });
}

/** An operator's answer: try again, or it has been undone by hand. */
export function undoDecided(d: Draft, owner: Owner, decision: 'retry' | 'succeeded'): boolean {
  const saga = sagaOf(d, owner);
  if (saga?.phase !== 'operator' || saga.current === undefined) return true;
  if (decision === 'succeeded') return undoSucceeded(d, owner);
  emitUndo(d, owner, { ...saga, attempt: saga.attempt + 1 });
  return true;
}

function toOperator(d: Draft, owner: Owner, saga: Saga & { readonly error: ErrorInfo }, record: UndoRecord): void {
  setSaga(d, owner, { ...saga, phase: 'operator' });
  d.note({ kind: 'incident', id: `${record.id}~undo`, node: record.node, at: d.at, error: saga.error });
}
