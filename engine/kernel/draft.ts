import type { Decide, Program, ScopeProgram, State } from '../compile/program.ts';
import { FlowError, type Json, type JsonObject } from '../errors.ts';
import { type Data, test } from '../expression/index.ts';
import { type CancellableKind, type Effect, type ErrorInfo, idempotencyKey } from './effect.ts';
import type { Note } from './note.ts';
import type {
  ActivityState,
  ContainerState,
  ForEachState,
  ParallelState,
  RegionState,
  Run,
  Saga,
  ScopeState,
} from './run.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One scope instance that may be changed in this step, with its way up to the root. */
export interface Frame {
  readonly scope: Mutable<ScopeState>;
  readonly program: ScopeProgram;
  readonly parent?: Frame;
  /** The container of `parent` that holds it. */
  readonly container?: Mutable<ContainerState>;
  readonly slot?: string | number;
}

/** Work that one step still has to do, in order. A queue instead of recursion keeps the stack flat however wide a fan-out is. */
export type Job =
  | { readonly kind: 'start'; readonly frame: Frame }
  | { readonly kind: 'fan-out'; readonly frame: Frame; readonly containerId: string }
  | { readonly kind: 'complete'; readonly frame: Frame; readonly output: Json }
  | { readonly kind: 'leave'; readonly frame: Frame; readonly port: string }
  | { readonly kind: 'raise'; readonly frame: Frame; readonly error: ErrorInfo }
  | { readonly kind: 'settle'; readonly frame: Frame }
  /** An `end` with `scope: "flow"`. */
  | { readonly kind: 'end-flow'; readonly outcome?: string; readonly output: Json };

/** The choices of one move and the ports they took. */
export interface Decided {
  ports?: Map<string, string>;
}

/** Up to this many are looked through faster than hashed; most steps touch fewer. */
const FEW = 16;

/** The frames of one step, by path. */
class Frames {
  private readonly few: Frame[] = [];
  private many: Map<string, Frame> | undefined;

  get(path: string): Frame | undefined {
    if (this.many) return this.many.get(path);
    for (const frame of this.few) if (frame.scope.path === path) return frame;
    return undefined;
  }

  /** Takes the place of another at the same path. */
  set(frame: Frame): void {
    const { path } = frame.scope;
    if (this.many) {
      this.many.set(path, frame);
      return;
    }
    const at = this.few.findIndex((other) => other.scope.path === path);
    if (at >= 0) this.few[at] = frame;
    else if (this.few.push(frame) > FEW) this.many = new Map(this.few.map((each) => [each.scope.path, each]));
  }
}

/** Objects that were made in this step, and may be changed. */
class Made {
  private readonly few: object[] = [];
  private many: Set<object> | undefined;

  has(value: object): boolean {
    return this.many ? this.many.has(value) : this.few.includes(value);
  }

  add(value: object): void {
    if (this.many) this.many.add(value);
    else if (this.few.push(value) > FEW) this.many = new Set(this.few);
  }
}

/**
 * The working copy of a run during one step. Whatever is changed is copied first, once; everything else is shared with
 * the run that came in, which stays as it was.
 */
export class Draft {
  readonly program: Program;
  readonly run: Mutable<Run>;
  readonly before: Run;
  readonly at: number;
  readonly effects: Effect[] = [];
  readonly notes: Note[] | undefined;
  readonly queue: Job[] = [];
  /** Node transitions that this event may still cause. */
  fuel: number;
  choiceError: FlowError | undefined;
  private readonly frames = new Frames();
  private readonly made = new Made();
  private decided: string[] | undefined;

  constructor(program: Program, run: Run, at: number, notes: Note[] | undefined) {
    this.program = program;
    this.before = run;
    this.run = copyRun(run);
    this.at = at;
    this.fuel = program.limits.maxTransitions;
    this.notes = notes;
  }

  /** The root's frame; made by the first call. */
  root(): Frame {
    const known = this.frames.get('');
    if (known) return known;
    const scope = copyScope(this.run.root);
    this.run.root = scope;
    return this.keep({ scope, program: this.scopeProgram('') });
  }

