import { stepViews } from '@heddle/engine/api/history';
import { compile, type Program } from '@heddle/engine/compile/index';
import type { Flow } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import {
  advance,
  begin,
  type Effect,
  isFinal,
  type Note,
  outstanding,
  type Run,
  type RunEvent,
  type Step,
} from '@heddle/engine/kernel/index';

/** What a mocked node answers. */
export type Mock = { readonly output: Json } | { readonly error: { readonly code: string; readonly message?: string } };

/** Gives the answer of a node that asks something of the world: a call, an event, a task, a script, a sub-flow. */
export type Answer = (effect: Waiting) => Mock;

export type Waiting = Exclude<
  Effect,
  { readonly kind: 'timer' | 'respond' | 'finish' | 'cancel-effect' | 'compensate-run' }
>;

/** A run of the kernel in this browser: nothing outside is called, and no time passes. */
export interface Simulation {
  readonly program: Program;
  readonly run: Run;
  /** Epoch ms on the simulated clock; jumps to the next timer when nothing else is left to do. */
  readonly at: number;
  readonly notes: readonly Note[];
  /** What the run waits for, in the order in which it will be answered. */
  readonly next: readonly Effect[];
  /** What `respond` answered the caller. */
  readonly response?: { readonly status: number; readonly body: Json };
  /** Nodes that have begun in the last step. */
  readonly entered: readonly string[];
}

/** Starts a simulated run at `at` (epoch ms). The flow must have been accepted by `parse`. */
export function startSimulation(flow: Flow, input: Json, at: number): Simulation {
  const program = compile(flow);
  const step = begin(program, { runId: 'simulation', input, at }, { notes: true });
  return settle({ program, run: step.run, at, notes: [], next: [], entered: [] }, step);
}

/** Whether there is nothing left to simulate: the run has ended, or waits for an operator. */
export function isOver({ run, next }: Simulation): boolean {
  return isFinal(run.status) || run.status === 'needs-operator' || next.length === 0;
}

/** Answers the first thing that the run waits for. At the end it changes nothing. */
export function stepOnce(simulation: Simulation, answer: Answer): Simulation {
  const [effect] = simulation.next;
  if (effect === undefined || isOver(simulation)) return simulation;
  const at = effect.kind === 'timer' ? Math.max(simulation.at, effect.dueAt) : simulation.at + 1;
  const step = advance(simulation.program, simulation.run, eventFor(effect, answer, at), { notes: true });
  return settle({ ...simulation, at }, step);
}

const MAX_STEPS = 5_000;

/** Goes on until a node with a breakpoint has begun, or to the end; at most 5,000 steps at a time. */
export function runOn(simulation: Simulation, answer: Answer, breakpoints: ReadonlySet<string>): Simulation {
  let now = simulation;
  for (let steps = 0; steps < MAX_STEPS && !isOver(now); steps += 1) {
    now = stepOnce(now, answer);
    if (now.entered.some((node) => breakpoints.has(node))) return now;
  }
  return now;
}

/** One entry per step, as run history shows it. */
export function stepsOf({ notes }: Simulation) {
  return stepViews(notes, (note) => note);
}

function settle(simulation: Simulation, step: Step): Simulation {
  const answered = step.effects.find((effect) => effect.kind === 'respond');
  return {
    ...simulation,
    run: step.run,
    notes: [...simulation.notes, ...step.notes],
    next: inOrder(outstanding(simulation.program, step.run)),
    entered: step.notes.flatMap((note) => (note.kind === 'entered' || note.kind === 'chose' ? [note.node] : [])),
    ...(answered && simulation.response === undefined
      ? { response: { status: answered.status, body: answered.body } }
      : {}),
  };
}

/** What has an answer comes before timers, so that nothing times out; then the timer that is due first. */
function inOrder(effects: readonly Effect[]): Effect[] {
  const timers = effects.filter((effect) => effect.kind === 'timer').sort((a, b) => a.dueAt - b.dueAt);
  return [...effects.filter((effect) => effect.kind !== 'timer'), ...timers];
}

function eventFor(effect: Effect, answer: Answer, at: number): RunEvent {
  switch (effect.kind) {
    case 'timer':
      return { kind: 'timer', id: effect.id, at };
    case 'respond':
    case 'finish':
    case 'cancel-effect':
      throw new TypeError(`${effect.kind} waits for nothing`);
    case 'compensate-run':
      return { kind: 'result', id: effect.id, output: null, at };
    default:
      break;
  }
  const mock = answer(effect);
  if ('error' in mock) {
    const { code, message = 'simulated' } = mock.error;
    return {
      kind: 'failure',
      id: effect.id,
      error: { code, message, retryable: false, mayHaveActed: false, safety: 'idempotent' },
      at,
      random: 0,
    };
  }
  return { kind: 'result', id: effect.id, output: mock.output, at };
}
