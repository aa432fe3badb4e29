import type { Activity } from '../compile/program.ts';
import type { Json, JsonObject } from '../errors.ts';
import { evaluate } from '../expression/index.ts';
import { cancelActivity, cancelChildren, cancelScope } from './cancel.ts';
import { asFlowError, type Draft, errorAt, type Frame, isContainer, type Mutable } from './draft.ts';
import type { ErrorInfo } from './effect.ts';
import type { ContainerState, ForEachState, ParallelState, RegionState, ScopeState, SettledItem } from './run.ts';
import { finish, stopClock, undoRegion, undoRun } from './saga.ts';
import { liveSlots } from './slots.ts';

/** A scope has reached its end or failed: its container, or the run, takes notice. */
export function settle(d: Draft, frame: Frame): void {
  const { scope, parent, container } = frame;
  if (scope.status === 'failed') {
    cancelRest(d, frame);
    if (parent === undefined || container === undefined) return failRun(d, scope.error ?? unknownError());
    return childFailed(d, parent, container, frame, scope.error ?? unknownError());
  }
  if (scope.lingering.length > 0) {
    scope.status = 'ending';
    return;
  }
  scope.status = 'ended';
  if (parent === undefined || container === undefined) return completeRun(d, frame);
  childEnded(d, parent, container, frame);
}

const unknownError = (): ErrorInfo => ({ code: 'INTERNAL', message: 'a scope failed without an error' });

function cancelRest(d: Draft, frame: Frame): void {
  for (const { id } of frame.scope.lingering) {
    const lingering = d.container(frame, id);
    if (lingering) cancelChildren(d, frame, lingering);
  }
  frame.scope.lingering = [];
}

const outputOf = (scope: ScopeState): Json => (scope.ended ? scope.ended.output : scope.last);

function childEnded(d: Draft, parent: Frame, container: Mutable<ContainerState>, child: Frame): void {
  if (!isCurrent(d, parent, container)) return absorbed(d, parent, container, child);
  if (container.kind === 'parallel') {
    const parallel = container as Mutable<ParallelState>;
    parallel.succeeded += 1;
    const activity = activityOf(d, parent, 'parallel');
    const total = Object.keys(parallel.branches).length;
    const need = activity.need === 'all' ? total : activity.need === 'any' ? 1 : activity.need;
    if (parallel.succeeded >= need) finishParallel(d, parent, parallel, activity);
  } else if (container.kind === 'for-each') {
    const each = container as Mutable<ForEachState>;
    settleItem(d, each, child, { settled: 'ended', output: outputOf(child.scope) });
    each.succeeded += 1;
    afterItem(d, parent, each);
  } else {
    if (container.dueAt !== undefined) d.cancelEffect('timer', `${container.id}:timeout`);
    publish(d, parent, child.scope);
    d.push({ kind: 'complete', frame: parent, output: outputOf(child.scope) });
  }
}

function childFailed(
  d: Draft,
  parent: Frame,
  container: Mutable<ContainerState>,
  child: Frame,
  error: ErrorInfo,
): void {
  if (!isCurrent(d, parent, container)) return absorbed(d, parent, container, child);
  if (container.kind === 'region') return regionFailed(d, parent, container as Mutable<RegionState>, error);
  if (container.kind === 'parallel') {
    const parallel = container as Mutable<ParallelState>;
    parallel.errors = [...parallel.errors, error];
    const activity = activityOf(d, parent, 'parallel');
    const total = Object.keys(parallel.branches).length;
    const need = activity.need === 'all' ? total : activity.need === 'any' ? 1 : activity.need;
    if (total - parallel.errors.length >= need) return;
    const raised = activity.need === 'all' ? error : needNotMet(parallel.node, need, parallel.errors);
    d.markDecided(parallel.id);
    cancelChildren(d, parent, parallel);
    return d.push({ kind: 'raise', frame: parent, error: raised });
  }
  const each = container as Mutable<ForEachState>;
  settleItem(d, each, child, { settled: 'failed', output: null, error });
  each.failed += 1;
  each.firstError = each.firstError ?? error;
  afterItem(d, parent, each);
}

