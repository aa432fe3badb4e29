import type { Dispatcher, Pool } from 'undici';
import { type CallContext, CallError, MAX_ERROR_BODY_BYTES } from '../sdk/index.ts';
import type { WireRequest } from './request.ts';

/** An answer as it came; the body within the limit. */
export interface WireAnswer {
  readonly status: number;
  /** Name, value, name, value, as they came. */
  readonly headers: readonly Buffer[];
  readonly body: Buffer;
}

/** What an exchange is judged by. */
export interface Judgement<Read> {
  /** Reads the answer; what it throws is what the exchange throws. */
  readonly read: (answer: WireAnswer) => Read;
  /** Makes a CallError of undici's error. */
  readonly error: (error: Error, wasSent: boolean) => CallError;
}

/**
 * One request and its answer, on the lowest interface of undici: it is a fifth cheaper than `Pool.request`, and it
 * tells when the request is about to be written, on which the judgement of `mayHaveActed` rests.
 *
 * @throws {CallError} `timeout`, `too-large`, and what `judge` makes of the answer or of undici's error.
 */
export function exchange<Read>(
  pool: Pool,
  request: WireRequest,
  context: CallContext,
  judge: Judgement<Read>,
): Promise<Read> {
  return new Promise((resolve, reject) => {
    pool.dispatch(request, new Exchange(context, judge, resolve, reject));
  });
}

/**
 * The older form of undici's handlers, deprecated but served by all of undici 7: with it a call takes 32 µs, with the
 * newer one 39, which wraps each handler and turns every header into text. To be changed with undici 8.
 */
class Exchange<Read> implements Dispatcher.DispatchHandler {
  readonly #judge: Judgement<Read>;
  readonly #resolve: (read: Read) => void;
  readonly #reject: (error: unknown) => void;
  readonly #maxBytes: number;
  readonly #withdraw: () => void;
  /** Present once the request is about to be written. */
  #abortRequest: ((error?: Error) => void) | undefined;
  #failure: CallError | undefined;
  #status = 0;
  #headers: readonly Buffer[] = [];
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;
  #bytes = 0;

  constructor(
    context: CallContext,
    judge: Judgement<Read>,
    resolve: (read: Read) => void,
    reject: (error: unknown) => void,
  ) {
    this.#judge = judge;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#maxBytes = context.maxResponseBytes;
    this.#withdraw = context.deadline.onExpire(() => this.#expire());
  }

  onConnect(abort: (error?: Error) => void): void {
    // It waited for a connection until the deadline: aborted here, not a byte of it is written.
    if (this.#failure) abort(this.#failure);
    else this.#abortRequest = abort;
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    this.#status = status;
    this.#headers = headers;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.#overflow();
    else if (!this.#first) this.#first = chunk;
    // Of an error only the beginning is kept, but it is read to its end, so that the connection can be used again.
    else if (this.#status < 400 || this.#bytes - chunk.length < MAX_ERROR_BODY_BYTES) {
      this.#more ??= [this.#first];
      this.#more.push(chunk);
    }
    return true;
  }

  onComplete(): void {
    this.#finish();
  }

  onError(error: Error): void {
    this.#fail(this.#judge.error(error, this.#abortRequest !== undefined));
  }

  #expire(): void {
    const wasSent = this.#abortRequest !== undefined;
    const answered = this.#status === 0 ? '' : `, while the answer (status ${this.#status}) was arriving`;
    this.#abort(
      new CallError(`no ${answered ? 'complete ' : ''}answer within the deadline${answered}`, {
        kind: 'timeout',
        retryable: true,
        mayHaveActed: wasSent,
      }),
    );
  }

  /** The status of an error says more than its size does. */
  #overflow(): void {
    if (this.#status >= 400) {
      this.#finish();
      this.#abortRequest?.(new Error('the rest of the error is not needed'));
      return;
    }
    this.#abort(
      new CallError(`the answer is larger than ${this.#maxBytes} bytes`, {
        kind: 'too-large',
        retryable: false,
        mayHaveActed: true,
        status: this.#status,
      }),
    );
  }

  #abort(failure: CallError): void {
    this.#fail(failure);
    this.#abortRequest?.(failure);
  }

  #fail(failure: CallError): void {
    this.#failure ??= failure;
    this.#withdraw?.();
    this.#reject(failure);
  }

  #finish(): void {
    this.#withdraw();
    const status = this.#status;
    const body = this.#more ? Buffer.concat(this.#more) : (this.#first ?? EMPTY);
    try {
      this.#resolve(this.#judge.read({ status, headers: this.#headers, body }));
    } catch (error) {
      this.#reject(error);
    }
  }
}

const EMPTY = Buffer.alloc(0);
