import type { Random } from './random.ts';

interface Happening {
  /** Of the world's time. */
  readonly dueAt: number;
  readonly act: () => void;
  /** The engine's process that it ends with; undefined: the world outside. */
  readonly process: number | undefined;
  /** Only a sleep of the engine: it does not keep the world going. */
  readonly isSleep: boolean;
  readonly unref: () => void;
}

/**
 * Time and order of everything: what is due happens one after the other, in an order that the seed decides, and time
 * goes on when nothing is due. Between two happenings every promise that can settle has settled.
 */
export class World {
  /** Milliseconds since the world began; never goes back. */
  now = 0;
  /** How many happenings there were. */
  steps = 0;
  /** The engine's process that runs now; those before it are dead. */
  process = 0;
  /** The latest time that the wall clock has ever shown. */
  latestWall: number;
  private wallOffset: number;
  private happenings: Happening[] = [];
  private readonly random: Random;
  private readonly originals = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setImmediate: globalThis.setImmediate,
  };

  /** @param startsAt what the wall clock shows when the world begins, epoch ms */
  constructor(random: Random, startsAt: number) {
    this.random = random;
    this.wallOffset = startsAt;
    this.latestWall = startsAt;
  }

  /** Epoch ms, as the engine's clock shows it. */
  wall = (): number => {
    const shown = this.wallOffset + this.now;
    this.latestWall = Math.max(this.latestWall, shown);
    return shown;
  };

  /** The wall clock is put forward, or back. */
  jump(byMs: number): void {
    this.wallOffset += byMs;
    this.wall();
  }

  /** Something outside the engine, after a delay. */
  later(delayMs: number, act: () => void): void {
    this.add(delayMs, act, undefined, false);
  }

  /** Something within the engine's process, after a delay; it does not happen if the process dies before. */
  within(delayMs: number, act: () => void): void {
    this.add(delayMs, act, this.process, false);
  }

  /** The engine's process dies: whatever it had in mind never happens. */
  kill(): void {
    this.happenings = this.happenings.filter(({ process }) => process !== this.process);
    this.process += 1;
  }

  /** Nothing is under way but sleeps of the engine. */
  get isIdle(): boolean {
    return this.happenings.every(({ isSleep }) => isSleep);
  }

  /** Lets the next thing happen, and everything that follows from it at once. False: there is nothing any more. */
  async step(): Promise<boolean> {
    if (this.happenings.length === 0) return false;
    let soonest = Infinity;
    for (const { dueAt } of this.happenings) if (dueAt < soonest) soonest = dueAt;
    this.now = Math.max(this.now, soonest);
    const due = this.happenings.filter(({ dueAt }) => dueAt <= this.now);
    const chosen = due[this.random.below(due.length)];
    if (chosen === undefined) return false;
    this.happenings.splice(this.happenings.indexOf(chosen), 1);
    this.steps += 1;
    this.wall();
    chosen.act();
    await settled();
    return true;
  }

  /** Takes the place of the timers of the JavaScript engine until `release`, for whatever the engine under test awaits. */
  capture(): void {
    const sleep = (act: () => void, delayMs = 0) => this.add(delayMs, act, this.process, true);
    const wake = (happening: Happening | undefined) => {
      if (happening) this.happenings = this.happenings.filter((other) => other !== happening);
    };
    // The engine under test only passes a function and a time, and only hands back what it was given.
    globalThis.setTimeout = sleep as unknown as typeof globalThis.setTimeout;
    globalThis.clearTimeout = wake as unknown as typeof globalThis.clearTimeout;
    const soon = (act: () => void) => this.add(0, act, this.process, false);
    globalThis.setImmediate = soon as unknown as typeof globalThis.setImmediate;
  }

  release(): void {
    Object.assign(globalThis, this.originals);
  }

  private add(delayMs: number, act: () => void, process: number | undefined, isSleep: boolean): Happening {
    const happening = { dueAt: this.now + Math.max(0, delayMs), act, process, isSleep, unref: () => {} };
    this.happenings.push(happening);
    return happening;
  }
}

const { setImmediate } = globalThis;
const settled = () => new Promise((resolve) => setImmediate(resolve));
