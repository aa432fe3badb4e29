import { END, type Move } from '../compile/program.ts';
import { FlowError, type Json } from '../errors.ts';
import { type Decided, type Draft, effectId, type Frame } from './draft.ts';
import type { ErrorInfo } from './effect.ts';
import { perform } from './perform.ts';
import { recordUndo } from './undo.ts';

/** Starts the machine of a scope that has just been opened. */
export function startScope(d: Draft, frame: Frame): void {
  step(d, frame, undefined);
}

/** Leaves the current node through a port. */
export function leave(d: Draft, frame: Frame, port: string): void {
  step(d, frame, port);
}

/** @param port undefined: enters the start node */
function step(d: Draft, frame: Frame, port: string | undefined): void {
  const { machine } = frame.program;
  const decided: Decided = {};
  d.choiceError = undefined;
  let result: Move;
  try {
    const decide = d.decide(frame, decided);
    result = port === undefined ? machine.start(decide) : machine.leave(frame.scope.state, port, decide);
  } catch (error) {
    throw new FlowError('TRANSITION_LIMIT', 'the choices of the flow lead back to themselves without a step between', {
      cause: error,
    });
  }
  settleMove(d, frame, result, decided);
}

function settleMove(d: Draft, frame: Frame, move: Move, { ports }: Decided): void {
  const { scope } = frame;
  for (const node of move.entered) {
    d.fuel -= 1;
    if (d.fuel < 0)
      throw new FlowError('TRANSITION_LIMIT', `one event caused more transitions than allowed, last at ${node}`, {
        details: { node },
      });
    const visits = d.own(scope.visits as Record<string, number>);
    visits[node] = (Object.hasOwn(visits, node) ? (visits[node] ?? 0) : 0) + 1;
    scope.visits = visits;
    const port = ports?.get(node);
    if (port !== undefined && port !== 'none' && d.notes)
      d.note({ kind: 'chose', id: effectId(frame, node), node, at: d.at, port });
  }
  scope.state = move.state;
  if (move.state === END) d.push({ kind: 'settle', frame });
  else perform(d, frame);
}

/** The current node is done: keeps its output, remembers how to undo it, and goes on. */
export function complete(d: Draft, frame: Frame, output: Json): void {
  const { scope } = frame;
  const state = d.stateOf(frame);
  const id = effectId(frame, state.id);
  const steps = d.own(scope.steps as Record<string, Json>);
  steps[state.id] = output;
  scope.steps = steps;
  scope.last = output;
  recordUndo(d, frame, state, id);
  d.setActivity(frame, undefined);
  d.note({ kind: 'completed', id, node: state.id, at: d.at, output });
  leave(d, frame, 'next');
}

/** Finds the error route of the current node; without one the error leaves the scope. */
export function raise(d: Draft, frame: Frame, error: ErrorInfo): void {
  const { scope } = frame;
  const state = d.stateOf(frame);
  d.setActivity(frame, undefined);
  const route =
    error.code === 'TRANSITION_LIMIT'
      ? undefined
      : state.routes.find(({ code }) => code === '*' || code === error.code);
  d.note({
    kind: 'failed',
    id: effectId(frame, state.id),
    node: state.id,
    at: d.at,
    error,
    caught: route !== undefined,
  });
  if (route) {
    scope.error = error;
    leave(d, frame, route.port);
  } else {
    scope.status = 'failed';
    scope.error = error;
    d.push({ kind: 'settle', frame });
  }
}
