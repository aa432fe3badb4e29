/** The total time that a call may take, from queueing to the last byte of the answer. */
export interface Deadline {
  /** Milliseconds left, never below 0. */
  remainingMs(): number;
  /**
   * Calls `fn` once when the deadline passes; at once (synchronously) if it has passed already.
   *
   * @returns Withdraws `fn`. Always call it when the call is over, or the deadline keeps what `fn` holds alive.
   */
  onExpire(fn: () => void): () => void;
  /** For libraries that take an AbortSignal. Made on first use: it costs about 30 µs, `onExpire` less than 1. */
  readonly signal: AbortSignal;
}

/** Where time comes from; tests pass one that they move by hand. */
export interface Ticker {
  /** Milliseconds from an arbitrary start, never going back: not the wall clock. */
  now(): number;
  /** Calls `fn` every `ms` milliseconds until the returned function is called; must not keep the process alive. */
  every(ms: number, fn: () => void): () => void;
}

export interface Deadlines {
  /** A deadline `ms` milliseconds from now. It costs nothing more until someone waits for it. */
  start(ms: number): Deadline;
  /** How many deadlines someone waits for. */
  readonly pending: number;
}

/** A timer of its own for each call is dear; 20 ms of lateness at most is cheap. */
const TICK_MS = 20;
/** Deadlines further away than 512 ticks (10 s) share a slot with nearer ones and are passed over until due. */
const SLOTS = 512;

const monotonic: Ticker = {
  now: () => performance.now(),
  every(ms, fn) {
    const interval = setInterval(fn, ms).unref();
    return () => clearInterval(interval);
  },
};

/**
 * All deadlines of a process on one timer wheel: one unref'd interval, running only while someone waits (and one tick longer).
 * Never early, at most one tick (20 ms) and the event loop's own delay late.
 */
export function createDeadlines(ticker: Ticker = monotonic): Deadlines {
  const slots: Set<WheelDeadline>[] = Array.from({ length: SLOTS }, () => new Set());
  let pending = 0;
  let stop: (() => void) | undefined;
  let lastTick = 0;

  function slotOf(tick: number): Set<WheelDeadline> {
    return slots[tick % SLOTS] ?? unreachable();
  }

  function turn(): void {
    const now = ticker.now();
    const tick = Math.floor(now / TICK_MS);
    // After a long pause of the event loop one full round sees every slot. The slot of the running tick is looked at
    // again next time, because part of it is still in the future.
    for (let at = Math.max(lastTick, tick - SLOTS + 1); at <= tick; at += 1) {
      for (const deadline of slotOf(at)) {
        if (deadline.at <= now) deadline.expire();
      }
    }
    lastTick = tick;
    // Stopped here and not with the last deadline, because one call after the other would start and stop it each time.
    if (pending > 0 || !stop) return;
    stop();
    stop = undefined;
  }

  const wheel: Wheel = {
    now: ticker.now,
    add(deadline) {
      slotOf(Math.floor(deadline.at / TICK_MS)).add(deadline);
      pending += 1;
      if (stop) return;
      lastTick = Math.floor(ticker.now() / TICK_MS);
      stop = ticker.every(TICK_MS, turn);
    },
    remove(deadline) {
      if (!slotOf(Math.floor(deadline.at / TICK_MS)).delete(deadline)) return;
      pending -= 1;
    },
  };

  return {
    start: (ms) => new WheelDeadline(wheel, ticker.now() + ms),
    get pending() {
      return pending;
    },
  };
}

interface Wheel {
  now(): number;
  add(deadline: WheelDeadline): void;
  remove(deadline: WheelDeadline): void;
}

class WheelDeadline implements Deadline {
  readonly at: number;
  readonly #wheel: Wheel;
  #waiting: (() => void)[] = [];
  #controller: AbortController | undefined;

  constructor(wheel: Wheel, at: number) {
    this.#wheel = wheel;
    this.at = at;
  }

  remainingMs(): number {
    return Math.max(0, this.at - this.#wheel.now());
  }

  onExpire(fn: () => void): () => void {
    if (this.remainingMs() === 0) {
      fn();
      return () => {};
    }
    if (this.#waiting.push(fn) === 1) this.#wheel.add(this);
    return () => {
      const index = this.#waiting.indexOf(fn);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      if (this.#waiting.length === 0) this.#wheel.remove(this);
    };
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      this.onExpire(() => controller.abort(new DOMException('the deadline has passed', 'TimeoutError')));
    }
    return this.#controller.signal;
  }

  /** One listener that throws must not keep the others, or other calls' deadlines, from hearing. */
  expire(): void {
    this.#wheel.remove(this);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const fn of waiting) {
      try {
        fn();
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

function unreachable(): never {
  throw new Error('a slot is always there: the index is taken modulo their number');
}
