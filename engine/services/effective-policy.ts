import type { BreakerSettings, RetrySettings } from './governance/index.ts';
import type { CacheSettings, MockSettings, Policy } from './policy-schema.ts';
import { type Operation, type Service, safetyOf } from './service.ts';

/** Who said so, the most exact last. */
export type PolicyLevel = 'default' | 'group' | 'service' | 'operation';

/** One part of a policy as it is in force, and the level that it comes from. */
export interface PartInForce<Value> {
  /** Defaults filled in. `false`: there is none, or it was switched off at `from`. */
  readonly value: Value | false;
  readonly from: PolicyLevel;
  /** Why the part is left out for this operation, although it is set. */
  readonly leftOut?: 'not-repeatable' | 'not-read-only';
}

export interface EffectivePolicy {
  readonly timeoutMs: { readonly value: number; readonly from: PolicyLevel };
  readonly retry: PartInForce<RetrySettings>;
  readonly rateLimit: PartInForce<{ readonly calls: number; readonly perMs: number }>;
  readonly bulkhead: PartInForce<{ readonly concurrent: number; readonly queue: number }>;
  readonly breaker: PartInForce<BreakerSettings>;
  readonly cache: PartInForce<CacheSettings>;
  readonly mock: PartInForce<MockSettings>;
}

export interface PolicyLevels {
  readonly group: Policy | undefined;
  readonly service: Policy | undefined;
  readonly operation: Policy | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const BREAKER = { failureRatio: 0.5, windowMs: 10_000, minimumCalls: 20, openMs: 5_000 };
const MAX_ENTRIES = 1_000;

/** The policy of an operation: of each part what the most exact level says. */
export function effectivePolicy(
  { group, service }: { readonly group: Policy | undefined; readonly service: Service },
  operation: Operation,
): EffectivePolicy {
  const levels: PolicyLevels = { group, service: service.policy, operation: operation.policy };
  const timeout = partOf(levels, 'timeoutMs');
  const retry = partOf(levels, 'retry');
  const rateLimit = partOf(levels, 'rateLimit');
  const bulkhead = partOf(levels, 'bulkhead');
  const breaker = partOf(levels, 'breaker');
  const cache = partOf(levels, 'cache');
  const mock = partOf(levels, 'mock');
  const retries = retry.value && retry.value.attempts > 1 ? retry.value : undefined;
  return {
    timeoutMs: { value: timeout.value || DEFAULT_TIMEOUT_MS, from: timeout.from },
    retry: {
      value: retries ? { delayMs: 100, maxDelayMs: 5_000, ...retries } : false,
      from: retry.from,
      ...(retries && !isRepeatable(operation) && { leftOut: 'not-repeatable' as const }),
    },
    rateLimit: {
      value: rateLimit.value ? { calls: rateLimit.value.calls, perMs: rateLimit.value.perMs } : false,
      from: rateLimit.from,
    },
    bulkhead: {
      value: bulkhead.value ? { concurrent: bulkhead.value.concurrent, queue: bulkhead.value.queue } : false,
      from: bulkhead.from,
    },
    breaker: { value: breaker.value === false ? false : { ...BREAKER, ...breaker.value }, from: breaker.from },
    cache: {
      value: cache.value ? { forMs: cache.value.forMs, maxEntries: cache.value.maxEntries ?? MAX_ENTRIES } : false,
      from: cache.from,
      ...(cache.value && operation.readOnly !== true && { leftOut: 'not-read-only' as const }),
    },
    mock: { value: mock.value || false, from: mock.from },
  };
}

function partOf<Part extends keyof Policy>(
  levels: PolicyLevels,
  part: Part,
): { readonly value: Policy[Part] | undefined; readonly from: PolicyLevel } {
  for (const level of ['operation', 'service', 'group'] as const) {
    const value = levels[level]?.[part];
    if (value !== undefined) return { value, from: level };
  }
  return { value: undefined, from: 'default' };
}

/** The same call, with the same key, does no harm a second time. */
export function isRepeatable(operation: Operation): boolean {
  return safetyOf(operation) === 'idempotent' || operation.readOnly === true;
}
