import type { State } from '../compile/program.ts';
import type { Json, JsonObject } from '../errors.ts';
import { type Data, evaluate } from '../expression/index.ts';
import { asFlowError, type Draft, errorAt, type Frame } from './draft.ts';
import type { CallState, InFlight, UndoRecord } from './run.ts';

/** Remembers how to undo the step that just completed: the input of its `compensate`, by what can be read now. */
export function recordUndo(d: Draft, frame: Frame, state: State, id: string): void {
  const { activity } = frame.scope;
  if (state.activity.kind === 'start-run') {
    if (activity?.kind === 'plain' && activity.effect.kind === 'start-run' && activity.effect.wait) {
      recordChild(d, frame, state.id, id, activity.effect.runId);
    }
    return;
  }
  if (state.activity.kind !== 'call' || state.activity.compensate === undefined) return;
  const current = activity?.kind === 'call' ? activity : undefined;
  appendCall(d, state, frame.scope.key, id, d.data(frame, originalCall(d, id, current)));
}

/** Remembers a step that may have acted although it has no output: its `compensate` sees the data without it. */
export function recordUnknown(d: Draft, frame: Frame, state: State, call: CallState): void {
  if (state.activity.kind !== 'call' || state.activity.compensate === undefined) return;
  appendCall(d, state, frame.scope.key, call.id, d.data(frame, originalCall(d, call.id, call)));
}

/** Remembers a sub-flow that was cancelled before it answered. */
export function recordChild(d: Draft, frame: Frame, node: string, id: string, runId: string): void {
  append(d, { id, node, scopeKey: frame.scope.key, input: null, runId });
}

/** The outcome of a call in flight: a result, or undefined when it may have acted without telling. */
export function recordInFlight(d: Draft, entry: InFlight, output: Json | undefined): void {
  const state = d.program.scopes[entry.scopeKey]?.states[entry.node];
  if (state === undefined) return;
  const { steps, ...rest } = entry.data as { steps?: JsonObject } & JsonObject;
  const seen: JsonObject = { ...rest, steps: { ...steps, ...(output === undefined ? {} : { [entry.node]: output }) } };
  appendCall(
    d,
    state,
    entry.scopeKey,
    entry.call.id,
    readSnapshot(d, seen, originalCall(d, entry.call.id, entry.call)),
  );
}

/** What `event` is inside `onUnknown` and `compensate`: the call as it was made. */
export function originalCall(d: Draft, id: string, call: CallState | undefined): JsonObject {
  return {
    effectId: id,
    idempotencyKey: d.key(id),
    ...(call === undefined ? {} : { attempt: call.attempt, input: call.input }),
  };
}

function appendCall(d: Draft, state: State, scopeKey: string, id: string, data: Data): void {
  if (state.activity.kind !== 'call' || state.activity.compensate === undefined) return;
  const record = { id, node: state.id, scopeKey };
  try {
    append(d, { ...record, input: evaluate(state.activity.compensate.input, data) });
  } catch (thrown) {
    append(d, { ...record, input: null, error: errorAt(asFlowError(thrown), state.id, id) });
  }
}

function append(d: Draft, record: UndoRecord): void {
  const undo = d.own(d.run.undo as UndoRecord[]);
  undo.push(record);
  d.run.undo = undo;
}

/** What expressions of a call in flight can read: what its scope could when it was cancelled. */
export function readSnapshot(d: Draft, seen: JsonObject, event: Json): Data {
  const root = d.data(d.root(), event);
  return {
    now: d.at,
    read: (name, key) => {
      if (name === 'input' || name === 'run' || name === 'event') return root.read(name, key);
      const value = seen[name];
      if (key === undefined || value === undefined) return value;
      const members = value as JsonObject;
      return Object.hasOwn(members, key) ? members[key] : undefined;
    },
  };
}