/** A result that nobody needs any more; once the last loser is done, the scope that waited for it can end. */
function absorbed(d: Draft, parent: Frame, container: Mutable<ContainerState>, child: Frame): void {
  if (container.kind === 'for-each')
    settleItem(d, container as Mutable<ForEachState>, child, { settled: 'ended', output: null });
  if (liveSlots(container).length > 0) return;
  parent.scope.lingering = parent.scope.lingering.filter((candidate) => candidate.id !== container.id);
  if (parent.scope.status === 'ending' && parent.scope.lingering.length === 0) {
    parent.scope.status = 'active';
    d.push({ kind: 'settle', frame: parent });
  }
}

const isCurrent = (d: Draft, parent: Frame, container: ContainerState) =>
  parent.scope.activity?.id === container.id && isContainer(parent.scope.activity) && !d.isDecided(container.id);

function activityOf<K extends Activity['kind']>(d: Draft, frame: Frame, kind: K): Extract<Activity, { kind: K }> {
  const { activity } = d.stateOf(frame);
  if (activity.kind !== kind) throw new TypeError(`${frame.scope.state} is no ${kind}`);
  return activity as Extract<Activity, { kind: K }>;
}

function finishParallel(
  d: Draft,
  frame: Frame,
  parallel: Mutable<ParallelState>,
  activity: Extract<Activity, { kind: 'parallel' }>,
): void {
  const output: Record<string, Json> = {};
  for (const { name } of activity.branches) {
    const branch = parallel.branches[name];
    if (branch?.status !== 'ended') continue;
    output[name] = outputOf(branch);
    publish(d, frame, branch);
  }
  d.markDecided(parallel.id);
  letGo(d, frame, parallel, activity.losers);
  d.push({ kind: 'complete', frame, output });
}

/** Losers are stopped, or go on without anybody waiting for their results. */
function letGo(d: Draft, frame: Frame, container: Mutable<ContainerState>, losers: 'cancel' | 'absorb'): void {
  if (liveSlots(container).length === 0) return;
  if (losers === 'cancel') cancelChildren(d, frame, container);
  else frame.scope.lingering = [...frame.scope.lingering, container];
}

/** Lets the nodes and variables of a finished scope be read outside it. */
function publish(d: Draft, frame: Frame, scope: ScopeState): void {
  frame.scope.steps = joined(d, frame.scope.steps, scope.steps);
  frame.scope.vars = joined(d, frame.scope.vars, scope.vars);
}

function joined(d: Draft, outer: JsonObject, inner: JsonObject): JsonObject {
  const names = Object.keys(inner);
  if (names.length === 0) return outer;
  const all = d.own(outer as Record<string, Json | undefined>);
  for (const name of names) all[name] = inner[name];
  return all as JsonObject;
}

function settleItem(d: Draft, each: Mutable<ForEachState>, child: Frame, settled: SettledItem): void {
  d.setChild(each, child.slot ?? 0, settled);
  each.active -= 1;
}

/** Starts the next item, if the step has fuel left; else asks for another event to go on with. */
export function fanOut(d: Draft, frame: Frame, containerId: string): void {
  const container = d.container(frame, containerId);
  if (container?.kind !== 'for-each' || !isCurrent(d, frame, container)) return;
  const each = container as Mutable<ForEachState>;
  const activity = activityOf(d, frame, 'for-each');
  if (each.yielded || each.active >= activity.concurrency || each.next >= each.items.length) return;
  // Half of what an event may cause is left to the items that have been started.
  if (d.fuel < d.program.limits.maxTransitions / 2) {
    each.yielded = true;
    d.effects.push({ kind: 'timer', id: `${each.id}:more`, dueAt: d.at });
    return;
  }
  const index = each.next;
  each.next += 1;
  each.active += 1;
  const child = d.open(frame, each, index, activity.scope, { value: each.items[index] ?? null, index });
  d.push({ kind: 'start', frame: child });
  d.push({ kind: 'fan-out', frame, containerId });
}

function afterItem(d: Draft, frame: Frame, each: Mutable<ForEachState>): void {
  const activity = activityOf(d, frame, 'for-each');
  const total = each.items.length;
  const need = activity.need === 'all' ? total : activity.need === 'any' ? 1 : activity.need;
  if (each.succeeded >= need) return finishForEach(d, frame, each, activity);
  const left = total - each.succeeded - each.failed;
  if (activity.need === 'all') {
    if (each.failed > 0 && !activity.collect) return failForEach(d, frame, each, each.firstError ?? unknownError());
    if (left === 0) return finishForEach(d, frame, each, activity);
  } else if (each.succeeded + left < need) {
    return failForEach(d, frame, each, needNotMet(each.node, need, each.firstError ? [each.firstError] : []));
  }
  d.push({ kind: 'fan-out', frame, containerId: each.id });
}

