import type { RetryPolicy, State, StatusQuery } from '../compile/program.ts';
import { FlowError, type Json } from '../errors.ts';
import { asFlowError, type Draft, errorAt, type Frame } from './draft.ts';
import type { CallEffect, ErrorInfo } from './effect.ts';
import type { Failure } from './event.ts';
import { backoffMs } from './retry.ts';
import type { CallState } from './run.ts';
import { asking, nextQueryAt, verdictOf } from './status-query.ts';
import { originalCall, recordUnknown } from './undo.ts';

/** New calls that status queries may ask for (`then: "retry"`) where the node has no `retry` of its own. */
const DEFAULT_QUERY_RETRIES = 3;

/** A call failed: ask what became of it, try again, ask an operator, or let the error out, in this order of preference. */
export function callFailed(d: Draft, frame: Frame, call: CallState, failure: Failure, random: number): void {
  const state = d.stateOf(frame);
  if (state.activity.kind !== 'call') return;
  const error = infoOf(failure, state, call);
  const unknown = call.unknown || failure.mayHaveActed;
  const now: CallState = { ...call, error, unknown };
  if (failure.mayHaveActed && state.activity.onUnknown)
    return ask(d, frame, { ...now, queryingSince: d.at }, state.activity.onUnknown);
  // The next attempt has the same key, so an operation that declares itself idempotent may be repeated.
  if (failure.mayHaveActed && failure.safety !== 'idempotent') return toOperator(d, frame, now);
  if (state.retry && mayRetry(state.retry, call, failure, d.at)) {
    const dueAt = d.at + Math.max(backoffMs(state.retry, call.attempt, random), failure.retryAfterMs ?? 0);
    const deadline = state.retry.totalTimeoutMs === undefined ? Infinity : call.since + state.retry.totalTimeoutMs;
    if (dueAt < deadline) {
      d.setActivity(frame, { ...now, phase: 'backoff', dueAt });
      d.effects.push({ kind: 'timer', id: `${call.id}:retry`, dueAt });
      d.note({ kind: 'retrying', id: call.id, node: state.id, at: d.at, attempt: call.attempt + 1, error, dueAt });
      return;
    }
  }
  giveUp(d, frame, state, now, error);
}

function mayRetry(policy: RetryPolicy, call: CallState, failure: Failure, at: number): boolean {
  if (call.attempt >= policy.attempts) return false;
  if (policy.totalTimeoutMs !== undefined && at >= call.since + policy.totalTimeoutMs) return false;
  if (policy.on) return policy.on.some((code) => code === '*' || code === failure.code);
  return failure.retryable || failure.mayHaveActed;
}

function giveUp(d: Draft, frame: Frame, state: State, call: CallState, error: ErrorInfo): void {
  if (call.unknown) recordUnknown(d, frame, state, call);
  d.push({ kind: 'raise', frame, error });
}

/** The failure of a call as its run carries it. */
export const infoOf = (failure: Failure, state: State, call: CallState): ErrorInfo => ({
  code: failure.code,
  message: failure.message,
  node: state.id,
  effectId: call.id,
  ...(failure.details === undefined ? {} : { details: failure.details }),
});

/** The call again, under the same key. */
export function callAgain(d: Draft, frame: Frame, call: CallState): void {
  const state = d.stateOf(frame);
  const { dueAt: _due, queryingSince: _since, queryInput: _input, ...rest } = call;
  const again: CallState = { ...rest, phase: 'calling', attempt: call.attempt + 1 };
  d.setActivity(frame, again);
  const effect = callEffect(state, again);
  if (effect) d.effects.push(effect);
}

