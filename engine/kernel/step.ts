import type { Program } from '../compile/program.ts';
import { FlowError, type Json } from '../errors.ts';
import { evaluate } from '../expression/index.ts';
import { callAgain, callDecided, callFailed, queryAgain, queryAnswered, undecided } from './calls.ts';
import { cancelActivity, cancelScope } from './cancel.ts';
import { asFlowError, Draft, emptyScope, type Frame, type Job, MAX_TRANSITIONS } from './draft.ts';
import type { Effect } from './effect.ts';
import type { Failure, RunEvent, Start } from './event.ts';
import { complete, leave, raise, startScope } from './move.ts';
import type { Note } from './note.ts';
import { outstanding } from './outstanding.ts';
import { type CallState, isFinal, type Run, type RunStatus } from './run.ts';
import { finish, type Owner, proceed, sagaOf, undoAgain, undoDecided, undoFailed, undoRun, undoSucceeded } from './saga.ts';
import { endFlow, failRun, fanOut, leaveRegion, regionTimedOut, settle } from './scopes.ts';
import { sameJson } from './signal.ts';
import { recordInFlight } from './undo.ts';

/** Limit on the history of a run (PROMISES: 10,000 events), beside what its fan-outs add. */
export const MAX_EVENTS = 10_000;
/** Signal ids remembered per run, to know a repeated one. */
const MAX_SEEN = 1_000;

/**
 * What became of an event: `applied`; `duplicate` or `dropped`: harmless, the run is as it was; `refused`: the run does
 * not wait for it and does not keep it; `finished`: the run has ended.
 */
export type Disposition = 'applied' | 'duplicate' | 'dropped' | 'refused' | 'finished';

export interface Step {
  readonly run: Run;
  readonly effects: readonly Effect[];
  /** History lines, when asked for. */
  readonly notes: readonly Note[];
  readonly disposition: Disposition;
}

export interface StepOptions {
  /** Ask for history lines; default false, because the hot path does not need them. */
  readonly notes?: boolean;
}

/**
 * Starts a run. Pure: equal arguments give equal results.
 *
 * @returns The run at its first rest, and what it asks for.
 */
export function begin(program: Program, start: Start, options: StepOptions = {}): Step {
  const run: Run = {
    id: start.runId,
    flowId: program.flow.id,
    version: program.version,
    status: 'running',
    input: start.input,
    startedAt: start.at,
    depth: start.depth ?? 0,
    sequence: 0,
    allowance: MAX_EVENTS,
    root: emptyScope('', ''),
    signals: [],
    seen: [],
    undo: [],
    inFlight: {},
    busy: 0,
    incidents: 0,
    children: 0,
    held: [],
    suspended: false,
    responded: false,
    ...(start.parent === undefined ? {} : { parent: start.parent }),
  };
  const d = new Draft(program, run, start.at, options.notes ? [] : undefined);
  return guarded(d, undefined, () => {
    const { businessKey } = program.flow;
    if (businessKey !== undefined) {
      const key = evaluate(businessKey, d.data(d.root()));
      d.run.businessKey = typeof key === 'string' ? key : JSON.stringify(key);
    }
    if (program.timeoutMs !== undefined) d.effects.push({ kind: 'timer', id: '/:timeout', dueAt: start.at + program.timeoutMs });
    d.push({ kind: 'start', frame: d.root() });
    return 'applied';
  });
}

/**
 * Takes one event. Pure: no clock, no randomness, no I/O; both come in the event. The run that is passed in stays as
 * it was.
 *
 * @returns The next run and the effects to perform once it has been made durable. An event that the run does not need
 * any more changes nothing and says so in `disposition`.
 */
export function advance(program: Program, run: Run, event: RunEvent, options: StepOptions = {}): Step {
  if (isFinal(run.status)) return afterEnd(program, run, event, options);
  const d = new Draft(program, run, event.at, options.notes ? [] : undefined);
  if (run.sequence >= run.allowance && event.kind !== 'terminate') {
    return guarded(d, event, () => {
      throw new FlowError('HISTORY_LIMIT', `the run has taken ${run.sequence} events, as many as are allowed`);
    });
  }
  return guarded(d, event, () => apply(d, event));
}

