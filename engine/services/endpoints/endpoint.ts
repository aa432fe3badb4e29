import { isCallError } from '@heddle/connectors/sdk/index';
import type { ServiceConnection } from '../service-connection.ts';
import type { Candidate } from './choose.ts';

export interface EndpointDefinition {
  readonly id: string;
  /** The service's, for this endpoint. */
  readonly config: unknown;
  readonly weight: number;
  readonly tags: readonly string[];
  readonly warmUpMs: number;
  readonly when: Candidate['when'];
}

/** So many connections lost in a row, and it is left out. */
const LOSSES = 3;
const OUT_MS = 5_000;
const MOST_OUT_MS = 60_000;
/** Of its weight, that an endpoint begins to warm up with. */
const COLD_SHARE = 0.1;

/** One endpoint with its connection and what is known of its health. */
export class Endpoint implements Candidate {
  readonly id: string;
  readonly connection: ServiceConnection;
  #definition: EndpointDefinition;
  #warmSince: number;
  #losses = 0;
  /** How often in a row it was left out. */
  #outs = 0;
  #outUntil = Number.NEGATIVE_INFINITY;
  inFlight = 0;
  calls = 0;
  failures = 0;
  lastFailure: string | undefined;

  constructor(definition: EndpointDefinition, connection: ServiceConnection, nowMs: number) {
    this.id = definition.id;
    this.#definition = definition;
    this.connection = connection;
    this.#warmSince = nowMs;
  }

  get definition(): EndpointDefinition {
    return this.#definition;
  }

  get tags(): readonly string[] {
    return this.#definition.tags;
  }

  get when(): Candidate['when'] {
    return this.#definition.when;
  }

  /** The same place under other rules; its connection and what is known of its health stay. */
  redefine(definition: EndpointDefinition): void {
    this.#definition = definition;
  }

  weightAt(nowMs: number): number {
    const { weight, warmUpMs } = this.#definition;
    const since = nowMs - this.#warmSince;
    return since >= warmUpMs ? weight : weight * Math.max(COLD_SHARE, since / warmUpMs);
  }

  isUpAt(nowMs: number): boolean {
    return nowMs >= this.#outUntil;
  }

  /** Monotonic; only while it is left out. */
  outUntil(nowMs: number): number | undefined {
    return this.isUpAt(nowMs) ? undefined : this.#outUntil;
  }

  answered(): void {
    this.#losses = 0;
    this.#outs = 0;
  }

  /** @returns how long it is left out from now on, if it is. */
  failed(error: unknown, nowMs: number): number | undefined {
    if (!isLoss(error)) {
      this.answered(); // an answer too, though not the one that was hoped for
      return undefined;
    }
    this.failures += 1;
    this.lastFailure = error.message;
    this.#losses += 1;
    if (this.#losses < LOSSES || !this.isUpAt(nowMs)) return undefined;
    const outMs = Math.min(MOST_OUT_MS, OUT_MS * 2 ** this.#outs);
    this.#outs += 1;
    this.#outUntil = nowMs + outMs;
    this.#warmSince = this.#outUntil;
    // Back again it has one try, not three.
    this.#losses = LOSSES - 1;
    return outMs;
  }
}

/** No connection, none any more, or no answer in time: whatever else came, somebody was there to say it. */
const isLoss = (error: unknown): error is Error =>
  isCallError(error) && (error.kind === 'timeout' || (error.kind === 'unavailable' && error.status === undefined));
