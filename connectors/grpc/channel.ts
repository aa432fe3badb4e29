import { isIP } from 'node:net';
import type { ChannelCredentials, Client, experimental } from '@grpc/grpc-js';
import {
  AddressError,
  addressRule,
  CallError,
  type ConnectorHost,
  guardedLookup,
  refused,
  type SecretRef,
  secretOf,
} from '../sdk/index.ts';
import { type Config, MAX_CONNECTIONS, splitAddress } from './schemas.ts';

export type Grpc = typeof import('@grpc/grpc-js');
export type Reaching = Pick<Config, 'address' | 'tls' | 'metadata' | 'allowAddresses' | 'connectTimeoutMs'>;

/** How a refused address is told apart in a status, which has only a text. */
export const ADDRESS_REFUSED = 'HEDDLE_ADDRESS_REFUSED: ';
const SCHEME = 'heddle';
const RESOLVE_EVERY_MS = 1_000;
const ALLOWED = 'heddle.allow_addresses';

let loading: Promise<Grpc> | undefined;

/** The library costs 60 ms; whoever calls no gRPC does not pay them. */
export function loadGrpc(): Promise<Grpc> {
  loading ??= import('@grpc/grpc-js').then((grpc) => {
    registerResolver(grpc);
    return grpc;
  });
  return loading;
}

/** Clients to one address, a connection each. */
export class Clients {
  readonly #grpc: Grpc;
  readonly #config: Reaching & { readonly maxConnections?: number };
  readonly #credentials: ChannelCredentials;
  /** The limit of a message belongs to a connection, so there are some for each limit; in an engine there is one. */
  readonly #byLimit = new Map<number, { readonly client: Client; calls: number }[]>();

  /** @throws {CallError} if a secret is missing, or the address is not allowed. */
  constructor(grpc: Grpc, config: Reaching & { readonly maxConnections?: number }, host: ConnectorHost) {
    this.#grpc = grpc;
    this.#config = config;
    this.#credentials = credentialsOf(grpc, config, host);
    const literal = splitAddress(config.address)?.host ?? '';
    if (isIP(literal) !== 0 && !addressRule(config.allowAddresses)(literal))
      throw new CallError(`${literal} is not an address that may be called: see allowAddresses`, {
        kind: 'address-refused',
        retryable: false,
        mayHaveActed: false,
      });
  }

  /** Lends the client with the fewest calls. */
  async use<Result>(maxResponseBytes: number, call: (client: Client) => Promise<Result>): Promise<Result> {
    const chosen = this.#choose(maxResponseBytes);
    chosen.calls += 1;
    try {
      return await call(chosen.client);
    } finally {
      chosen.calls -= 1;
    }
  }

  close(): void {
    for (const { client } of [...this.#byLimit.values()].flat()) client.close();
    this.#byLimit.clear();
  }

  #choose(maxResponseBytes: number): { readonly client: Client; calls: number } {
    const present = this.#byLimit.get(maxResponseBytes) ?? [];
    this.#byLimit.set(maxResponseBytes, present);
    const [least] = present.toSorted((a, b) => a.calls - b.calls);
    const isEnough = least?.calls === 0 || present.length >= (this.#config.maxConnections ?? MAX_CONNECTIONS);
    if (least && isEnough) return least;
    const added = { client: this.#open(maxResponseBytes), calls: 0 };
    present.push(added);
    return added;
  }

  #open(maxResponseBytes: number): Client {
    const { address, tls, allowAddresses } = this.#config;
    return new this.#grpc.Client(`${SCHEME}:${address}`, this.#credentials, {
      'grpc.max_receive_message_length': maxResponseBytes,
      'grpc.max_send_message_length': -1,
      // Trying again is the engine's to decide, in every case.
      'grpc.enable_retries': 0,
      // A proxy of the environment would be another address than the one that is allowed.
      'grpc.enable_http_proxy': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 5_000,
      ...(tls?.serverName !== undefined && {
        'grpc.ssl_target_name_override': tls.serverName,
        'grpc.default_authority': tls.serverName,
      }),
      ...(allowAddresses && { [ALLOWED]: allowAddresses.join(' ') }),
    });
  }
}

function credentialsOf(grpc: Grpc, { tls }: Reaching, host: ConnectorHost): ChannelCredentials {
  if (!tls) return grpc.credentials.createInsecure();
  const pem = (named: SecretRef | undefined) => (named ? Buffer.from(secretOf(host, named)) : null);
  try {
    return grpc.credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert));
  } catch (error) {
    if (error instanceof CallError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw refused(`the certificates cannot be used: ${reason}`);
  }
}

/** Names are looked up here and not by the library, so that what was checked is what is connected to. */
function registerResolver(grpc: Grpc): void {
  const { registerResolver, statusOrFromError, statusOrFromValue } = grpc.experimental;
  class GuardedResolver implements experimental.Resolver {
    readonly #target: experimental.GrpcUri;
    readonly #tell: experimental.ResolverListener;
    readonly #lookup: ReturnType<typeof guardedLookup>;
    #waiting: ReturnType<typeof setTimeout> | undefined;
    #lastMs = Number.NEGATIVE_INFINITY;
    /** An answer of a round that is over does not count. */
    #rounds = 0;

    constructor(
      target: experimental.GrpcUri,
      tell: experimental.ResolverListener,
      options: { readonly [name: string]: unknown },
    ) {
      this.#target = target;
      this.#tell = tell;
      const allowed = options[ALLOWED];
      this.#lookup = guardedLookup(addressRule(typeof allowed === 'string' ? allowed.split(' ') : undefined));
    }

    /** Asked for in every round of connecting, so it has to take its time: answered at once, the two would spin. */
    updateResolution(): void {
      if (this.#waiting) return;
      const waitMs = Math.max(0, this.#lastMs + RESOLVE_EVERY_MS - performance.now());
      this.#waiting = setTimeout(() => this.#resolve(), waitMs).unref();
    }

    destroy(): void {
      clearTimeout(this.#waiting);
      this.#waiting = undefined;
      this.#rounds += 1;
    }

    #resolve(): void {
      this.#waiting = undefined;
      this.#lastMs = performance.now();
      const round = ++this.#rounds;
      const { host, port } = splitAddress(this.#target.path) ?? { host: '', port: 0 };
      this.#lookup(host, { all: true }, (error, found) => {
        if (round !== this.#rounds) return;
        if (error || !Array.isArray(found)) return this.#fail(error ?? new Error(`${host} has no address`));
        const endpoints = found.map(({ address }) => ({ addresses: [{ host: address, port }] }));
        this.#tell(statusOrFromValue(endpoints), {}, null, '');
      });
    }

    #fail(error: Error): void {
      const prefix = error instanceof AddressError ? ADDRESS_REFUSED : '';
      const status = { code: grpc.status.UNAVAILABLE, details: `${prefix}${error.message}` };
      this.#tell(statusOrFromError({ ...status, metadata: new grpc.Metadata() }), {}, null, '');
    }

    static getDefaultAuthority(target: experimental.GrpcUri): string {
      return target.path;
    }
  }
  registerResolver(SCHEME, GuardedResolver);
}