function afterEnd(program: Program, run: Run, event: RunEvent, options: StepOptions): Step {
  const unchanged = (disposition: Disposition): Step => ({ run, effects: [], notes: [], disposition });
  if (event.kind === 'retry' && run.status === 'failed' && run.beforeFailure) {
    const { run: before, event: failing } = run.beforeFailure;
    const d = new Draft(program, { ...before, sequence: run.sequence }, event.at, options.notes ? [] : undefined);
    return guarded(d, failing, () => {
      d.note({ kind: 'operator', what: 'retry', at: event.at });
      d.effects.push(...outstanding(program, before));
      if (failing.kind !== 'failure') apply(d, { ...failing, at: event.at } as RunEvent);
      return 'applied';
    });
  }
  if (event.kind === 'cancel' && run.status === 'completed' && run.undo.length > 0 && run.parent) {
    const { result: _result, ...rest } = run;
    const d = new Draft(program, { ...rest, status: 'compensating' }, event.at, options.notes ? [] : undefined);
    return guarded(d, event, () => {
      undoRun(d, { reason: event.reason });
      return 'applied';
    });
  }
  return unchanged('finished');
}

/** Runs one event to rest. An error of the kernel's own limits fails the run instead of the process. */
function guarded(d: Draft, event: RunEvent | undefined, work: () => Disposition): Step {
  let disposition: Disposition;
  try {
    disposition = work();
    drain(d);
  } catch (thrown) {
    const { code, message, details } = asFlowError(thrown);
    d.queue.length = 0;
    failRun(d, { code, message, details });
    disposition = 'applied';
  }
  if (disposition !== 'applied') return { run: d.before, effects: [], notes: d.notes ?? [], disposition };
  d.run.sequence += 1;
  if (!isFinal(d.run.status)) d.run.status = statusOf(d.run);
  else if (d.run.status === 'failed' && event && d.before.sequence > 0) d.run.beforeFailure = { run: d.before, event };
  return { run: d.run, effects: d.effects, notes: d.notes ?? [], disposition };
}

function drain(d: Draft): void {
  for (let next = 0; next < d.queue.length; next += 1) {
    const job = d.queue[next];
    if (job) work(d, job);
    // Forget what is done from time to time, so that a wide fan-out does not keep every job.
    if (next === 1_000) {
      d.queue.splice(0, next + 1);
      next = -1;
    }
  }
  d.queue.length = 0;
}

function work(d: Draft, job: Job): void {
  if (isFinal(d.run.status)) return;
  if (job.kind === 'end-flow') return endFlow(d, job.output, job.outcome);
  const { frame } = job;
  const alive = frame.scope.status === 'active' || (job.kind === 'settle' && frame.scope.status === 'failed');
  if (!alive) return;
  switch (job.kind) {
    case 'start':
      return startScope(d, frame);
    case 'fan-out':
      return fanOut(d, frame, job.containerId);
    case 'complete':
      return complete(d, frame, job.output);
    case 'leave':
      return leave(d, frame, job.port);
    case 'raise':
      return raise(d, frame, job.error);
    case 'settle':
      return settle(d, frame);
    default:
      return job satisfies never;
  }
}

function statusOf(run: Run): RunStatus {
  if (run.suspended) return 'suspended';
  if (run.incidents > 0) return 'needs-operator';
  if (run.saga) return 'compensating';
  return run.busy > 0 ? 'running' : 'waiting';
}

function apply(d: Draft, event: RunEvent): Disposition {
  if (d.run.suspended && !['resume', 'cancel', 'terminate', 'suspend'].includes(event.kind)) {
    d.run.held = [...d.run.held, event];
    return 'applied';
  }
  switch (event.kind) {
    case 'result':
      return onResult(d, event.id, event.output);
    case 'failure':
      return onFailure(d, event.id, event.error, event.random);
    case 'timer':
      return onTimer(d, event.id);
    case 'signal':
      return onSignal(d, event);
    case 'task':
      return onTask(d, event);
    case 'cancel':
      return onCancel(d, event.reason);
    case 'terminate': {
      d.note({ kind: 'operator', what: 'terminate', at: d.at, reason: event.reason });
      // Calls in flight are of no interest any more: nothing will be undone.
      cancelScope(d, d.root());
      for (const id of Object.keys(d.run.inFlight)) d.cancelEffect('call', id);
      d.setRootSaga(undefined);
      finish(d, { status: 'cancelled', reason: event.reason });
      return 'applied';
    }
    case 'suspend':
      if (d.run.suspended) return 'duplicate';
      d.run.suspended = true;
      d.note({ kind: 'operator', what: 'suspend', at: d.at });
      return 'applied';
    case 'resume':
      return onResume(d);
    case 'retry':
      return onRetry(d, event);
    default:
      return event satisfies never;
  }
}

