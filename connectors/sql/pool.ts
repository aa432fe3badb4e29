import { CallError, closed, type Deadline } from '../sdk/index.ts';
import type { Session } from './session.ts';

/** Firewalls forget quiet connections without a word, so one that was idle for longer is not trusted: a minute. */
const MAX_IDLE_MS = 60_000;

interface Waiter {
  take(session: Session): void;
  fail(error: unknown): void;
}

interface Idle {
  readonly session: Session;
  readonly sinceMs: number;
}

/** At most so many sessions; who finds none free waits in line, within the deadline. */
export class Pool {
  readonly #open: () => Promise<Session>;
  readonly #max: number;
  readonly #idle: Idle[] = [];
  readonly #waiting: Waiter[] = [];
  #size = 0;
  #opening = 0;
  #closed: { readonly done: Promise<void>; readonly finish: () => void } | undefined;

  constructor(open: () => Promise<Session>, max: number) {
    this.#open = open;
    this.#max = max;
  }

  /** @throws {CallError} `refused` once closed, `timeout` if none was free in time; or what `open` throws. */
  acquire(deadline: Deadline): Promise<Session> {
    if (this.#closed) {
      return Promise.reject(closed());
    }
    const session = this.#takeIdle();
    if (session) return Promise.resolve(session);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        take(given) {
          withdraw();
          resolve(given);
        },
        fail(error) {
          withdraw();
          reject(error);
        },
      };
      this.#waiting.push(waiter);
      const withdraw = deadline.onExpire(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(
          new CallError('no connection to the database was free within the deadline', {
            kind: 'timeout',
            retryable: true,
            mayHaveActed: false,
          }),
        );
      });
      this.#grow();
    });
  }

  release(session: Session): void {
    if (session.isLost) {
      this.#size -= 1;
      this.#grow();
      this.#finishIfEmpty();
      return;
    }
    const waiter = this.#waiting.shift();
    if (waiter) waiter.take(session);
    else if (this.#closed) this.#discard(session);
    else this.#idle.push({ session, sinceMs: performance.now() });
  }

  /** Calls that are in flight or in line come to their end first. */
  close(): Promise<void> {
    if (this.#closed) return this.#closed.done;
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    this.#closed = { done, finish };
    for (const { session } of this.#idle.splice(0)) this.#discard(session);
    this.#finishIfEmpty();
    return done;
  }

  #takeIdle(): Session | undefined {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      const isFresh = performance.now() - idle.sinceMs < MAX_IDLE_MS;
      if (!idle.session.isLost && isFresh) return idle.session;
      this.#discard(idle.session);
    }
    return undefined;
  }

  #grow(): void {
    if (this.#waiting.length <= this.#opening || this.#size >= this.#max) return;
    this.#size += 1;
    this.#opening += 1;
    this.#open().then(
      (session) => {
        this.#opening -= 1;
        this.release(session);
      },
      (error: unknown) => {
        this.#opening -= 1;
        this.#size -= 1;
        this.#waiting.shift()?.fail(error);
        this.#grow();
        this.#finishIfEmpty();
      },
    );
  }

  #discard(session: Session): void {
    const gone = () => {
      this.#size -= 1;
      this.#finishIfEmpty();
    };
    session.close().then(gone, gone);
  }

  #finishIfEmpty(): void {
    if (this.#size === 0 && this.#waiting.length === 0) this.#closed?.finish();
  }
}
