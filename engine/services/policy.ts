import type { BreakerSettings } from './governance/breaker.ts';
import { type BreakerState, breaker, bulkhead, type Layer, type Run, rateLimit, retry } from './governance/index.ts';
import type { RetrySettings } from './governance/retry.ts';
import type { Operation, Policy, Service } from './service.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/** Layers that all operations of a service share, so that its limits hold for it as a whole. */
export interface SharedLayers {
  readonly rateLimit: Layer | undefined;
  readonly bulkhead: Layer | undefined;
}

/** A service's own rate limit and bulkhead. An operation that sets one of them leaves the shared one. */
export function sharedLayers(policy: Policy = {}): SharedLayers {
  return {
    rateLimit: policy.rateLimit && rateLimit(policy.rateLimit),
    bulkhead: policy.bulkhead && bulkhead(policy.bulkhead),
  };
}

export interface Governed {
  /** A call's own wish for time: it can shorten what a policy declares, and replaces what none does. */
  timeoutMs(wishMs: number | undefined): number;
  readonly run: Run;
  breakerState(): BreakerState | 'none';
}

export interface GovernParts {
  readonly service: Service;
  readonly operation: Operation;
  readonly shared: SharedLayers;
  /** Repeating is harmless; without it `retry` stays out. */
  readonly isRepeatable: boolean;
  /** One try: the innermost. */
  readonly attempt: Run;
  readonly random: () => number;
  readonly onBreakerChange: (state: BreakerState) => void;
}

/** Wraps a try into the layers that are configured, and into no others. */
export function govern({
  service,
  operation,
  shared,
  isRepeatable,
  attempt,
  random,
  onBreakerChange,
}: GovernParts): Governed {
  const own: Policy = operation.policy ?? {};
  const policy: Policy = { ...service.policy, ...own };
  const breakerPart = policy.breaker === false ? undefined : breaker(breakerSettings(policy), onBreakerChange);
  const retrySettings = retrySettingsOf(policy);
  const layers = [
    own.rateLimit ? rateLimit(own.rateLimit) : shared.rateLimit,
    own.bulkhead ? bulkhead(own.bulkhead) : shared.bulkhead,
    retrySettings && isRepeatable ? retry(retrySettings, random) : undefined,
    breakerPart?.layer,
  ];
  const declaredMs = policy.timeoutMs;
  return {
    timeoutMs: (wishMs) => Math.min(wishMs ?? DEFAULT_TIMEOUT_MS, declaredMs ?? Number.POSITIVE_INFINITY),
    run: layers.reduceRight<Run>((next, layer) => (layer ? layer(next) : next), attempt),
    breakerState: () => breakerPart?.state() ?? 'none',
  };
}

function breakerSettings({ breaker: settings }: Policy): BreakerSettings {
  return { failureRatio: 0.5, windowMs: 10_000, minimumCalls: 20, openMs: 5_000, ...settings };
}

function retrySettingsOf({ retry: settings }: Policy): RetrySettings | undefined {
  return settings && settings.attempts > 1 ? { delayMs: 100, maxDelayMs: 5_000, ...settings } : undefined;
}