/** The effect of a call in its present phase; also what a restarted runtime performs again. */
export function callEffect(state: State, call: CallState): CallEffect | undefined {
  if (state.activity.kind !== 'call') return undefined;
  const { service, operation, timeoutMs, onUnknown } = state.activity;
  if (call.phase === 'calling') {
    return {
      kind: 'call',
      id: call.id,
      node: state.id,
      service,
      operation,
      input: call.input,
      attempt: call.attempt,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
  }
  if (call.phase !== 'querying' || onUnknown === undefined) return undefined;
  return {
    kind: 'query',
    id: `${call.id}~query`,
    node: state.id,
    service: onUnknown.service,
    operation: onUnknown.operation,
    input: call.queryInput ?? null,
    attempt: call.queries,
  };
}

/** Takes back what a call waits for in its present phase. */
export function withdrawCall(d: Draft, { id, phase }: CallState): void {
  if (phase === 'calling') d.cancelEffect('call', id);
  if (phase === 'querying') d.cancelEffect('call', `${id}~query`);
  if (phase === 'backoff') d.cancelEffect('timer', `${id}:retry`);
  if (phase === 'query-wait') d.cancelEffect('timer', `${id}:query`);
}

function ask(d: Draft, frame: Frame, call: CallState, query: StatusQuery): void {
  const state = d.stateOf(frame);
  let next: CallState;
  try {
    next = asking(query, call, d.data(frame, originalCall(d, call.id, call)));
  } catch (thrown) {
    return toOperator(d, frame, { ...call, error: errorAt(asFlowError(thrown), state.id, call.id) });
  }
  d.setActivity(frame, next);
  const effect = callEffect(state, next);
  if (effect) d.effects.push(effect);
  if (call.error) d.note({ kind: 'asking', id: call.id, node: state.id, at: d.at, error: call.error });
}

/** The status query answered: `decide` says whether the call has succeeded, has failed, or is to be made again. */
export function queryAnswered(d: Draft, frame: Frame, call: CallState, answer: Json): void {
  const state = d.stateOf(frame);
  if (state.activity.kind !== 'call' || state.activity.onUnknown === undefined) return;
  const query = state.activity.onUnknown;
  let verdict: ReturnType<typeof verdictOf>;
  try {
    verdict = verdictOf(query, d.data(frame, answer));
  } catch (thrown) {
    return toOperator(d, frame, { ...call, error: errorAt(asFlowError(thrown), state.id, call.id) });
  }
  if (verdict === 'succeeded') return d.push({ kind: 'complete', frame, output: answer });
  if (verdict === 'failed') return definitelyFailed(d, frame, state, call);
  // The service has not seen the call, so only what comes next can make its outcome unknown again.
  if (verdict === 'retry' && call.attempt < (state.retry?.attempts ?? DEFAULT_QUERY_RETRIES))
    return callAgain(d, frame, { ...call, unknown: false });
  undecided(d, frame, call, query);
}

/** The query gave no verdict, or could not be made: ask again later, until `maxWait` is over. */
export function undecided(d: Draft, frame: Frame, call: CallState, query: StatusQuery): void {
  const dueAt = nextQueryAt(query, call, d.at);
  if (dueAt === undefined) {
    if (query.otherwise === 'failed') return definitelyFailed(d, frame, d.stateOf(frame), call);
    return toOperator(d, frame, call);
  }
  d.setActivity(frame, { ...call, phase: 'query-wait', dueAt });
  d.effects.push({ kind: 'timer', id: `${call.id}:query`, dueAt });
}

/** Time to ask again. */
export function queryAgain(d: Draft, frame: Frame, call: CallState): void {
  const { activity } = d.stateOf(frame);
  if (activity.kind === 'call' && activity.onUnknown) ask(d, frame, call, activity.onUnknown);
}

function definitelyFailed(d: Draft, frame: Frame, state: State, call: CallState): void {
  const error: ErrorInfo = {
    code: 'SERVICE_REFUSED',
    message: `${state.id}: the status query says that the call has failed`,
    node: state.id,
    effectId: call.id,
  };
  d.push({ kind: 'raise', frame, error });
}

function toOperator(d: Draft, frame: Frame, call: CallState): void {
  const state = d.stateOf(frame);
  const error = call.error ?? {
    code: 'OUTCOME_UNKNOWN',
    message: `what became of ${state.id} is not known`,
    node: state.id,
    effectId: call.id,
  };
  d.setActivity(frame, { ...call, phase: 'operator', error });
  d.note({ kind: 'incident', id: call.id, node: state.id, at: d.at, error });
}

/**
 * An operator's answer to a call whose outcome is unknown.
 *
 * @throws {FlowError} `INPUT_INVALID` never; an output that does not fit shows up where it is read.
 */
export function callDecided(
  d: Draft,
  frame: Frame,
  call: CallState,
  decision: 'retry' | 'succeeded' | 'failed',
  output: Json | undefined,
): void {
  if (decision === 'succeeded') return d.push({ kind: 'complete', frame, output: output ?? null });
  if (decision === 'failed')
    return d.push({
      kind: 'raise',
      frame,
      error: call.error ?? asInfo(new FlowError('OUTCOME_UNKNOWN', 'an operator decided that the call has failed')),
    });
  callAgain(d, frame, call);
}

const asInfo = (error: FlowError): ErrorInfo => ({ code: error.code, message: error.message });
