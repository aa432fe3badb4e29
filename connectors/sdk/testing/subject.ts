import type { Connector } from '../connector.ts';
import type { Json } from '../json.ts';

/** What a broker or its protocol does not have; each with the reason, so that a reader of the test can judge it. */
export interface Lacks {
  /** Messages have no key. */
  readonly key?: string;
  /** A message delivered again cannot be told to be so. */
  readonly delivery?: string;
  /** The connector must not have `peek` then. */
  readonly peek?: string;
  /** `backlog` must be absent then, or resolve to `undefined`. */
  readonly backlog?: string;
  /** What waits for one reader is not given to another of its group. */
  readonly handover?: string;
  /** TLS does not begin with the first byte, so the contract's proxy cannot speak it. */
  readonly tls?: string;
}

export interface ListenSubject {
  readonly connector: Connector;
  /** A configuration that reaches the broker by this port on 127.0.0.1, with a `connectTimeoutMs` of about a second. */
  config(port: number): Json;
  /** The same with TLS, and the certificate of an authority where one is given. Not called if `lacks.tls`. */
  tlsConfig?(port: number, tls: { readonly ca?: { readonly secret: string } }): Json;
  /** Where the broker really listens, on 127.0.0.1. The contract puts a proxy before it, to cut and to mute. */
  readonly port: number;
  /** To publish to; of this test alone. */
  readonly topic: string;
  /** What reads `topic`. Where the broker redelivers after a time, let it be one or two seconds. */
  readonly source: { readonly [key: string]: Json };
  /** Another member of the same group. Default: the same source. */
  readonly sibling?: { readonly [key: string]: Json };
  /** Topics that must not be published to: wildcards, what breaks out of a line. The contract adds the usual ones. */
  readonly hostileTopics: readonly string[];
  readonly lacks: Lacks;
  /** Publishes these bytes as they are, beside the connector. */
  publishRaw(body: Uint8Array): Promise<void>;
  /** Until a message that a reader took and never acknowledged comes again, at most. */
  readonly redeliversWithinMs: number;
  /** A take longer than this must not make the message come again. Default: a second. */
  readonly patienceMs?: number;
  /** Messages that wait at a time at most, for brokers that throw away what is over a limit. */
  readonly maxWaiting?: number;
  /** The module of the connector and the name of its export: a process of its own reads with it, and is killed. */
  readonly module: { readonly url: string; readonly name: string };
  close(): Promise<void>;
}
