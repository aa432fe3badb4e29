import type { Program, State } from '../compile/program.ts';
import { callEffect } from './calls.ts';
import type { Effect } from './effect.ts';
import {
  type ActivityState,
  type CallState,
  type ContainerState,
  isFinal,
  type Run,
  type Saga,
  type ScopeState,
} from './run.ts';
import { undoEffect } from './saga.ts';

const ANSWERS: readonly string[] = ['result', 'failure', 'timer'];

/**
 * Everything that a run still waits for, as effects: what a restarted runtime has to perform again, under the same ids
 * and keys. Derived from the run alone.
 */
export function outstanding(program: Program, run: Run): Effect[] {
  if (isFinal(run.status)) return [];
  const effects: Effect[] = [];
  if (program.timeoutMs !== undefined && run.saga === undefined)
    effects.push({ kind: 'timer', id: '/:timeout', dueAt: run.startedAt + program.timeoutMs });
  if (run.saga) sagaEffects(program, run.saga, effects);
  for (const { call, node, scopeKey } of Object.values(run.inFlight)) {
    const state = program.scopes[scopeKey]?.states[node];
    if (state) callEffects(state, call, effects);
  }
  scopeEffects(program, run.root, effects);
  if (run.held.length === 0) return effects;
  // A suspended run has these answers already; it takes them when it is resumed.
  const answered = new Set(
    run.held.flatMap((event) => (ANSWERS.includes(event.kind) && 'id' in event ? event.id : [])),
  );
  return effects.filter((effect) => !('id' in effect && answered.has(effect.id ?? '')));
}

function scopeEffects(program: Program, scope: ScopeState, effects: Effect[]): void {
  if (scope.status !== 'active' && scope.status !== 'ending') return;
  if (scope.activity) activityEffects(program, scope, scope.activity, effects);
  for (const container of scope.lingering) containerEffects(program, container, effects);
}

function containerEffects(program: Program, container: ContainerState, effects: Effect[]): void {
  if (container.kind === 'region') {
    if (container.dueAt !== undefined)
      effects.push({ kind: 'timer', id: `${container.id}:timeout`, dueAt: container.dueAt });
    if (container.saga) sagaEffects(program, container.saga, effects);
    scopeEffects(program, container.scope, effects);
  } else if (container.kind === 'parallel') {
    for (const branch of Object.values(container.branches)) scopeEffects(program, branch, effects);
  } else {
    if (container.yielded) effects.push({ kind: 'timer', id: `${container.id}:more`, dueAt: 0 });
    for (const slot of container.slots) if (slot && 'path' in slot) scopeEffects(program, slot, effects);
  }
}

function activityEffects(program: Program, scope: ScopeState, activity: ActivityState, effects: Effect[]): void {
  const state = program.scopes[scope.key]?.states[scope.state];
  if (state === undefined) return;
  const timer = (suffix: string, dueAt: number | undefined) => {
    if (dueAt !== undefined) effects.push({ kind: 'timer', id: `${activity.id}${suffix}`, dueAt });
  };
  switch (activity.kind) {
    case 'call':
      return callEffects(state, activity, effects);
    case 'timer':
      return timer('', activity.dueAt);
    case 'await-event': {
      const { correlation } = activity;
      effects.push({
        kind: 'await-event',
        id: activity.id,
        node: state.id,
        name: activity.name,
        ...(correlation === undefined ? {} : { correlation }),
      });
      return timer(':timeout', activity.dueAt);
    }
    case 'task':
      effects.push({ ...activity.effect, responses: activity.responses });
      return timer(':timeout', activity.effect.dueAt);
    case 'plain':
      effects.push(activity.effect);
      return;
    default:
      return containerEffects(program, activity, effects);
  }
}

function callEffects(state: State, call: CallState, effects: Effect[]): void {
  const effect = callEffect(state, call);
  if (effect) effects.push(effect);
  const { id, phase, dueAt } = call;
  if (dueAt === undefined) return;
  if (phase === 'backoff') effects.push({ kind: 'timer', id: `${id}:retry`, dueAt });
  if (phase === 'query-wait') effects.push({ kind: 'timer', id: `${id}:query`, dueAt });
}

function sagaEffects(program: Program, saga: Saga, effects: Effect[]): void {
  if (saga.current === undefined) return;
  if (saga.phase === 'undoing') {
    const effect = undoEffect({ program }, saga.current, saga.attempt, saga.cause);
    if (effect) effects.push(effect);
  }
  if (saga.phase === 'backoff' && saga.dueAt !== undefined)
    effects.push({ kind: 'timer', id: `${saga.current.id}~undo:retry`, dueAt: saga.dueAt });
}
