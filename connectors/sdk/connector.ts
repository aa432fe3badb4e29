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

/** An open connection (or pool of them) to one service. */
export interface Connection<Binding = unknown> {
  /**
   * @throws {CallError} Every failure of a call, with the connector's judgement. Anything else is a bug in the connector.
   */
  call(request: CallRequest<Binding>, context: CallContext): Promise<Answer>;
  /** Lets calls in flight end, then frees everything. Idempotent; calls made afterwards fail as `refused`. */
  close(): Promise<void>;
  /** Can the service be reached? Called for the operator, never on the path of a call. Throws {@link CallError}. */
  check?(): Promise<void>;
}

/** A connector as its author writes it: typed by its schemas. */
export interface ConnectorDefinition<Config extends TProperties, Binding extends TProperties> {
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
  open(config: Static<TObject<Config>>, host: ConnectorHost): Promise<Connection<Static<TObject<Binding>>>>;
}

/** A connector as the engine sees it: any config and binding, checked before they are trusted. */
export interface Connector {
  readonly protocol: string;
  readonly title: Title;
  readonly config: TObject;
  readonly binding: TObject;
  /** All problems of a configuration; none means that `open` will take it. */
  configProblems(config: unknown): readonly ConfigProblem[];
  bindingProblems(binding: unknown): readonly ConfigProblem[];
  /** @throws {ConfigError} naming every problem; nothing has been opened. */
  open(config: unknown, host: ConnectorHost): Promise<Connection>;
}

/** Connectors by protocol. */
export type Connectors = ReadonlyMap<string, Connector>;