  /** The frame of a live scope, or undefined when there is none at that path (any more). */
  frame(path: string): Frame | undefined {
    const known = this.frames.get(path);
    if (known) return known;
    let frame = this.root();
    while (frame.scope.path !== path) {
      const next = this.childToward(frame, path);
      if (next === undefined) return undefined;
      frame = next;
    }
    return frame;
  }

  /** The frame of one child scope of a container that `frame` holds. */
  child(frame: Frame, container: Mutable<ContainerState>, slot: string | number): Frame | undefined {
    const scope = childScope(container, slot);
    if (scope === undefined) return undefined;
    const known = this.frames.get(scope.path);
    if (known && known.scope === scope) return known;
    const copy = copyScope(scope);
    this.setChild(container, slot, copy);
    return this.keep({ scope: copy, program: this.scopeProgram(copy.key), parent: frame, container, slot });
  }

  setChild(container: Mutable<ContainerState>, slot: string | number, value: ForEachState['slots'][number]): void {
    if (container.kind === 'for-each') {
      const slots = this.own(container.slots as ForEachState['slots'][number][]);
      slots[slot as number] = value;
      (container as Mutable<ForEachState>).slots = slots;
    } else if (container.kind === 'parallel') {
      const branches = this.own(container.branches as Record<string, ScopeState>);
      branches[slot] = value as ScopeState;
      (container as Mutable<ParallelState>).branches = branches;
    } else {
      (container as Mutable<RegionState>).scope = value as ScopeState;
    }
  }

  /** The container that is the frame's current activity, or one that lingers, ready to be changed. */
  container(frame: Frame, id: string): Mutable<ContainerState> | undefined {
    const { activity } = frame.scope;
    if (activity && isContainer(activity) && activity.id === id) {
      const copy = this.ownContainer(activity);
      frame.scope.activity = copy;
      return copy;
    }
    const index = frame.scope.lingering.findIndex((container) => container.id === id);
    const found = frame.scope.lingering[index];
    if (found === undefined) return undefined;
    const copy = this.ownContainer(found);
    const lingering = this.own(frame.scope.lingering as ContainerState[]);
    lingering[index] = copy;
    frame.scope.lingering = lingering;
    return copy;
  }

  /** Puts a new scope into a container and returns its frame. */
  open(
    frame: Frame,
    container: Mutable<ContainerState>,
    slot: string | number,
    key: string,
    item?: { readonly value: Json; readonly index: number },
  ): Frame {
    const scope = emptyScope(key, childPath(container, slot), item);
    this.setChild(container, slot, scope);
    return this.keep({ scope, program: this.scopeProgram(key), parent: frame, container, slot });
  }

  /** Copies a list or a record the first time it is asked for in this step. Scopes are copied when they get their frame. */
  own<T extends object>(value: T): T {
    if (this.made.has(value)) return value;
    const copy = (Array.isArray(value) ? value.slice() : { ...value }) as T;
    this.made.add(copy);
    return copy;
  }

  /** As `own`; apart from it, because V8 copies objects of few shapes much faster than those of many. */
  private ownContainer(container: ContainerState): Mutable<ContainerState> {
    if (this.made.has(container)) return container;
    const copy = { ...container };
    this.made.add(copy);
    return copy;
  }

  /** The result of this container has been decided, while children that ended in the same step have yet to be heard. */
  markDecided(containerId: string): void {
    this.decided ??= [];
    this.decided.push(containerId);
  }

  isDecided(containerId: string): boolean {
    return this.decided?.includes(containerId) === true;
  }

  push(job: Job): void {
    this.queue.push(job);
  }

  note(note: Note): void {
    this.notes?.push(note);
  }

  cancelEffect(of: CancellableKind, id: string, runId?: string): void {
    this.effects.push({ kind: 'cancel-effect', id, of, ...(runId !== undefined && { runId }) });
  }

  setActivity(frame: Frame, activity: ActivityState | undefined): void {
    this.count(frame.scope.activity, -1);
    this.count(activity, 1);
    frame.scope.activity = activity;
  }

