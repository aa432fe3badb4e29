import type { Operation, Policy, Service } from '@heddle/engine/api/contract';

type Part = keyof Policy;

/** One part of the policy, and where it comes from. */
export interface InForce<P extends Part> {
  readonly value: Policy[P];
  readonly from: 'operation' | 'service' | 'default';
}

/** What the engine does where nothing is said (engine/services/policy.ts). */
const DEFAULTS: Policy = {
  timeoutMs: 10_000,
  retry: { attempts: 1 },
  breaker: { failureRatio: 0.5, windowMs: 10_000, minimumCalls: 20, openMs: 5_000 },
};

/** What an operation sets wins over what its service sets, part by part. */
export function inForce<P extends Part>(part: P, service: Service, operation: Operation): InForce<P> {
  const own = operation.policy?.[part];
  if (own !== undefined) return { value: own, from: 'operation' };
  const shared = service.policy?.[part];
  return shared === undefined ? { value: DEFAULTS[part], from: 'default' } : { value: shared, from: 'service' };
}

/** The safety in force: what is declared, else by whether it only reads. */
export const safetyOf = (operation: Operation): 'idempotent' | 'query' | 'once' =>
  operation.safety ?? (operation.readOnly === true ? 'idempotent' : 'once');
