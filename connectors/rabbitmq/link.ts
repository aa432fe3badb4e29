import type { Connection, ConnectionOptions } from 'rabbitmq-client';
import { closed, reasonOf, unavailable } from '../sdk/index.ts';

/** How long the broker may take to say goodbye. */
const GOODBYE_MS = 2_000;

/**
 * One connection, made when it is first needed. The library makes it again after a loss; until then there is none, and
 * nothing waits for it.
 */
export class Link {
  readonly #hosts: readonly string[];
  readonly #options: ConnectionOptions;
  #connection: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  #isClosed = false;

  constructor(hosts: readonly string[], options: ConnectionOptions) {
    this.#hosts = hosts;
    this.#options = options;
  }

  /** @throws {CallError} `refused` once closed, `unavailable` if there is no connection: nothing has been sent. */
  async get(): Promise<Connection> {
    if (this.#isClosed) throw closed();
    if (this.#connection?.ready) return this.#connection;
    if (this.#connection) throw unavailable('the broker is away, or takes nothing until it has resources again', false);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** @param before what has to be told to the broker first, as far as it listens */
  async close(before = async () => {}): Promise<void> {
    this.#isClosed = true;
    await this.#connecting?.catch(() => undefined);
    const connection = this.#connection;
    if (!connection) return;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS);
    });
    await Promise.race([before().then(() => connection.close()), silence]);
    clearTimeout(timer);
    connection.unsafeDestroy();
  }

  async #connect(): Promise<Connection> {
    const { Connection } = await import('rabbitmq-client');
    let last: unknown;
    // One after the other: of the failures of a list the library tells only the first.
    for (const [index] of this.#hosts.entries()) {
      const hosts = [...this.#hosts.slice(index), ...this.#hosts.slice(0, index)];
      const connection = new Connection({ ...this.#options, hosts });
      try {
        await opened(connection);
        this.#connection = connection;
        return connection;
      } catch (error) {
        connection.unsafeDestroy();
        last = error;
      }
    }
    throw unavailable(`no connection: ${reasonOf(last)}`, false);
  }
}

function opened(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('connection', resolve);
    // Stays: an error that nobody hears would end the process.
    connection.on('error', reject);
  });
}