  setRootSaga(saga: Saga | undefined): void {
    this.countSaga(this.run.saga, -1);
    this.countSaga(saga, 1);
    this.run.saga = saga;
  }

  setRegionSaga(region: Mutable<RegionState>, saga: Saga | undefined): void {
    this.countSaga(region.saga, -1);
    this.countSaga(saga, 1);
    region.saga = saga;
  }

  /** Counts what is with a performer, and what waits for an operator. */
  count(activity: ActivityState | undefined, sign: 1 | -1): void {
    if (activity?.kind === 'call') {
      if (activity.phase === 'calling' || activity.phase === 'querying') this.run.busy += sign;
      else if (activity.phase === 'operator') this.run.incidents += sign;
    } else if (activity?.kind === 'plain') this.run.busy += sign;
  }

  private countSaga(saga: Saga | undefined, sign: 1 | -1): void {
    if (saga?.phase === 'undoing') this.run.busy += sign;
    else if (saga?.phase === 'operator') this.run.incidents += sign;
  }

  stateOf(frame: Frame): State {
    const state = frame.program.states[frame.scope.state];
    if (state === undefined)
      throw new TypeError(`scope ${frame.scope.path || '/'} is at unknown node ${frame.scope.state}`);
    return state;
  }

  /** Decides choices by the data that the frame sees, each once per move; keeps an error, which the machine must not see. */
  decide(frame: Frame, decided: Decided): Decide {
    return (nodeId) => {
      const known = decided.ports?.get(nodeId);
      if (known !== undefined) return known;
      const port = this.choose(frame, nodeId);
      decided.ports ??= new Map();
      decided.ports.set(nodeId, port);
      return port;
    };
  }

  private choose(frame: Frame, nodeId: string): string {
    const state = frame.program.states[nodeId];
    if (state?.activity.kind !== 'choose') return 'none';
    try {
      const data = this.data(frame);
      const index = state.activity.when.findIndex((rule) => test(rule, data));
      return index < 0 ? 'otherwise' : `when:${index}`;
    } catch (error) {
      this.choiceError = asFlowError(error);
      return 'none';
    }
  }

  /** What expressions at this frame can read. */
  data(frame: Frame, event?: Json): Data {
    const { run } = this;
    return {
      now: this.at,
      read: (root, key) => {
        switch (root) {
          case 'input':
            return run.input;
          case 'steps':
          case 'vars':
            return key === undefined ? allOf(frame, root) : nearest(frame, root, key);
          case 'item':
          case 'index':
          case 'error': {
            for (let at: Frame | undefined = frame; at; at = at.parent) {
              const value = at.scope[root];
              if (value !== undefined) return value as Json;
            }
            return undefined;
          }
          case 'run':
            return runFacts(run);
          case 'event':
            return event;
          default:
            return undefined;
        }
      },
    };
  }

  key(effectId: string): string {
    return idempotencyKey(this.run.id, effectId);
  }

  private keep(frame: Frame): Frame {
    this.frames.set(frame);
    return frame;
  }

  private scopeProgram(key: string): ScopeProgram {
    const program = this.program.scopes[key];
    if (program === undefined) throw new TypeError(`the program has no scope ${JSON.stringify(key)}`);
    return program;
  }

  private childToward(frame: Frame, path: string): Frame | undefined {
    const { activity, lingering } = frame.scope;
    const candidates = activity && isContainer(activity) ? [activity, ...lingering] : lingering;
    for (const candidate of candidates) {
      const slot = slotToward(candidate, path);
      if (slot === undefined) continue;
      const container = this.container(frame, candidate.id);
      if (container) return this.child(frame, container, slot);
    }
    return undefined;
  }
}

export const isContainer = (activity: ActivityState): activity is ContainerState =>
  activity.kind === 'parallel' || activity.kind === 'for-each' || activity.kind === 'region';

/** `/facts#1` holds scopes below `/facts`; later visits keep their number. */
const basePath = (containerId: string) => (containerId.endsWith('#1') ? containerId.slice(0, -2) : containerId);

