import type { Program } from '../compile/program.ts';
import type { Effect } from './effect.ts';
import type { RunEvent, Start } from './event.ts';
import type { Note } from './note.ts';
import type { Run } from './run.ts';
import { advance, begin } from './step.ts';

/** A run's journal: how it started, and every event that it took, in order. */
export interface Journal {
  readonly start: Start;
  readonly events: readonly RunEvent[];
}

export interface Replayed {
  readonly run: Run;
  readonly notes: readonly Note[];
  /** All effects in the order in which they were asked for. */
  readonly effects: readonly Effect[];
}

/**
 * Runs a journal again from its start. With the program that wrote it, state and effects come out the same; with
 * another version of the flow it shows what that version would have done with the same events.
 */
export function replay(program: Program, journal: Journal): Replayed {
  const first = begin(program, journal.start, { notes: true });
  let { run } = first;
  const notes = [...first.notes];
  const effects = [...first.effects];
  for (const event of journal.events) {
    const step = advance(program, run, event, { notes: true });
    run = step.run;
    notes.push(...step.notes);
    effects.push(...step.effects);
  }
  return { run, notes, effects };
}
