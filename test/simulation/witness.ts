import type { Program } from '@heddle/engine/compile/index';
import {
  advance,
  begin,
  type Effect,
  isFinal,
  type Run,
  type RunEvent,
  type Start,
  type Step,
} from '@heddle/engine/kernel/index';
import type { Disk } from './disk.ts';
import type { World } from './world.ts';

/** What must never happen has happened. */
export class Violation extends Error {}

export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Violation(otherwise);
}

/** A run as its journal on disk tells it. */
export interface Told {
  readonly program: Program;
  readonly start: Start;
  readonly events: RunEvent[];
  /** The run after each journal line. */
  readonly states: Run[];
  /** Everything that it has asked for: kind, id and attempt. */
  readonly asked: Set<string>;
  /** When each timer that it has set is due, epoch ms. */
  readonly due: Map<string, number>;
  /** Sub-flow runs that it does not need any more, by the step that they were for. */
  readonly given: Map<string, string>;
  /** Steps whose sub-flow was cancelled. */
  readonly cancelled: string[];
}

const labelOf = (effect: Effect) =>
  `${effect.kind} ${'id' in effect ? effect.id : ''} ${'attempt' in effect ? effect.attempt : ''}`;

/** Reads the journals as they reach the disk, and runs each again beside the engine: what is on disk is what counts. */
export class Witness {
  readonly runs = new Map<string, Told>();
  private readonly disk: Disk;
  private readonly world: World;
  private readonly program: (flowId: string) => Program;

  constructor(disk: Disk, world: World, program: (flowId: string) => Program) {
    this.disk = disk;
    this.world = world;
    this.program = program;
  }

  /** Reads on in the journal of a run; undefined when there is none on disk. */
  read(runId: string): Told | undefined {
    const known = this.runs.get(runId);
    const from = known?.states.length ?? 0;
    const lines = this.disk.read(
      'SELECT sequence, event FROM journal WHERE run_id = ? AND sequence > ? ORDER BY sequence',
      runId,
      from,
    );
    let told = known;
    for (const [index, { sequence, event }] of lines.entries()) {
      must(sequence === from + index + 1, `the journal of ${runId} goes from ${from + index} to ${sequence}`);
      const entry = JSON.parse(String(event)) as RunEvent | (Start & { kind: 'start' });
      if (entry.kind === 'start') {
        must(told === undefined, `the journal of ${runId} starts twice`);
        told = this.begin(runId, entry);
      } else {
        must(told !== undefined, `the journal of ${runId} has no start`);
        this.take(runId, told, entry);
      }
    }
    return told;
  }

  /** An effect is being performed now: is what asks for it on disk? */
  performs(runId: string, effect: Effect): void {
    const label = labelOf(effect);
    must(
      this.read(runId)?.asked.has(label) === true,
      `${runId}: ${label} is performed, but nothing on disk asks for it`,
    );
  }

  private begin(runId: string, { kind: _, ...start }: Start & { kind: 'start' }): Told {
    const row = this.disk.read('SELECT flow_id FROM runs WHERE run_id = ?', runId)[0];
    must(row !== undefined, `${runId} has a journal and no run`);
    const program = this.program(String(row['flow_id']));
    const told: Told = {
      program,
      start,
      events: [],
      states: [],
      asked: new Set(),
      due: new Map(),
      given: new Map(),
      cancelled: [],
    };
    this.runs.set(runId, told);
    this.note(told, begin(program, start));
    return told;
  }

  private take(runId: string, told: Told, event: RunEvent): void {
    const before = told.states.at(-1);
    must(before !== undefined, `${runId} has no state`);
    if (event.kind === 'timer') this.mustBeDue(runId, told, event);
    const step = advance(told.program, before, event);
    must(step.disposition === 'applied', `${runId}: the journal has a ${event.kind} that is ${step.disposition}`);
    told.events.push(event);
    this.note(told, step);
  }

  private mustBeDue(runId: string, told: Told, { id, at }: Extract<RunEvent, { kind: 'timer' }>): void {
    const due = told.due.get(id);
    must(due !== undefined, `${runId}: timer ${id} fired and was never set`);
    must(
      at >= due && this.world.latestWall >= due,
      `${runId}: timer ${id} fired ${due - this.world.latestWall} ms early`,
    );
  }

  private note(told: Told, { run, effects }: Step): void {
    told.states.push(run);
    for (const effect of effects) {
      told.asked.add(labelOf(effect));
      if (effect.kind === 'timer') told.due.set(effect.id, effect.dueAt);
      if (effect.kind === 'start-run') told.given.set(effect.id, effect.runId);
      if (effect.kind === 'cancel-effect' && effect.of === 'start-run') told.cancelled.push(effect.id);
    }
  }
}

/** How a run ended; undefined while it has not. */
export const endOf = (told: Told): string | undefined => {
  const run = told.states.at(-1);
  return run && isFinal(run.status) ? run.status : undefined;
};

/** The first line of the journal after which the run had ended, as an index of `states`. */
export const endedAt = (told: Told): number => told.states.findIndex(({ status }) => isFinal(status));