function childPath(container: ContainerState, slot: string | number): string {
  const base = basePath(container.id);
  if (container.kind === 'parallel') return `${base}/${slot}`;
  return container.kind === 'for-each' ? `${base}[${slot}]` : base;
}

export function childScope(container: ContainerState, slot: string | number): ScopeState | undefined {
  if (container.kind === 'region') return container.scope;
  if (container.kind === 'parallel')
    return Object.hasOwn(container.branches, slot) ? container.branches[slot] : undefined;
  const found = container.slots[slot as number];
  return found && 'path' in found ? found : undefined;
}

function slotToward(container: ContainerState, path: string): string | number | undefined {
  const base = basePath(container.id);
  if (!path.startsWith(base)) return undefined;
  const rest = path.slice(base.length);
  if (container.kind === 'for-each') return rest.startsWith('[') ? Number(rest.slice(1, rest.indexOf(']'))) : undefined;
  if (container.kind === 'region') return rest === '' || rest.startsWith('/') ? 0 : undefined;
  return rest.startsWith('/') ? rest.slice(1).split(/[/#[]/, 1)[0] : undefined;
}

/** @param item of a `forEach` */
export function emptyScope(
  key: string,
  path: string,
  item?: { readonly value: Json; readonly index: number },
): Mutable<ScopeState> {
  return {
    key,
    path,
    status: 'active',
    state: '',
    visits: {},
    steps: {},
    vars: {},
    last: null,
    lingering: [],
    activity: undefined,
    ended: undefined,
    error: undefined,
    item: item?.value,
    index: item?.index,
  };
}

// Written out, with every field there from the start: runs and scopes are copied with every event, and V8 is several
// times slower at copying, or reading, objects that come in many shapes.

function copyScope(scope: ScopeState): Mutable<ScopeState> {
  const { key, path, status, state, visits, steps, vars, last, lingering, activity, ended, error, item, index } = scope;
  return { key, path, status, state, visits, steps, vars, last, lingering, activity, ended, error, item, index };
}

function copyRun(run: Run): Mutable<Run> {
  return {
    id: run.id,
    flowId: run.flowId,
    version: run.version,
    status: run.status,
    input: run.input,
    businessKey: run.businessKey,
    startedAt: run.startedAt,
    parent: run.parent,
    depth: run.depth,
    traceparent: run.traceparent,
    attributes: run.attributes,
    sequence: run.sequence,
    allowance: run.allowance,
    root: run.root,
    signals: run.signals,
    seen: run.seen,
    undo: run.undo,
    inFlight: run.inFlight,
    saga: run.saga,
    busy: run.busy,
    incidents: run.incidents,
    children: run.children,
    held: run.held,
    suspended: run.suspended,
    responded: run.responded,
    result: run.result,
    beforeFailure: run.beforeFailure,
  } satisfies Record<keyof Run, unknown>;
}

function nearest(frame: Frame, root: 'steps' | 'vars', key: string): Json | undefined {
  for (let at: Frame | undefined = frame; at; at = at.parent) {
    if (Object.hasOwn(at.scope[root], key)) return at.scope[root][key];
  }
  return undefined;
}

function allOf(frame: Frame, root: 'steps' | 'vars'): JsonObject {
  const outer = frame.parent ? allOf(frame.parent, root) : {};
  return { ...outer, ...frame.scope[root] };
}

function runFacts(run: Run): JsonObject {
  return {
    id: run.id,
    flow: run.flowId,
    version: run.version,
    startedAt: new Date(run.startedAt).toISOString(),
    ...(run.businessKey === undefined ? {} : { businessKey: run.businessKey }),
  };
}

export function asFlowError(error: unknown): FlowError {
  if (error instanceof FlowError) return error;
  return new FlowError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error });
}

/** An error as it arose at a node. */
export function errorAt(error: FlowError, node: string, effectId: string): ErrorInfo {
  return {
    code: error.code,
    message: error.message,
    node,
    effectId,
    ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
  };
}

/** `/items[3]/debit#2`: scope path, node, visit. */
export function effectId(frame: Frame, node: string): string {
  return `${frame.scope.path}/${node}#${frame.scope.visits[node] ?? 1}`;
}