/** The live scope that an effect belongs to, by the path before the last `/`. */
function owner(d: Draft, id: string): Frame | undefined {
  const frame = d.frame(id.slice(0, id.lastIndexOf('/')));
  return frame?.scope.status === 'active' ? frame : undefined;
}

/** The call at rest under this id, with its frame. */
function callAt(d: Draft, id: string, phase: CallState['phase']): { frame: Frame; call: CallState } | undefined {
  const frame = owner(d, id);
  const call = frame?.scope.activity;
  return frame && call?.kind === 'call' && call.id === id && call.phase === phase ? { frame, call } : undefined;
}

function dropped(d: Draft, id: string, what: string): Disposition {
  d.note({ kind: 'dropped', id, at: d.at, what });
  return 'dropped';
}

function onResult(d: Draft, id: string, output: Json): Disposition {
  if (id.endsWith('~undo')) {
    const saga = sagaOwner(d, id.slice(0, -'~undo'.length), 'undoing');
    return saga ? continueSaga(d, saga, undoSucceeded(d, saga)) : dropped(d, id, 'result');
  }
  if (id.endsWith('~query')) {
    const found = callAt(d, id.slice(0, -'~query'.length), 'querying');
    if (!found) return dropped(d, id, 'result');
    queryAnswered(d, found.frame, found.call, output);
    return 'applied';
  }
  const inFlight = d.run.inFlight[id];
  if (inFlight) {
    recordInFlight(d, inFlight, output);
    return landed(d, id);
  }
  const frame = owner(d, id);
  const activity = frame?.scope.activity;
  if (!frame || activity?.id !== id || !(activity.kind === 'plain' || (activity.kind === 'call' && activity.phase === 'calling'))) return dropped(d, id, 'result');
  d.push({ kind: 'complete', frame, output });
  return 'applied';
}

function onFailure(d: Draft, id: string, failure: Failure, random: number): Disposition {
  if (id.endsWith('~undo')) {
    const saga = sagaOwner(d, id.slice(0, -'~undo'.length), 'undoing');
    if (!saga) return dropped(d, id, 'failure');
    undoFailed(d, saga, failure, random);
    return 'applied';
  }
  if (id.endsWith('~query')) {
    const found = callAt(d, id.slice(0, -'~query'.length), 'querying');
    const activity = found && d.stateOf(found.frame).activity;
    if (!found || activity?.kind !== 'call' || !activity.onUnknown) return dropped(d, id, 'failure');
    undecided(d, found.frame, found.call, activity.onUnknown);
    return 'applied';
  }
  const inFlight = d.run.inFlight[id];
  if (inFlight) {
    if (failure.mayHaveActed || inFlight.call.unknown) recordInFlight(d, inFlight, undefined);
    return landed(d, id);
  }
  const frame = owner(d, id);
  const activity = frame?.scope.activity;
  if (!frame || activity?.id !== id) return dropped(d, id, 'failure');
  if (activity.kind === 'call' && activity.phase === 'calling') callFailed(d, frame, activity, failure, random);
  else if (activity.kind === 'plain') {
    const { code, message, details } = failure;
    d.push({ kind: 'raise', frame, error: { code, message, node: frame.scope.state, effectId: id, ...(details === undefined ? {} : { details }) } });
  } else return dropped(d, id, 'failure');
  return 'applied';
}

/** A call whose scope is gone has told its outcome: sagas that waited for it go on. */
function landed(d: Draft, id: string): Disposition {
  const entry = d.run.inFlight[id];
  if (entry) d.count(entry.call, -1);
  const { [id]: _landed, ...rest } = d.run.inFlight;
  d.run.inFlight = rest;
  for (const saga of sagas(d)) {
    if (sagaOf(d, saga)?.phase === 'draining') continueSaga(d, saga, proceed(d, saga));
  }
  return 'applied';
}

function continueSaga(d: Draft, saga: Owner, goesOn: boolean): Disposition {
  if (!goesOn && saga.kind === 'region') {
    leaveRegion(d, saga.frame, saga.region, saga.region.scope.error ?? { code: 'INTERNAL', message: 'a region failed without an error' });
  }
  return 'applied';
}

