import type { WatchState } from '../instances/index.ts';

/** One endpoint as people see it. */
export interface EndpointStats {
  readonly id: string;
  /** Where its calls go. */
  readonly address: string;
  /** By now, warming up included. */
  readonly weight: number;
  readonly tags: readonly string[];
  readonly isUp: boolean;
  /** Epoch ms. */
  readonly outUntil?: number;
  readonly inFlight: number;
  readonly calls: number;
  readonly failures: number;
  readonly lastFailure?: string;
}

export interface ServiceEndpoints {
  readonly service: string;
  readonly endpoints: readonly EndpointStats[];
  readonly discovery?: { readonly kind: string } & WatchState;
}
