import type { Client, Metadata, ServiceError } from '@grpc/grpc-js';
import { type CallContext, CallError } from '../sdk/index.ts';
import type { Grpc } from './channel.ts';

export interface WireCall {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly body: Buffer;
  readonly metadata: Metadata;
  /** 1 for a method that does not stream. */
  readonly maxMessages: number;
}

export interface ExchangeParts {
  readonly grpc: Grpc;
  readonly client: Client;
  readonly connectTimeoutMs: number;
  readonly judge: (error: ServiceError, wasSent: boolean) => CallError;
}

/** The server's clock begins later than ours; ours says when it is over. */
const SERVER_GRACE_MS = 20;

/**
 * One call and the messages of its answer. On the wire a single answer is a stream of one message, so both go this way.
 *
 * @throws {CallError} `timeout`, `too-large`, or whatever `judge` makes of the status.
 */
export function exchange(parts: ExchangeParts, request: WireCall, context: CallContext): Promise<readonly Buffer[]> {
  const { grpc, client, connectTimeoutMs, judge } = parts;
  const { deadline, maxResponseBytes } = context;
  const remainingMs = deadline.remainingMs();
  if (remainingMs === 0) return Promise.reject(timeout(false));
  return new Promise((resolve, reject) => {
    const messages: Buffer[] = [];
    let bytes = 0;
    let wasSent = false;
    // Asked for as the last thing before the request is written: from there on the service may act.
    const credentials = grpc.credentials.createFromMetadataGenerator((_call, done) => {
      wasSent = true;
      done(null, new grpc.Metadata());
    });
    const call = client.makeServerStreamRequest(request.path, asItIs, asItIs, request.body, request.metadata, {
      deadline: Date.now() + Math.ceil(remainingMs) + SERVER_GRACE_MS,
      credentials,
    });
    const isConnected = client.getChannel().getConnectivityState(false) === grpc.connectivityState.READY;
    const connecting = isConnected ? undefined : setTimeout(noConnection, connectTimeoutMs).unref();
    const withdraw = deadline.onExpire(() => abort(timeout(wasSent)));

    function end(): void {
      clearTimeout(connecting);
      withdraw();
    }

    function abort(failure: CallError): void {
      reject(failure);
      call.cancel();
      end();
    }

    function noConnection(): void {
      if (wasSent) return;
      abort(
        new CallError(`no connection within ${connectTimeoutMs} ms`, {
          kind: 'unavailable',
          retryable: true,
          mayHaveActed: false,
        }),
      );
    }

    call.on('data', (message: Buffer) => {
      messages.push(message);
      bytes += message.length;
      if (bytes > maxResponseBytes) abort(tooLarge(`is larger than ${maxResponseBytes} bytes`));
      else if (messages.length > request.maxMessages) abort(tooLarge(`has more than ${request.maxMessages} messages`));
    });
    call.on('error', (error: ServiceError) => {
      reject(judge(error, wasSent));
      end();
    });
    call.on('end', () => {
      resolve(messages);
      end();
    });
  });
}

const asItIs = (bytes: Buffer) => bytes;

const timeout = (wasSent: boolean) =>
  new CallError('no complete answer within the deadline', { kind: 'timeout', retryable: true, mayHaveActed: wasSent });

const tooLarge = (what: string) =>
  new CallError(`the answer ${what}`, { kind: 'too-large', retryable: false, mayHaveActed: true });
