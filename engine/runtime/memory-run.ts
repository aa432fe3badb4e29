import type { Program } from '../compile/index.ts';
import type { Json } from '../errors.ts';
import { advance, begin, type Effect, isFinal, type Run, type RunEvent, type Step } from '../kernel/index.ts';
import type { Performed } from './perform.ts';

/** The effects that somebody outside the run has to answer. */
export type Asked = Exclude<Effect, { kind: 'timer' | 'cancel-effect' | 'respond' | 'finish' }>;

/** What a run in memory needs of whoever drives it. */
export interface Surroundings {
  /** Epoch ms. */
  readonly now: () => number;
  readonly random: () => number;
  /** Ask the kernel for history lines. */
  readonly notes?: boolean;
  /** Answers an effect; undefined: nobody will. A promise that is rejected ends the run with `failed`. */
  readonly perform: (effect: Asked) => Promise<Performed> | undefined;
  readonly respond: (response: { status: number; body: Json; headers: { readonly [name: string]: string } }) => void;
  /** The run has taken an event, and its effects are on their way. */
  readonly rested: (step: Step) => void;
  readonly failed: (error: unknown) => void;
}

/** A longer delay would make setTimeout fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One run on the kernel, in memory and without a journal. */
export class MemoryRun {
  private readonly program: Program;
  private readonly around: Surroundings;
  private readonly timers = new Map<string, { readonly dueAt: number; readonly handle: NodeJS.Timeout | undefined }>();
  private current: Run | undefined;
  private performing = 0;
  private aheadMs = 0;

  constructor(program: Program, around: Surroundings) {
    this.program = program;
    this.around = around;
  }

  begin(runId: string, input: Json): void {
    this.settle(begin(this.program, { runId, input, at: this.now() }, this.options));
  }

  /** Nobody is at work for the run: only time or the world can move it. */
  get isIdle(): boolean {
    return this.performing === 0;
  }

  /** The timer that is due first. */
  get nextTimer(): { readonly id: string; readonly inMs: number } | undefined {
    const [first] = [...this.timers].sort(([, a], [, b]) => a.dueAt - b.dueAt);
    return first && { id: first[0], inMs: Math.max(0, first[1].dueAt - this.now()) };
  }

  /** Puts the run's clock forward to its next timer, and fires it. */
  skip(): void {
    const next = this.nextTimer;
    if (next === undefined) return;
    this.aheadMs += next.inMs;
    this.fire(next.id);
  }

  take(event: RunEvent): void {
    if (this.current === undefined || isFinal(this.current.status)) return;
    try {
      this.settle(advance(this.program, this.current, event, this.options));
    } catch (error) {
      this.around.failed(error);
    }
  }

  /** Stops its timers. */
  close(): void {
    for (const { handle } of this.timers.values()) clearTimeout(handle);
    this.timers.clear();
  }

  /** The run's own time, epoch ms: ahead of the world's by what was skipped. */
  now(): number {
    return this.around.now() + this.aheadMs;
  }

  private get options() {
    return this.around.notes ? { notes: true } : {};
  }

  private settle(step: Step): void {
    this.current = step.run;
    for (const effect of step.effects) this.dispatch(effect);
    if (isFinal(step.run.status)) this.close();
    this.around.rested(step);
  }

  private dispatch(effect: Effect): void {
    switch (effect.kind) {
      case 'timer':
        this.setTimer(effect.id, effect.dueAt);
        return;
      case 'cancel-effect':
        if (effect.of === 'timer') this.clearTimer(effect.id);
        return;
      case 'respond':
        this.around.respond({ status: effect.status, body: effect.body, headers: effect.headers });
        return;
      case 'finish':
        return;
      default:
        this.perform(effect);
    }
  }

  private perform(effect: Asked): void {
    const performed = this.around.perform(effect);
    if (performed === undefined) return;
    this.performing += 1;
    performed.then(
      (done) => {
        this.performing -= 1;
        const at = this.now();
        this.take(
          done.ok
            ? {
                kind: 'result',
                id: effect.id,
                output: done.output,
                at,
                ...(done.answeredBy !== undefined && { answeredBy: done.answeredBy }),
              }
            : { kind: 'failure', id: effect.id, error: done.failure, at, random: this.around.random() },
        );
      },
      (error: unknown) => this.around.failed(error),
    );
  }

  private setTimer(id: string, dueAt: number): void {
    const delayMs = Math.max(0, dueAt - this.now());
    const handle = delayMs > LONGEST_TIMER_MS ? undefined : setTimeout(() => this.fire(id), delayMs);
    this.timers.set(id, { dueAt, handle });
  }

  private fire(id: string): void {
    const dueAt = this.timers.get(id)?.dueAt;
    if (dueAt === undefined) return;
    this.clearTimer(id);
    this.take({ kind: 'timer', id, at: Math.max(this.now(), dueAt) });
  }

  private clearTimer(id: string): void {
    clearTimeout(this.timers.get(id)?.handle);
    this.timers.delete(id);
  }
}
