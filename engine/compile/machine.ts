import {
  type ActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  createMachine,
} from 'xstate';
import { type Decide, END, type Machine, type Move, type State } from './program.ts';

/** Choices that may follow each other without a step between; XState's own default is endless. */
const MAX_CHOICES = 1_000;

/** The one internal event of every scope machine: the current node is left through `port`. */
interface LeaveEvent {
  readonly type: 'leave';
  readonly port: string;
  readonly decide: Decide;
}
interface GuardArgs {
  readonly event: LeaveEvent | { readonly type: string; readonly input: Decide };
}

/**
 * The flat XState machine of one scope, which is the definition of what the scope does: one state per node, entry
 * actions that tell which nodes were entered, one `leave` event guarded by port, and choices as eventless guarded
 * transitions. It has no context: data is the kernel's.
 */
export function scopeMachine(start: string, states: { readonly [id: string]: State }): AnyStateMachine {
  return createMachine(
    {
      initial: start,
      options: { maxIterations: MAX_CHOICES },
      states: {
        ...Object.fromEntries(Object.values(states).map((state) => [state.id, stateConfig(state)])),
        [END]: { type: 'final' },
      },
    },
    {
      guards: {
        port: ({ event }: { event: unknown }, { port }: { port: string }) => (event as LeaveEvent).port === port,
        decided: (args: unknown, { node, port }: { node: string; port: string }) => {
          const { event } = args as GuardArgs;
          return ('decide' in event ? event.decide : event.input)(node) === port;
        },
      },
    } as never,
  ) as unknown as AnyStateMachine;
}

function stateConfig({ id, activity, exits }: State) {
  const entry = [{ type: 'enter', params: { node: id } }];
  const all = Object.entries(exits);
  // A choice leaves by itself, except to an error route, when its conditions could not be evaluated.
  const decided = activity.kind === 'choose' ? all.filter(([port]) => !port.startsWith('error:')) : [];
  const left = activity.kind === 'choose' ? all.filter(([port]) => port.startsWith('error:')) : all;
  // Re-enter: a node whose `next` is itself is visited again.
  return {
    entry,
    always: decided.map(([port, target]) => ({
      target,
      reenter: true,
      guard: { type: 'decided', params: { node: id, port } },
    })),
    on: { leave: left.map(([port, target]) => ({ target, reenter: true, guard: { type: 'port', params: { port } } })) },
  };
}

/**
 * Reads an XState scope machine into plain tables, once per version: 5 times as fast as stepping it, because nothing is
 * built per event. machine.test.ts proves on random machines that both make the same moves.
 */
export function tabulate(machine: AnyStateMachine): Machine {
  const rows = new Map(Object.entries(machine.states).map(([id, node]) => [id, rowOf(node)]));
  const initial = machine.root.initial.target[0]?.key ?? END;

  const settle = (first: string, decide: Decide): Move => {
    const entered: string[] = [];
    for (let current = first; ; ) {
      if (current === END) return { state: END, entered };
      entered.push(current);
      const decided = rows.get(current)?.decided;
      if (decided === undefined || decided.size === 0) return { state: current, entered };
      const target = decided.get(decide(current));
      if (target === undefined) return { state: current, entered };
      if (entered.length > MAX_CHOICES) throw new RangeError(`more than ${MAX_CHOICES} choices without a step`);
      current = target;
    }
  };
  return {
    start: (decide) => settle(initial, decide),
    leave: (state, port, decide) => {
      const target = rows.get(state)?.left.get(port);
      return target === undefined ? { state, entered: [] } : settle(target, decide);
    },
  };
}

/** Exits of one state: those a choice takes by itself, and those it is left by; by port. */
interface Row {
  readonly decided: ReadonlyMap<string, string>;
  readonly left: ReadonlyMap<string, string>;
}

function rowOf(node: AnyStateMachine['states'][string]): Row {
  return { decided: targetsOf(node.always ?? []), left: targetsOf(node.transitions.get('leave') ?? []) };
}

function targetsOf(transitions: readonly AnyTransitionDefinition[]): ReadonlyMap<string, string> {
  return new Map(
    transitions.map(({ guard, target }) => [
      (guard as { params: { port: string } }).params.port,
      target?.[0]?.key ?? END,
    ]),
  );
}

/**
 * Steps an XState scope machine itself: the authority that the tables are tested against.
 *
 * The exported `transition()` of XState builds an inert actor per call; `machine.transition` with one actor scope kept
 * per machine is five times as fast. Its signature is internal to XState, so the version is pinned.
 */
export function interpret(machine: AnyStateMachine): Machine {
  let entered: string[] = [];
  const actor = createActor(machine);
  const scope = {
    self: actor,
    actionExecutor: (action: { readonly params: unknown }) =>
      entered.push((action.params as { readonly node: string }).node),
    defer: () => {},
    emit: () => {},
    id: actor.id,
    logger: () => {},
    sessionId: actor.sessionId,
    stopChild: () => {},
    system: actor.system,
  } as unknown as ActorScope<AnyMachineSnapshot, LeaveEvent>;
  const move = (snapshot: AnyMachineSnapshot): Move => {
    const result = { state: snapshot.value as string, entered };
    entered = [];
    if (snapshot.status === 'error') throw snapshot.error;
    return result;
  };
  return {
    start: (decide) => move(machine.getInitialSnapshot(scope, decide as never)),
    leave: (state, port, decide) => {
      const snapshot: AnyMachineSnapshot = machine.resolveState({ value: state, context: {} });
      return move(machine.transition(snapshot, { type: 'leave', port, decide }, scope));
    },
  };
}
