import type { Static, TObject, TProperties } from 'typebox';
import type { Deadline } from './deadline.ts';
import type { Json } from './json.ts';

/** A text in both languages of the designer. */
export interface Title {
  readonly en: string;
  readonly zh: string;
}

/** One thing wrong with a configuration or binding: where (JSON pointer) and how to mend it. */
export interface ConfigProblem {
  readonly pointer: string;
  readonly message: string;
}

/** What the engine lends a connector. */
export interface ConnectorHost {
  /** The value of a named secret; `undefined` if there is none of that name. Never log it. */
  secret(name: string): string | undefined;
  /** The one folder that files of services may be in; absent: there is none. */
  readonly folder?: string;
  /** For what an operator should see although no call failed. No bodies, no secrets. */
  warn(message: string, facts?: { readonly [key: string]: Json }): void;
}

/** Everything about one attempt that is not the request itself. */
export interface CallContext {
  /** The same on every attempt of the same step, also after a crash. Pass it to the service. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly deadline: Deadline;
  /** W3C trace context, to be passed on as it is. */
  readonly traceparent?: string;
  /** The bank's own business serial number, where the flow has one. */
  readonly serialNumber?: string;
  /** Stop reading the answer past this; count bytes as they arrive, after decompression. */
  readonly maxResponseBytes: number;
}

export interface CallRequest<Binding = unknown> {
  /** The id of the operation, for messages. */
  readonly operation: string;
  /** How the operation maps to the protocol. The same object on every call: cache by its identity what you derive. */
  readonly binding: Binding;
  readonly input: Json;
}

export interface Answer {
  readonly status?: number;
  readonly body: Json;
  readonly headers?: { readonly [name: string]: string };
}

/** A message on its way to a broker. Its id is the call's idempotency key: pass it on, so that readers can tell a repeat. */
export interface Outgoing {
  /** Topic, subject, queue or stream. It comes from a flow: check it before it becomes part of a protocol line. */
  readonly topic: string;
  /** What orders and partitions messages, where the broker knows such a thing. */
  readonly key?: string;
  readonly payload: Json;
  readonly headers?: { readonly [name: string]: string };
}

/** A message as a broker delivered it. */
export interface Message {
  /**
   * Tells a message delivered again from another message: the publisher's id if it gave one, else the broker's place of
   * it. Absent where the protocol has neither; then nothing can be told apart.
   */
  readonly id?: string;
  readonly topic: string;
  readonly key?: string;
  readonly headers: { readonly [name: string]: string };
  /** As it came; reading it is not the connector's business. */
  readonly body: Uint8Array;
  /** 1 for the first delivery, as far as the broker counts. */
  readonly delivery: number;
  /** Epoch ms, where the broker knows. */
  readonly publishedAt?: number;
}

export interface ListenOptions {
  /** Messages out at a time, delivered but not yet acknowledged. The broker keeps the rest. */
  readonly prefetch: number;
  /** Told of every loss of the broker and every return; the connector goes on trying by itself until it is closed. */
  onState(state: 'listening' | 'lost', reason?: string): void;
}

/** Messages on their way in. */
export interface Listening {
  /** Takes no more, waits for those being taken, gives the others back. Idempotent. */
  close(): Promise<void>;
  /** Messages that the broker holds for this reader, not yet acknowledged; `undefined` where it does not tell. */
  backlog?(): Promise<number | undefined>;
}

/** An open connection (or pool of them) to one service. */
export interface Connection<Binding = unknown, Source = unknown> {
  /**
   * @throws {CallError} Every failure of a call, with the connector's judgement. Anything else is a bug in the connector.
   */
  call(request: CallRequest<Binding>, context: CallContext): Promise<Answer>;
  /**
   * Publishes a message; resolves when the broker has it as safe as it keeps anything.
   *
   * @throws {CallError} as {@link call} does.
   */
  publish?(message: Outgoing, context: CallContext): Promise<void>;
  /**
   * Reads messages until it is closed. A message is acknowledged only once `take` has resolved; if `take` rejects it is
   * given back and comes again, after a pause. Resolves when the broker has accepted the subscription.
   *
   * @throws {CallError} if it cannot be had: no connection, no such queue, no permission.
   */
  listen?(source: Source, take: (message: Message) => Promise<void>, options: ListenOptions): Promise<Listening>;
  /**
   * Looks at up to `limit` messages, newest first where the broker can, and leaves them where they are.
   *
   * @throws {CallError} as {@link listen} does.
   */
  peek?(source: Source, limit: number): Promise<readonly Message[]>;
  /** Lets calls in flight end, then frees everything. Idempotent; calls made afterwards fail as `refused`. */
  close(): Promise<void>;
  /** Can the service be reached? Called for the operator, never on the path of a call. Throws {@link CallError}. */
  check?(): Promise<void>;
}

