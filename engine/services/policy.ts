import { type EffectivePolicy, effectivePolicy, isRepeatable, type PolicyLevel } from './effective-policy.ts';
import { type AnswerCache, type Layer, mockRun, type Run, retry } from './governance/index.ts';
import type { Limits, OperationMemory } from './operation-memory.ts';
import type { Policy } from './policy-schema.ts';
import type { Operation, Service } from './service.ts';

export interface Governed {
  readonly policy: EffectivePolicy;
  /** A call's own wish for time: it can shorten what a policy declares, and replaces what none does. */
  timeoutMs(wishMs: number | undefined): number;
  readonly run: Run;
  /** Around the run and the check of its answer. */
  readonly cache: AnswerCache | undefined;
  /** In place of everything but the deadline. */
  readonly mock: Run | undefined;
}

export interface GovernParts {
  readonly group: Policy | undefined;
  readonly service: Service;
  readonly operation: Operation;
  /** Of the group and the service, for all their calls together. */
  readonly limits: { readonly group: Limits; readonly service: Limits };
  readonly memory: OperationMemory;
  /** One try: the innermost. */
  readonly attempt: Run;
  readonly random: () => number;
}

/** Wraps a try into the layers that are configured, and into no others. */
export function govern({ group, service, operation, limits, memory, attempt, random }: GovernParts): Governed {
  const policy = effectivePolicy({ group, service }, operation);
  const limitsAt = (level: PolicyLevel): Limits =>
    level === 'group' || level === 'service' ? limits[level] : memory.limits;
  const breaker = policy.breaker.value ? memory.breaker(policy.breaker.value) : undefined;
  const { forMs, maxEntries } = (policy.cache.leftOut === undefined && policy.cache.value) || {};
  const cache =
    forMs === undefined || maxEntries === undefined
      ? undefined
      : memory.cache({ forMs, maxEntries, of: [operation.binding, operation.response] });
  const layers: readonly (Layer | undefined)[] = [
    policy.rateLimit.value ? limitsAt(policy.rateLimit.from).rateLimit(policy.rateLimit.value) : undefined,
    policy.bulkhead.value ? limitsAt(policy.bulkhead.from).bulkhead(policy.bulkhead.value) : undefined,
    policy.retry.value && isRepeatable(operation) ? retry(policy.retry.value, random) : undefined,
    breaker?.layer,
  ];
  memory.present = { policy, ...(breaker && { breaker }), ...(cache && { cache }) };
  const declaredMs = policy.timeoutMs.from === 'default' ? Number.POSITIVE_INFINITY : policy.timeoutMs.value;
  return {
    policy,
    timeoutMs: (wishMs) => Math.min(wishMs ?? policy.timeoutMs.value, declaredMs),
    run: layers.reduceRight<Run>((next, layer) => (layer ? layer(next) : next), attempt),
    cache,
    mock: policy.mock.value ? mockRun(policy.mock.value, random) : undefined,
  };
}
