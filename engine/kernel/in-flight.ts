import type { State, StatusQuery } from '../compile/program.ts';
import type { Json } from '../errors.ts';
import { callEffect, infoOf } from './calls.ts';
import type { Draft, Frame } from './draft.ts';
import type { Failure } from './event.ts';
import type { CallState, InFlight } from './run.ts';
import { asking, nextQueryAt, verdictOf } from './status-query.ts';
import { originalCall, readSnapshot, recordInFlight } from './undo.ts';

/** The call in flight under this id, in this phase. */
export function inFlightAt(d: Draft, id: string, phase: CallState['phase']): InFlight | undefined {
  const entry = Object.hasOwn(d.run.inFlight, id) ? d.run.inFlight[id] : undefined;
  return entry?.call.phase === phase ? entry : undefined;
}

/** Keeps a call alive whose scope is gone, because it would have to be undone: it has yet to tell its outcome. */
export function keepInFlight(d: Draft, frame: Frame, node: string, call: CallState): InFlight {
  const data = d.data(frame);
  const read = (root: 'steps' | 'vars' | 'item' | 'index' | 'error') => {
    const value = data.read(root);
    return value === undefined ? {} : { [root]: value };
  };
  const entry: InFlight = {
    call,
    node,
    scopeKey: frame.scope.key,
    data: { ...read('steps'), ...read('vars'), ...read('item'), ...read('index'), ...read('error') },
  };
  put(d, entry);
  return entry;
}

/** The attempt has failed. If any attempt may have acted, the service is asked, where the node says how. */
export function inFlightFailed(d: Draft, entry: InFlight, failure: Failure): void {
  const { call } = entry;
  const state = stateOf(d, entry);
  if (!call.unknown && !failure.mayHaveActed) return forget(d, entry);
  if (state === undefined) return settleUnknown(d, entry);
  askInFlight(d, entry, { ...call, unknown: true, error: infoOf(failure, state, call), queryingSince: d.at });
}

/** Asks the service what became of a call in flight; what cannot be asked is undone as it is. */
export function askInFlight(d: Draft, entry: InFlight, call: CallState): void {
  const state = stateOf(d, entry);
  const query = queryOf(state);
  if (state === undefined || query === undefined) return settleUnknown(d, entry);
  let next: CallState;
  try {
    next = asking(query, call, readSnapshot(d, entry.data, originalCall(d, call.id, call)));
  } catch {
    // No operator can mend a query: the step is gone, and may have acted, as one without `onUnknown`.
    return settleUnknown(d, entry);
  }
  put(d, { ...entry, call: next });
  const effect = callEffect(state, next);
  if (effect) d.effects.push(effect);
  if (call.error) d.note({ kind: 'asking', id: call.id, node: state.id, at: d.at, error: call.error });
}

/** The status query answered. The call is not made again, so `retry` is no verdict yet: it may still arrive. */
export function inFlightAnswered(d: Draft, entry: InFlight, answer: Json): void {
  const query = queryOf(stateOf(d, entry));
  let verdict: ReturnType<typeof verdictOf>;
  try {
    verdict = query && verdictOf(query, readSnapshot(d, entry.data, answer));
  } catch {
    // An answer that the rules cannot judge says nothing; a later one may.
    verdict = undefined;
  }
  if (verdict === 'failed') return forget(d, entry);
  if (verdict !== 'succeeded') return inFlightUndecided(d, entry);
  recordInFlight(d, entry, answer);
  forget(d, entry);
}

/** The query gave no verdict, or could not be made: ask again later, until `maxWait` is over. */
export function inFlightUndecided(d: Draft, entry: InFlight): void {
  const query = queryOf(stateOf(d, entry));
  const dueAt = query && nextQueryAt(query, entry.call, d.at);
  if (dueAt === undefined) return query?.otherwise === 'failed' ? forget(d, entry) : settleUnknown(d, entry);
  put(d, { ...entry, call: { ...entry.call, phase: 'query-wait', dueAt } });
  d.effects.push({ kind: 'timer', id: `${entry.call.id}:query`, dueAt });
}

/** Nothing more is expected of a call in flight. */
export function forget(d: Draft, { call, node }: InFlight): void {
  const inFlight = d.own(d.run.inFlight as Record<string, InFlight>);
  const last = inFlight[call.id]?.call;
  delete inFlight[call.id];
  d.run.inFlight = inFlight;
  d.count(last, -1);
  // In the history it must not stay a step that is being asked for.
  if (last?.phase === 'querying' || last?.phase === 'query-wait')
    d.note({ kind: 'cancelled', id: call.id, node, at: d.at });
}

function settleUnknown(d: Draft, entry: InFlight): void {
  recordInFlight(d, entry, undefined);
  forget(d, entry);
}

function put(d: Draft, entry: InFlight): void {
  const inFlight = d.own(d.run.inFlight as Record<string, InFlight>);
  const { call } = entry;
  d.count(inFlight[call.id]?.call, -1);
  d.count(call, 1);
  inFlight[call.id] = entry;
  d.run.inFlight = inFlight;
}

const stateOf = (d: Draft, { scopeKey, node }: InFlight): State | undefined => d.program.scopes[scopeKey]?.states[node];

const queryOf = (state: State | undefined): StatusQuery | undefined =>
  state?.activity.kind === 'call' ? state.activity.onUnknown : undefined;
