import { type CallContext, CallError, closed, defineConnector, type Json, refused, secretOf } from '../sdk/index.ts';
import { Clients, type Grpc, loadGrpc } from './channel.ts';
import { Budget, BudgetError, decode } from './decode.ts';
import { discover } from './discover.ts';
import { exchange } from './exchange.ts';
import { judge } from './judge.ts';
import { callMetadata, type PreparedCall, prepareCall } from './request.ts';
import { ValueError } from './scalars.ts';
import { Binding, Config, checkBinding, checkConfig, From } from './schemas.ts';
import { type MessageType, TypesError } from './types.ts';
import { describedTypes } from './types-cache.ts';
import { WireError } from './wire.ts';

const CONNECT_MS = 3_000;
/** How much longer than its message an answer may be as JSON. */
const JSON_FACTOR = 4;

/** gRPC services by their descriptors: single answers, and streams of them collected. */
export const grpc = defineConnector({
  protocol: 'grpc',
  title: { en: 'gRPC', zh: 'gRPC' },
  config: Config,
  binding: Binding,
  checkConfig,
  checkBinding,
  destination: ({ address, tls }) => `${tls ? 'grpcs' : 'grpc'}://${address}`,
  at: (config, { host, port }) => ({ ...config, address: `${host.includes(':') ? `[${host}]` : host}:${port}` }),
  discovery: { from: From, discover },
  open: async (config, host) => {
    const library = await loadGrpc();
    const types = describedTypes(config.descriptors);
    const clients = new Clients(library, config, host);
    const fixed = Object.entries(config.metadata ?? {}).map(
      ([name, value]) => [name, typeof value === 'string' ? value : secretOf(host, value)] as const,
    );
    const connectTimeoutMs = config.connectTimeoutMs ?? CONNECT_MS;
    const serialName = config.serialNumberMetadata ?? 'x-serial-number';
    const rules = { statusNames: library.status, didNotActOn: config.didNotActOn ?? [], types };
    const prepared = new WeakMap<Binding, PreparedCall>();
    const inFlight = new Set<Promise<unknown>>();
    let closing: Promise<void> | undefined;

    function prepare(binding: Binding): PreparedCall {
      const call = prepared.get(binding) ?? prepareCall(binding, types);
      prepared.set(binding, call);
      return call;
    }

    async function send(binding: Binding, input: Json, context: CallContext): Promise<Json> {
      const { call, body, metadata } = orRefused(() => {
        const preparedCall = prepare(binding);
        const built = preparedCall.build(input);
        return { call: preparedCall, ...built, metadata: [...built.metadata, ...callMetadata(context, serialName)] };
      });
      const { path, maxMessages } = call;
      const request = { path, body, metadata: metadataOf(library, [...fixed, ...metadata]), maxMessages };
      const messages = await clients.use(context.maxResponseBytes, (client) =>
        exchange(
          { grpc: library, client, connectTimeoutMs, judge: (error, wasSent) => judge(error, wasSent, rules) },
          request,
          context,
        ),
      );
      return read(call, messages, context.maxResponseBytes);
    }

    return {
      async call({ binding, input }, context) {
        if (closing) throw closed();
        const sending = send(binding, input, context);
        inFlight.add(sending);
        try {
          return { status: library.status.OK, body: await sending };
        } finally {
          inFlight.delete(sending);
        }
      },
      close() {
        closing ??= Promise.allSettled(inFlight).then(() => clients.close());
        return closing;
      },
      check: () => clients.use(1_048_576, (client) => ready(client, connectTimeoutMs)),
    };
  },
});

function ready(client: import('@grpc/grpc-js').Client, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Date.now() + timeoutMs, (error) => {
      if (!error) return resolve();
      const facts = { kind: 'unavailable', retryable: true, mayHaveActed: false, cause: error } as const;
      reject(new CallError(`no connection within ${timeoutMs} ms`, facts));
    });
  });
}

function metadataOf(library: Grpc, entries: readonly (readonly [string, string])[]) {
  const metadata = new library.Metadata();
  for (const [name, value] of entries) metadata.set(name, value);
  return metadata;
}

/** @throws {CallError} if the messages cannot be read, or are not as many as they should be. */
function read({ response, isStream }: PreparedCall, messages: readonly Buffer[], maxResponseBytes: number): Json {
  const budget = new Budget(maxResponseBytes * JSON_FACTOR);
  try {
    if (isStream) return { messages: messages.map((message) => decode(response, message, budget)) };
    const [message] = messages;
    if (message) return decode(response, message, budget);
  } catch (error) {
    throw unreadable(error, response);
  }
  throw unreadable(new WireError('there is no message in it'), response);
}

function unreadable(error: unknown, response: MessageType): unknown {
  if (error instanceof BudgetError)
    return new CallError(`the answer is too large: ${error.message}`, {
      kind: 'too-large',
      retryable: false,
      mayHaveActed: true,
    });
  if (!(error instanceof WireError)) return error;
  return new CallError(`the answer is no ${response.name}: ${error.message}`, {
    kind: 'invalid-response',
    retryable: false,
    mayHaveActed: true,
    cause: error,
  });
}

function orRefused<Result>(build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    if (error instanceof TypesError) throw refused(error.message);
    if (error instanceof ValueError) throw refused(`the input ${error.pointer} ${error.message}`.replace('  ', ' '));
    throw error;
  }
}
