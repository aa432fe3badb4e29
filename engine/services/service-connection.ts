import {
  CallError,
  type Connection,
  type Connector,
  type ConnectorHost,
  isCallError,
} from '@heddle/connectors/sdk/index';
import { FlowError } from '../errors.ts';
import { discreet } from './discreet.ts';

/**
 * The one connection of a service at one state of its configuration. Opened by the first call, closed when it is
 * retired and the last call has left.
 */
export class ServiceConnection {
  readonly #connector: Connector;
  readonly #config: unknown;
  readonly #host: ConnectorHost;
  /** What it was given to open with. */
  readonly #secrets = new Set<string>();
  #open: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #users = 0;
  #retired: { readonly done: Promise<void>; readonly finish: () => void } | undefined;

  constructor(connector: Connector, config: unknown, host: ConnectorHost) {
    this.#connector = connector;
    this.#config = config;
    this.#host = {
      ...host,
      secret: (name) => {
        const value = host.secret(name);
        if (value !== undefined) this.#secrets.add(value);
        return value;
      },
    };
  }

  enter(): void {
    this.#users += 1;
  }

  leave(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#retired?.finish();
  }

  /** Without a promise once it is open: this is on the path of every call. */
  get(): Connection | Promise<Connection> {
    if (this.#open) return this.#open;
    this.#opening ??= this.#connector.open(this.#config, this.#host).then(
      (connection) => {
        this.#open = discreet(connection, this.#secrets);
        return this.#open;
      },
      (error: unknown) => {
        // Not kept: a secret or a name may be there in a moment.
        this.#opening = undefined;
        throw error instanceof FlowError ? error : openError(error);
      },
    );
    return this.#opening;
  }

  /** Resolves when the last call has left and the connection is closed. */
  retire(): Promise<void> {
    if (this.#retired) return this.#retired.done;
    let finish = () => {};
    const isIdle = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const done = isIdle.then(async () => (await this.#opening?.catch(() => undefined))?.close());
    this.#retired = { done, finish };
    if (this.#users === 0) finish();
    return done;
  }
}

/** However a connection fails to open, no call was sent. */
function openError(error: unknown): CallError {
  const message = error instanceof Error ? error.message : String(error);
  const kind = isCallError(error) && error.kind === 'address-refused' ? 'address-refused' : 'unavailable';
  const retryable = isCallError(error) && error.retryable;
  return new CallError(`the connection cannot be opened: ${message}`, {
    kind,
    retryable,
    mayHaveActed: false,
    cause: error,
  });
}
