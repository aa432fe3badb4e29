import { type ActorScope, type AnyMachineSnapshot, type AnyStateMachine, createActor, createMachine } from 'xstate';
import { type Decide, END, type Machine, type Move, type State } from './program.ts';

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
 * Builds the flat XState machine of one scope: one state per node, entry actions that tell which nodes were entered,
 * one `leave` event guarded by port, and `choose` nodes as eventless guarded transitions.
 *
 * The exported `transition()` of XState builds an inert actor per call; `machine.transition` with one actor scope kept
 * per machine is five times as fast. Its signature is internal to XState: the version is pinned, and machine.test.ts
 * compares both. Machines have no context, so that one resolved snapshot per state serves every run.
 */
export function scopeMachine(start: string, states: { readonly [id: string]: State }): Machine {
  const machine = createMachine({
    initial: start,
    // XState's default is endless.
    options: { maxIterations: MAX_CHOICES },
    states: {
      ...Object.fromEntries(Object.values(states).map((state) => [state.id, stateConfig(state)])),
      [END]: { type: 'final' },
    },
  }) as AnyStateMachine;
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
  const resting = new Map<string, AnyMachineSnapshot>();
  const snapshotOf = (state: string) => {
    const known = resting.get(state);
    if (known) return known;
    const resolved: AnyMachineSnapshot = machine.resolveState({ value: state, context: {} });
    resting.set(state, resolved);
    return resolved;
  };
  const move = (snapshot: AnyMachineSnapshot): Move => {
    const result = { state: snapshot.value as string, entered };
    entered = [];
    return result;
  };
  return {
    start: (decide) => move(machine.getInitialSnapshot(scope, decide as never)),
    leave: (state, port, decide) => move(machine.transition(snapshotOf(state), { type: 'leave', port, decide }, scope)),
  };
}

function stateConfig(state: State) {
  const entry = [{ type: 'enter', params: { node: state.id } }];
  const exits = Object.entries(state.exits);
  if (state.activity.kind === 'choose') {
    const decide = ({ event }: GuardArgs) => ('decide' in event ? event.decide : event.input)(state.id);
    const always = exits.map(([port, target]) => ({ target, guard: (args: GuardArgs) => decide(args) === port }));
    return { entry, always };
  }
  const leave = exits.map(([port, target]) => ({
    target,
    guard: ({ event }: { event: LeaveEvent }) => event.port === port,
  }));
  return { entry, on: { leave } };
}

/**
 * The same machine as plain tables, for the hot path. XState is the definition: machine.test.ts proves on random
 * machines that both make the same moves.
 */
export function tableMachine(start: string, states: { readonly [id: string]: State }): Machine {
  const settle = (first: string, decide: Decide): Move => {
    const entered = [];
    let current = first;
    for (;;) {
      if (current === END) return { state: END, entered };
      entered.push(current);
      const state = states[current];
      if (state?.activity.kind !== 'choose') return { state: current, entered };
      const target = state.exits[decide(current)];
      if (target === undefined) return { state: current, entered };
      if (entered.length > MAX_CHOICES) throw new RangeError(`more than ${MAX_CHOICES} choices without a step`);
      current = target;
    }
  };
  return {
    start: (decide) => settle(start, decide),
    leave: (state, port, decide) => {
      const target = states[state]?.exits[port];
      return target === undefined ? { state, entered: [] } : settle(target, decide);
    },
  };
}

const MAX_CHOICES = 1_000;