function finishForEach(
  d: Draft,
  frame: Frame,
  each: Mutable<ForEachState>,
  activity: Extract<Activity, { kind: 'for-each' }>,
): void {
  const output = each.slots.map((slot): Json => {
    if (slot === null || !('settled' in slot)) return null;
    if (slot.error) return { error: { code: slot.error.code, message: slot.error.message } };
    return slot.output;
  });
  d.markDecided(each.id);
  letGo(d, frame, each, activity.losers);
  d.push({ kind: 'complete', frame, output });
}

function failForEach(d: Draft, frame: Frame, each: Mutable<ForEachState>, error: ErrorInfo): void {
  d.markDecided(each.id);
  cancelChildren(d, frame, each);
  d.push({ kind: 'raise', frame, error });
}

const needNotMet = (node: string, need: number, errors: readonly ErrorInfo[]): ErrorInfo => ({
  code: 'NEED_NOT_MET',
  message: `${need} had to succeed and too many failed`,
  node,
  details: {
    errors: errors.map((error) => ({
      code: error.code,
      message: error.message,
      ...(error.node === undefined ? {} : { node: error.node }),
    })),
  },
});

/** An error leaves a region: with `saga` its steps are undone first, then a `catch` is taken, or the error goes on. */
function regionFailed(d: Draft, frame: Frame, region: Mutable<RegionState>, error: ErrorInfo): void {
  if (region.dueAt !== undefined) d.cancelEffect('timer', `${region.id}:timeout`);
  region.dueAt = undefined;
  const activity = activityOf(d, frame, 'region');
  if (activity.saga && undoRegion(d, frame, region, error)) return;
  leaveRegion(d, frame, region, error);
}

/** Called when a failed region needs no more undoing. */
export function leaveRegion(d: Draft, frame: Frame, region: Mutable<RegionState>, error: ErrorInfo): void {
  const activity = activityOf(d, frame, 'region');
  publish(d, frame, region.scope);
  const route = activity.catch.find(({ code }) => code === '*' || code === error.code);
  if (route === undefined || error.code === 'TRANSITION_LIMIT') return d.push({ kind: 'raise', frame, error });
  frame.scope.error = error;
  d.setActivity(frame, undefined);
  d.note({ kind: 'failed', id: region.id, node: region.node, at: d.at, error, caught: true });
  d.push({ kind: 'leave', frame, port: route.port });
}

function completeRun(d: Draft, root: Frame): void {
  const { ended } = root.scope;
  const { output } = d.program.flow;
  let result: Json;
  try {
    result = ended ? ended.output : output === undefined ? root.scope.last : evaluate(output, d.data(root));
  } catch (thrown) {
    const { code, message, details } = errorAt(asFlowError(thrown), 'output', '/output');
    return failRun(d, { code, message: `output: ${message}`, ...(details === undefined ? {} : { details }) });
  }
  stopClock(d);
  finish(d, {
    status: 'completed',
    output: result,
    ...(ended?.outcome === undefined ? {} : { outcome: ended.outcome }),
  });
}

/** An `end` of the whole flow: everything else stops. */
export function endFlow(d: Draft, output: Json, outcome: string | undefined): void {
  cancelScope(d, d.root());
  stopClock(d);
  finish(d, { status: 'completed', output, ...(outcome === undefined ? {} : { outcome }) });
}

/** An error has left the root: everything stops, what was done is undone. */
export function failRun(d: Draft, error: ErrorInfo): void {
  const root = d.root();
  cancelActivity(d, root);
  cancelRest(d, root);
  undoRun(d, { error });
}

/** The region's time is up. */
export function regionTimedOut(d: Draft, frame: Frame, region: Mutable<RegionState>): void {
  region.dueAt = undefined;
  const error: ErrorInfo = {
    code: 'SCOPE_TIMEOUT',
    message: `${region.node} took longer than its timeout`,
    node: region.node,
    effectId: region.id,
  };
  const child = d.child(frame, region, 0);
  if (child) {
    cancelScope(d, child);
    // Kept for the time after undoing, when the region is left.
    child.scope.error = error;
  }
  regionFailed(d, frame, region, error);
}
