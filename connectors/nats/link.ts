import type { NatsConnection } from '@nats-io/transport-node';
import { closed, isCallError, reasonOf, unavailable } from '../sdk/index.ts';

/**
 * One connection to the servers, made when it is first needed. The library makes it again after a loss; until then there
 * is none: what is given to the library meanwhile would be sent at some later time, when its sender has given up.
 */
export class Link {
  readonly #connect: () => Promise<NatsConnection>;
  #connection: NatsConnection | undefined;
  #connecting: Promise<NatsConnection> | undefined;
  #isUp = false;
  #isClosed = false;
  readonly #losses = new Set<(reason: string) => void>();

  constructor(connect: () => Promise<NatsConnection>) {
    this.#connect = connect;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws {CallError} `refused` once closed, `unavailable` if there is no connection: nothing has been sent. */
  async get(): Promise<NatsConnection> {
    if (this.#isClosed) throw closed();
    if (this.#connection && this.#isUp) return this.#connection;
    if (this.#connection) throw unavailable('the connection was lost and is being made again', false);
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Calls `fn` on every loss, until the returned function is called. */
  onLoss(fn: (reason: string) => void): () => void {
    this.#losses.add(fn);
    return () => this.#losses.delete(fn);
  }

  /** Fails as soon as the connection is lost, otherwise settles as `work` does. */
  async whileUp<Result>(work: Promise<Result>, mayHaveActed: boolean): Promise<Result> {
    let forget = () => {};
    const loss = new Promise<never>((_, reject) => {
      forget = this.onLoss((reason) => reject(unavailable(`the connection was lost: ${reason}`, mayHaveActed)));
    });
    try {
      return await Promise.race([work, loss]);
    } finally {
      forget();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connecting?.catch(() => undefined);
    await this.#connection?.close();
    this.#lose('it was closed');
  }

  async #open(): Promise<NatsConnection> {
    let connection: NatsConnection;
    try {
      connection = await this.#connect();
    } catch (error) {
      throw isCallError(error) ? error : unavailable(`no connection: ${reasonOf(error)}`, false);
    }
    this.#connection = connection;
    this.#isUp = true;
    void this.#watch(connection);
    return connection;
  }

  async #watch(connection: NatsConnection): Promise<void> {
    void connection.closed().then((error) => {
      // The library gives up when it is turned away, as after a change of password. The next need connects afresh.
      this.#connection = undefined;
      this.#lose(error ? reasonOf(error) : 'it was closed');
    });
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.#lose('the server has gone');
      if (type === 'reconnect') this.#isUp = true;
    }
  }

  #lose(reason: string): void {
    this.#isUp = false;
    for (const tell of [...this.#losses]) tell(reason);
  }
}
