import type { Program } from '../compile/program.ts';
import type { Json } from '../errors.ts';
import type { Start } from './event.ts';
import { advance, begin, type Effect, type Failure, type Note, outstanding, type Run, type RunEvent } from './index.ts';
import type { Step } from './step.ts';

/** Effects that somebody works on; the others only wait. */
const PERFORMED: readonly Effect['kind'][] = ['call', 'query', 'script', 'emit', 'start-run', 'compensate-run'];

/** An event whose time the rehearsal fills in. */
export type Happening = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

export interface RehearsalOptions extends Partial<Start> {
  /** False for runs so wide that looking at all of them after every event would take too long. */
  readonly checked?: boolean;
}

/**
 * A run under test: keeps its clock, everything it asked for and said, and what nobody has answered yet. At every event
 * it checks what must always hold: the run that went in is not changed, a run that went through JSON goes on the same
 * way, the status says whether somebody is at work, and `outstanding` names exactly the effects that were asked for and
 * neither answered nor taken back.
 */
export class Rehearsal {
  readonly program: Program;
  readonly start: Start;
  readonly events: RunEvent[] = [];
  readonly effects: Effect[] = [];
  readonly notes: Note[] = [];
  /** Asked for, and neither answered nor taken back; in the order of asking. */
  readonly open = new Map<string, Effect>();
  /** Of the last event. */
  step: Step;
  now: number;
  private readonly checked: boolean;

  constructor(program: Program, { checked = true, ...start }: RehearsalOptions = {}) {
    this.program = program;
    this.checked = checked;
    this.start = { runId: 'run', input: {}, at: Date.parse('2026-03-02T01:00:00Z'), ...start };
    this.now = this.start.at;
    this.step = begin(program, freeze(this.start), { notes: true });
    this.record(undefined);
  }

  get run(): Run {
    return this.step.run;
  }

  take(happening: Happening): Step {
    const event = freeze({ ...happening, at: this.now } as RunEvent);
    const before = this.run;
    const text = this.checked ? JSON.stringify(before) : '';
    if (this.checked) freeze(before);
    this.events.push(event);
    this.step = advance(this.program, before, event, { notes: true });
    this.record(event);
    if (this.checked) {
      const twin = advance(this.program, JSON.parse(text), event, { notes: true });
      same(JSON.stringify(this.step), JSON.stringify(twin), 'a run that went through JSON went on differently');
      same(text, JSON.stringify(before), 'the run that went in was changed');
    }
    return this.step;
  }

  result(id: string, output: Json = null): Step {
    return this.take({ kind: 'result', id, output });
  }

  /** By default an error that says for certain that nothing happened, and that trying again does not help. */
  failure(id: string, error: Partial<Failure> = {}, random = 0): Step {
    const plain = { code: 'SERVICE_ERROR', message: 'no', retryable: false, mayHaveActed: false };
    return this.take({ kind: 'failure', id, error: { ...plain, ...error }, random });
  }

  /** Fires a timer; the clock goes on to its time. */
  timer(id: string): Step {
    const effect = this.open.get(id);
    if (effect?.kind === 'timer') this.now = Math.max(this.now, effect.dueAt);
    return this.take({ kind: 'timer', id });
  }

  signal(name: string, payload: Json = null, more: { dedupeId?: string; correlation?: Json } = {}): Step {
    return this.take({ kind: 'signal', name, payload, dedupeId: `signal-${this.events.length}`, ...more });
  }

  act(id: string, by: string, action = 'done', data: Json = null): Step {
    return this.take({ kind: 'task', id, by, action, data });
  }

  cancel(): Step {
    return this.take({ kind: 'cancel', reason: 'by request' });
  }

  operator(decision: 'retry' | 'succeeded' | 'failed', more: { id?: string; output?: Json } = {}): Step {
    return this.take({ kind: 'retry', decision, ...more });
  }

  /** Ids of what is open, of one kind or of all. */
  waits(kind?: Effect['kind']): string[] {
    return [...this.open].filter(([, effect]) => kind === undefined || effect.kind === kind).map(([id]) => id);
  }

  /** The history in short, a word and an id each: `entered /a#1`. */
  history(...kinds: readonly Note['kind'][]): string[] {
    return this.notes
      .filter((note) => kinds.length === 0 || kinds.includes(note.kind))
      .map((note) => `${note.kind} ${'id' in note && note.id !== undefined ? note.id : ''}`.trim());
  }

  /** Everything asked for so far, a kind and an id each: `call /a#1`. */
  asked(...kinds: readonly Effect['kind'][]): string[] {
    return this.effects
      .filter((effect) => kinds.length === 0 || kinds.includes(effect.kind))
      .map((effect) => ('id' in effect ? `${effect.kind} ${effect.id}` : effect.kind));
  }

  /** What the status must be, by what the run shows; where only the run itself can know, what it says. */
  private status(): string {
    const { status } = this.run;
    if (this.run.result) return this.run.result.status;
    if (this.run.suspended || status === 'needs-operator') return this.run.suspended ? 'suspended' : status;
    if (this.run.saga) return 'compensating';
    return [...this.open.values()].some(({ kind }) => PERFORMED.includes(kind)) ? 'running' : 'waiting';
  }

  private record(event: RunEvent | undefined): void {
    const { effects, notes, disposition } = this.step;
    this.effects.push(...effects);
    this.notes.push(...notes);
    const answers = event?.kind === 'result' || event?.kind === 'failure' || event?.kind === 'timer';
    if (answers && disposition === 'applied') this.open.delete(event.id);
    for (const effect of effects) {
      if (effect.kind === 'cancel-effect') this.open.delete(effect.id);
      else if (effect.kind !== 'respond' && effect.kind !== 'finish') this.open.set(effect.id, effect);
    }
    if (!this.checked) return;
    same(this.status(), this.run.status, 'the status is not what follows from what is open');
    const expected = [...this.open.values()].map(comparable).sort();
    const found = outstanding(this.program, this.run).map(comparable).sort();
    same(expected.join('\n'), found.join('\n'), 'outstanding() is not what was asked for and not answered');
  }
}

/** Responses to a task come only when it is listed again, and a fan-out goes on at any time. */
function comparable(effect: Effect): string {
  if (effect.kind === 'task') return JSON.stringify({ ...effect, responses: undefined });
  if (effect.kind === 'timer' && effect.id.endsWith(':more')) return effect.id;
  return JSON.stringify(effect);
}

function same(expected: string, found: string, complaint: string): void {
  if (expected !== found) throw new Error(`${complaint}\n  expected ${expected}\n  found    ${found}`);
}

function freeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) freeze(member);
  return value;
}