/** Every saga in progress: the run's, or those of its regions. */
function sagas(d: Draft): Owner[] {
  if (d.run.saga) return [{ kind: 'run' }];
  const found: Owner[] = [];
  const visit = (frame: Frame) => {
    const { activity, lingering } = frame.scope;
    for (const candidate of [activity, ...lingering]) {
      if (candidate === undefined || !('node' in candidate)) continue;
      const container = d.container(frame, candidate.id);
      if (container === undefined) continue;
      if (container.kind === 'region' && container.saga) found.push({ kind: 'region', frame, region: container });
      const slots = container.kind === 'parallel' ? Object.keys(container.branches) : container.kind === 'for-each' ? container.slots.keys() : [0];
      for (const slot of slots) {
        const child = d.child(frame, container, slot);
        if (child && (child.scope.status === 'active' || child.scope.status === 'ending')) visit(child);
      }
    }
  };
  visit(d.root());
  return found;
}

function sagaOwner(d: Draft, recordId: string, phase: 'undoing' | 'backoff' | 'operator'): Owner | undefined {
  return sagas(d).find((candidate) => {
    const saga = sagaOf(d, candidate);
    return saga?.phase === phase && saga.current?.id === recordId;
  });
}

function onTimer(d: Draft, id: string): Disposition {
  if (id === '/:timeout') {
    if (d.run.saga) return dropped(d, id, 'timer');
    failRun(d, { code: 'RUN_TIMEOUT', message: 'the run took longer than its timeout' });
    return 'applied';
  }
  const at = id.lastIndexOf(':');
  const base = at < 0 ? id : id.slice(0, at);
  const suffix = at < 0 ? '' : id.slice(at + 1);
  if (base.endsWith('~undo')) {
    const saga = sagaOwner(d, base.slice(0, -'~undo'.length), 'backoff');
    if (!saga) return dropped(d, id, 'timer');
    undoAgain(d, saga);
    return 'applied';
  }
  const frame = owner(d, base);
  const activity = frame?.scope.activity;
  if (!frame || !activity || activity.id !== base || early(d, activity)) return dropped(d, id, 'timer');
  if (suffix === '' && activity.kind === 'timer') d.push({ kind: 'complete', frame, output: null });
  else if (suffix === 'retry' && activity.kind === 'call' && activity.phase === 'backoff') callAgain(d, frame, activity);
  else if (suffix === 'query' && activity.kind === 'call' && activity.phase === 'query-wait') queryAgain(d, frame, activity);
  else if (suffix === 'timeout' && activity.kind === 'await-event') timeOut(d, frame, activity.id, 'await-event', 'EVENT_TIMEOUT', `no ${activity.name} event came in time`);
  else if (suffix === 'timeout' && activity.kind === 'task') timeOut(d, frame, activity.id, 'task', 'TASK_EXPIRED', 'nobody completed the task in time');
  else if (suffix === 'timeout' && activity.kind === 'region') {
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
const early = (d: Draft, activity: { readonly kind: string }) => 'dueAt' in activity && typeof activity.dueAt === 'number' && activity.dueAt > d.at;

function timeOut(d: Draft, frame: Frame, id: string, kind: 'await-event' | 'task', code: string, message: string): void {
  d.cancelEffect(kind, id);
  d.push({ kind: 'raise', frame, error: { code, message, node: frame.scope.state, effectId: id } });
}

function onSignal(d: Draft, event: Extract<RunEvent, { kind: 'signal' }>): Disposition {
  if (d.run.seen.includes(event.dedupeId)) return 'duplicate';
  const buffer = d.program.buffers[event.name];
  const waiting = waitingFor(d, event);
  // An event that no node of the flow waits for, or that came early where none is kept, is refused: never dropped in silence.
  if (waiting === undefined && (buffer === undefined || buffer === 0)) return 'refused';
  d.run.seen = [...d.run.seen.slice(1 - MAX_SEEN), event.dedupeId];
  const signal = { name: event.name, payload: event.payload, at: event.at, ...(event.correlation === undefined ? {} : { correlation: event.correlation }) };
  d.note({ kind: 'signal', name: event.name, at: d.at, taken: waiting ? 'consumed' : 'kept' });
  if (waiting === undefined) {
    d.run.signals = [...d.run.signals, signal];
    return 'applied';
  }
  const { activity } = waiting.scope;
  if (activity?.kind === 'await-event') {
    if (activity.dueAt !== undefined) d.cancelEffect('timer', `${activity.id}:timeout`);
    d.cancelEffect('await-event', activity.id);
  }
  d.push({ kind: 'complete', frame: waiting, output: event.payload });
  return 'applied';
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

function eachLiveFrame(d: Draft, visit: (frame: Frame) => void): void {
  const walk = (frame: Frame) => {
    visit(frame);
    for (const candidate of [frame.scope.activity, ...frame.scope.lingering]) {
      if (candidate === undefined || !('node' in candidate)) continue;
      const container = d.container(frame, candidate.id);
      if (container === undefined) continue;
      const slots = container.kind === 'parallel' ? Object.keys(container.branches) : container.kind === 'for-each' ? container.slots.keys() : [0];
      for (const slot of slots) {
        const child = d.child(frame, container, slot);
        if (child?.scope.status === 'active') walk(child);
      }
    }
  };
  if (d.root().scope.status === 'active') walk(d.root());
}

function onTask(d: Draft, event: Extract<RunEvent, { kind: 'task' }>): Disposition {
  const frame = owner(d, event.id);
  const task = frame?.scope.activity;
  if (!frame || task?.kind !== 'task' || task.id !== event.id) return dropped(d, event.id, 'task action');
  const action = task.effect.actions.find((candidate) => candidate.id === event.action);
  if (action === undefined) return 'refused';
  if (task.responses.some((response) => response.by === event.by)) return 'duplicate';
  const responses = [...task.responses, { by: event.by, action: event.action, data: event.data, at: event.at }];
  const { dueAt } = task.effect;
  const close = () => {
    if (dueAt !== undefined) d.cancelEffect('timer', `${task.id}:timeout`);
    d.cancelEffect('task', task.id);
  };
  if (responses.filter((response) => response.action === event.action).length >= action.need) {
    close();
    d.push({ kind: 'complete', frame, output: { action: event.action, data: event.data, by: event.by, responses: responses.map((response) => ({ ...response })) } });
  } else if (task.effect.groups.length === 0 && task.effect.assignees.length > 0 && responses.length >= task.effect.assignees.length) {
    close();
    d.push({ kind: 'raise', frame, error: { code: 'NEED_NOT_MET', message: 'everyone has answered and no action was chosen often enough', node: frame.scope.state, effectId: task.id } });
  } else d.setActivity(frame, { ...task, responses });
  return 'applied';
}

function onCancel(d: Draft, reason: string): Disposition {
  if (d.run.saga) return 'duplicate';
  d.note({ kind: 'operator', what: 'cancel', at: d.at, reason });
  const root = d.root();
  cancelActivity(d, root);
  cancelScope(d, root);
  undoRun(d, { reason });
  return 'applied';
}

function onResume(d: Draft): Disposition {
  if (!d.run.suspended) return 'duplicate';
  d.run.suspended = false;
  d.note({ kind: 'operator', what: 'resume', at: d.at });
  const { held } = d.run;
  d.run.held = [];
  for (const event of held) {
    d.fuel = MAX_TRANSITIONS;
    if (isFinal(d.run.status)) break;
    apply(d, { ...event, at: d.at });
    drain(d);
  }
  return 'applied';
}

function onRetry(d: Draft, event: Extract<RunEvent, { kind: 'retry' }>): Disposition {
  let done = 0;
  const { decision } = event;
  d.note({ kind: 'operator', what: decision, at: d.at, ...(event.id === undefined ? {} : { id: event.id }) });
  for (const saga of sagas(d)) {
    const current = sagaOf(d, saga);
    if (current?.phase !== 'operator' || decision === 'failed') continue;
    if (event.id !== undefined && event.id !== `${current.current?.id}~undo` && event.id !== current.current?.id) continue;
    done += 1;
    continueSaga(d, saga, undoDecided(d, saga, decision));
  }
  const incidents: { frame: Frame; call: CallState }[] = [];
  eachLiveFrame(d, (frame) => {
    const call = frame.scope.activity;
    if (call?.kind === 'call' && call.phase === 'operator' && (event.id === undefined || event.id === call.id)) incidents.push({ frame, call });
  });
  for (const { frame, call } of incidents) callDecided(d, frame, call, decision, event.output);
  return done + incidents.length > 0 ? 'applied' : 'refused';
}

