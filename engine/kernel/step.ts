import type { Program } from '../compile/program.ts';
import { FlowError } from '../errors.ts';
import { evaluate } from '../expression/index.ts';
import { onFailure, onResult } from './answers.ts';
import { asFlowError, Draft, emptyScope, type Job } from './draft.ts';
import type { Effect } from './effect.ts';
import type { RunEvent, Start } from './event.ts';
import { onSignal, onTask } from './inbound.ts';
import type { Disposition } from './locate.ts';
import { complete, leave, raise, startScope } from './move.ts';
import type { Note } from './note.ts';
import { onCancel, onRetry, onTerminate } from './operator.ts';
import { outstanding } from './outstanding.ts';
import { isFinal, type Run, type RunStatus } from './run.ts';
import { undoRun } from './saga.ts';
import { endFlow, failRun, fanOut, settle } from './scopes.ts';
import { onTimer } from './timers.ts';

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
    parent: start.parent,
    depth: start.depth ?? 0,
    traceparent: start.traceparent,
    attributes: start.attributes,
    sequence: 0,
    allowance: program.limits.maxEvents,
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
  };
  const d = new Draft(program, run, start.at, options.notes ? [] : undefined);
  return guarded(d, undefined, () => {
    const { businessKey } = program.flow;
    if (businessKey !== undefined) {
      const key = evaluate(businessKey, d.data(d.root()));
      d.run.businessKey = typeof key === 'string' ? key : JSON.stringify(key);
    }
    if (program.timeoutMs !== undefined)
      d.effects.push({ kind: 'timer', id: '/:timeout', dueAt: start.at + program.timeoutMs });
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
  const d = new Draft(program, run, timeOf(run, event), options.notes ? [] : undefined);
  // What has been done is still undone: a run that has failed must not stop half way.
  if (run.sequence >= run.allowance && event.kind !== 'terminate' && run.saga === undefined) {
    return guarded(d, event, () => {
      throw new FlowError('HISTORY_LIMIT', `the run has taken ${run.sequence} events, as many as are allowed`);
    });
  }
  return guarded(d, event, () => apply(d, event));
}

/** A clock that was put back while the run was suspended must not make early what had come in time. */
const timeOf = ({ held }: Run, { at }: RunEvent): number =>
  held.length === 0 ? at : Math.max(at, ...held.map((event) => event.at));

function afterEnd(program: Program, run: Run, event: RunEvent, options: StepOptions): Step {
  const unchanged = (disposition: Disposition): Step => ({ run, effects: [], notes: [], disposition });
  if (event.kind === 'retry' && run.status === 'failed' && run.beforeFailure) {
    const { run: before, event: failing } = run.beforeFailure;
    const d = new Draft(program, { ...before, sequence: run.sequence }, event.at, options.notes ? [] : undefined);
    return guarded(d, failing, () => {
      d.note({ kind: 'operator', what: 'retry', at: event.at });
      // What the event that is taken again has answered is not asked for again.
      const answered = failing.kind !== 'failure' && 'id' in failing ? failing.id : undefined;
      d.effects.push(...outstanding(program, before).filter((effect) => !('id' in effect) || effect.id !== answered));
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
    stop(d, thrown);
    disposition = 'applied';
  }
  if (disposition !== 'applied') return { run: d.before, effects: [], notes: d.notes ?? [], disposition };
  d.run.sequence += 1;
  if (!isFinal(d.run.status)) d.run.status = statusOf(d.run);
  else if (d.run.status === 'failed' && event && d.before.sequence > 0) d.run.beforeFailure = { run: d.before, event };
  return { run: d.run, effects: d.effects, notes: d.notes ?? [], disposition };
}

function stop(d: Draft, thrown: unknown): void {
  const { code, message, details } = asFlowError(thrown);
  d.queue.length = 0;
  failRun(d, { code, message, details });
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
    return hold(d, event);
  }
  switch (event.kind) {
    case 'result':
      if (event.answeredBy) d.note({ kind: 'stood-in', id: event.id, at: d.at, by: event.answeredBy });
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
      return cancelRun(d, event.reason);
    case 'terminate':
      return onTerminate(d, event.reason);
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

/** A suspended run goes on first: it takes what it kept, and then the answers of what is undone. */
function cancelRun(d: Draft, reason: string): Disposition {
  const resumed = onResume(d) === 'applied';
  if (isFinal(d.run.status)) return 'applied';
  const disposition = onCancel(d, reason);
  return resumed ? 'applied' : disposition;
}

/** Keeps an event for `resume`; a signal that no node can ever take is refused now, not in silence later. */
function hold(d: Draft, event: RunEvent): Disposition {
  if (event.kind === 'signal') {
    const known = d.run.held.some((held) => held.kind === 'signal' && held.dedupeId === event.dedupeId);
    if (known || d.run.seen.includes(event.dedupeId)) return 'duplicate';
    if (!Object.hasOwn(d.program.buffers, event.name)) return 'refused';
  }
  d.run.held = [...d.run.held, event];
  return 'applied';
}

function onResume(d: Draft): Disposition {
  if (!d.run.suspended) return 'duplicate';
  d.run.suspended = false;
  d.note({ kind: 'operator', what: 'resume', at: d.at });
  const { held } = d.run;
  d.run.held = [];
  for (const event of held) {
    d.fuel = d.program.limits.maxTransitions;
    if (isFinal(d.run.status)) break;
    try {
      const disposition = apply(d, { ...event, at: d.at });
      if (disposition === 'refused') d.note({ kind: 'dropped', id: idOf(event), at: d.at, what: event.kind });
      drain(d);
    } catch (thrown) {
      // The events after it still count: they may tell what has to be undone.
      stop(d, thrown);
    }
  }
  return 'applied';
}

const idOf = (event: RunEvent) => ('id' in event && event.id) || ('name' in event ? event.name : event.kind);