/** A host and port, as a registry of instances names it. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a running service says of itself. */
export interface Discovered {
  readonly title?: string;
  readonly description?: string;
  /** Fits the connector's `config`. */
  readonly config: { readonly [key: string]: Json };
  readonly operations: { readonly [id: string]: DiscoveredOperation };
  /** What could not become an operation, and why. */
  readonly skipped: readonly { readonly pointer: string; readonly what: string; readonly reason: string }[];
  readonly warnings: readonly string[];
}

export interface DiscoveredOperation {
  readonly title?: string;
  readonly description?: string;
  readonly readOnly?: boolean;
  /** JSON Schemas. */
  readonly request: Json;
  readonly response: Json;
  /** Fits the connector's `binding`. */
  readonly binding: { readonly [key: string]: Json };
}

/** A connector as its author writes it: typed by its schemas. */
export interface ConnectorDefinition<
  Config extends TProperties,
  Binding extends TProperties,
  Source extends TProperties = Record<never, never>,
  From extends TProperties = Record<never, never>,
> {
  /** The word that a service description says in `connector`; lower case. */
  readonly protocol: string;
  readonly title: Title;
  /** The service-wide part: addresses, credentials by name. The designer makes its form from it. */
  readonly config: TObject<Config>;
  /** The part of each operation. */
  readonly binding: TObject<Binding>;
  /** What the schema of `config` cannot say. Called only with a value that fits it. */
  checkConfig?(config: Static<TObject<Config>>): readonly ConfigProblem[];
  /** What the schema of `binding` cannot say. Called only with a value that fits it. */
  checkBinding?(binding: Static<TObject<Binding>>): readonly ConfigProblem[];
  /** What to listen to, for connectors whose connections can `listen`: queue, group, and the like. */
  readonly source?: TObject<Source>;
  /**
   * Where calls go and secrets with them, in one line, such as `https://core.bank:8443`. Secrets are not sent elsewhere
   * without having been entered again. Default: the whole configuration, so that any change of it counts.
   */
  destination?(config: Static<TObject<Config>>): string;
  /** The configuration of the same service at another address; for those that have several instances. */
  at?(config: Static<TObject<Config>>, address: Address): Static<TObject<Config>>;
  /** Makes a service description by asking the service itself, or of what describes it. */
  readonly discovery?: {
    readonly from: TObject<From>;
    /** @throws {CallError} if nothing can be learnt; `rejected` if what there is cannot be read. */
    discover(from: Static<TObject<From>>, host: ConnectorHost): Promise<Discovered>;
  };
  open(
    config: Static<TObject<Config>>,
    host: ConnectorHost,
  ): Promise<Connection<Static<TObject<Binding>>, Static<TObject<Source>>>>;
}

/** A connector as the engine sees it: any config and binding, checked before they are trusted. */
export interface Connector {
  readonly protocol: string;
  readonly title: Title;
  readonly config: TObject;
  readonly binding: TObject;
  /** Absent if it cannot listen. */
  readonly source: TObject | undefined;
  /** Absent if services cannot be asked to describe themselves. */
  readonly discoverFrom: TObject | undefined;
  /** All problems of a configuration; none means that `open` will take it. */
  configProblems(config: unknown): readonly ConfigProblem[];
  bindingProblems(binding: unknown): readonly ConfigProblem[];
  sourceProblems(source: unknown): readonly ConfigProblem[];
  /** @param config one without problems */
  destination(config: unknown): string;
  /** The configuration at another address; `undefined` if the connector has no such thing. @param config one without problems */
  at(config: unknown, address: Address): unknown;
  /** @throws {ConfigError} if `from` does not fit, {@link CallError} if nothing can be learnt. */
  discover(from: unknown, host: ConnectorHost): Promise<Discovered>;
  /** @throws {ConfigError} naming every problem; nothing has been opened. */
  open(config: unknown, host: ConnectorHost): Promise<Connection>;
}

/** Connectors by protocol. */
export type Connectors = ReadonlyMap<string, Connector>;
