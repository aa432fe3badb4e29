import type { Redis, RedisOptions } from 'ioredis';
import { closed, reasonOf, unavailable } from '../sdk/index.ts';

/**
 * One connection, made when it is needed and made anew by the next need after a loss. The library's own ways of coming
 * back are off: they keep commands, and send them again when nobody waits for them any more.
 */
export class Link {
  readonly #options: RedisOptions;
  readonly #connectTimeoutMs: number;
  #redis: Redis | undefined;
  #connecting: Promise<Redis> | undefined;
  #isClosed = false;

  constructor(options: RedisOptions, connectTimeoutMs: number) {
    this.#options = options;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /** @throws {CallError} `refused` once closed, `unavailable` if there is no connection: nothing has been sent. */
  async get(): Promise<Redis> {
    if (this.#isClosed) throw closed();
    if (this.#redis?.status === 'ready') return this.#redis;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connecting?.catch(() => undefined);
    this.#redis?.disconnect();
  }

  async #connect(): Promise<Redis> {
    const { Redis } = await import('ioredis');
    const options: Omit<RedisOptions, 'replyMapping'> = {
      ...this.#options,
      connectTimeout: this.#connectTimeoutMs,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: null,
      retryStrategy: () => null,
      protocol: 2,
      disableClientInfo: true,
    };
    const redis = new Redis(options);
    let last: unknown;
    redis.on('error', (error) => {
      last = error;
    });
    // The library's limit ends with the handshake of TCP.
    const timer = setTimeout(() => redis.disconnect(), this.#connectTimeoutMs);
    try {
      await redis.connect();
    } catch (error) {
      redis.disconnect();
      throw unavailable(`no connection: ${reasonOf(last ?? error)}`, false);
    } finally {
      clearTimeout(timer);
    }
    this.#redis = redis;
    return redis;
  }
}
