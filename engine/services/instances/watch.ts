import { messageOf } from '../../errors.ts';
import type { Instance } from './source.ts';

const REFRESH_MS = 10_000;
/** A registry that is down is asked this often at least. */
const MOST_MS = 60_000;

export interface WatchState {
  readonly state: 'starting' | 'ok' | 'failing' | 'empty';
  /** When the registry last said something; epoch ms. */
  readonly at?: number;
  /** Why the last answer was not taken. */
  readonly message?: string;
}

export interface WatchParts {
  readonly refreshMs: number | undefined;
  find(): Promise<readonly Instance[]>;
  /** Told of every answer that names at least one. */
  take(instances: readonly Instance[]): void;
  warn(message: string): void;
  readonly epochMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * Asks a registry in the background, over and over. What was known last is kept while the registry cannot be asked,
 * and while it names nobody: to call an instance that may be gone is better than to call none.
 */
export class InstanceWatch {
  readonly #parts: WatchParts;
  #state: WatchState = { state: 'starting' };
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  /** Resolves when the registry has been asked once, however that went. */
  readonly first: Promise<void>;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.first = this.#ask();
  }

  get state(): WatchState {
    return this.#state;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const { find, take, epochMs } = this.#parts;
    try {
      const instances = await find();
      if (this.#isStopped) return;
      this.#failures = 0;
      if (instances.length > 0) {
        take(instances);
        this.#turn({ state: 'ok', at: epochMs() });
      } else {
        this.#turn({
          state: 'empty',
          at: epochMs(),
          message: 'the registry names no instance; the last known are kept',
        });
      }
    } catch (error) {
      this.#failures += 1;
      const { at } = this.#state;
      this.#turn({ state: 'failing', ...(at !== undefined && { at }), message: messageOf(error) });
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#ask(), this.#pauseMs()).unref();
  }

  /** Warns of a state that is new, not of one that lasts. */
  #turn(state: WatchState): void {
    if (state.state !== this.#state.state && state.message !== undefined) this.#parts.warn(state.message);
    this.#state = state;
  }

  #pauseMs(): number {
    const { refreshMs = REFRESH_MS, random } = this.#parts;
    const backedOff = Math.min(Math.max(MOST_MS, refreshMs), refreshMs * 2 ** this.#failures);
    return backedOff * (0.9 + 0.2 * random());
  }
}
