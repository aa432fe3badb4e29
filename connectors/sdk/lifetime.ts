import type { Listening } from './connector.ts';
import { closed } from './failure.ts';
import { Takes } from './takes.ts';

/**
 * What goes by one open connection, and its end. Nothing begins once `close` was called; `close` ends the listeners, waits
 * for the calls that are out, and disconnects last.
 */
export class Lifetime {
  readonly #disconnect: () => Promise<void>;
  readonly #calls = new Takes();
  readonly #listeners: Listening[] = [];
  #closing: Promise<void> | undefined;

  /** @param disconnect called once, when nothing is under way any more */
  constructor(disconnect = async () => {}) {
    this.#disconnect = disconnect;
  }

  /** @throws {CallError} `refused` once closed. */
  checkOpen(): void {
    if (this.#closing) throw closed();
  }

  /** Settles as `work` does; `close` waits for it. @throws {CallError} `refused` once closed: `work` was not begun. */
  async call<Result>(work: () => Promise<Result>): Promise<Result> {
    this.checkOpen();
    return this.#calls.run(work);
  }

  /** Closed with the connection. @throws {CallError} `refused` once closed, also if it was closed meanwhile. */
  async listen(start: () => Promise<Listening>): Promise<Listening> {
    this.checkOpen();
    const listening = await start();
    if (this.#closing) {
      // Nobody else would end it: it would go on to take messages.
      await listening.close();
      this.checkOpen();
    }
    this.#listeners.push(listening);
    return listening;
  }

  /** Can be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#listeners.map((listening) => listening.close()));
    await this.#calls.untilDone();
    await this.#disconnect();
  }
}
