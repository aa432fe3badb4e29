import type { EffectivePolicy } from './effective-policy.ts';
import {
  type AnswerCache,
  answerCache,
  type Breaker,
  type BreakerState,
  breaker,
  bulkhead,
  keep,
  type Layer,
  rateLimit,
} from './governance/index.ts';
import type { OperationStats } from './invoker.ts';
import { LiveFigures } from './live/figures.ts';
import type { CacheSettings } from './policy-schema.ts';

/** Limits of a level, shared by all that it governs, so that they hold for it as a whole. */
export interface Limits {
  readonly rateLimit: (settings: { readonly calls: number; readonly perMs: number }) => Layer;
  readonly bulkhead: (settings: { readonly concurrent: number; readonly queue: number }) => Layer;
}

export const keepLimits = (): Limits => ({ rateLimit: keep(rateLimit), bulkhead: keep(bulkhead) });

/** What outlives a change of an operation's policy: figures, and the state of the parts that did not change. */
export class OperationMemory {
  readonly live: LiveFigures;
  readonly limits: Limits = keepLimits();
  readonly breaker: (settings: Parameters<typeof breaker>[0]) => Breaker;
  /** Made anew also when what the answers depend on has changed. */
  readonly cache: (settings: CacheSettings & { readonly of: unknown }) => AnswerCache = keep(answerCache);
  /** The parts in force now. */
  present: { readonly policy: EffectivePolicy; readonly breaker?: Breaker; readonly cache?: AnswerCache } | undefined;
  readonly #name: { readonly service: string; readonly operation: string };

  constructor(
    name: { readonly service: string; readonly operation: string },
    nowMs: number,
    onBreakerChange: (state: BreakerState) => void,
  ) {
    this.#name = name;
    this.live = new LiveFigures(nowMs);
    this.breaker = keep((settings) => breaker(settings, onBreakerChange));
  }

  stats(nowMs: number): OperationStats {
    const { inFlight, calls, errors, rateLimited, mocked } = this.live;
    const { cache, policy } = this.present ?? {};
    return {
      ...this.#name,
      inFlight,
      calls,
      errors,
      breaker: this.present?.breaker?.state() ?? 'none',
      rateLimited,
      mocked,
      isMocked: policy?.mock.value !== undefined && policy.mock.value !== false,
      ...this.live.windows(nowMs),
      ...(cache && { cache: cacheFigures(cache) }),
    };
  }
}

function cacheFigures(cache: AnswerCache): NonNullable<OperationStats['cache']> {
  const [hits, misses] = [cache.hits(), cache.misses()];
  return { hits, misses, hitRatio: hits + misses === 0 ? 0 : hits / (hits + misses), entries: cache.entries() };
}
