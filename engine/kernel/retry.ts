import type { RetryPolicy } from '../compile/program.ts';

/**
 * How long to wait after attempt `attempt` (from 1), in ms. With jitter the wait is between half and all of it ("equal
 * jitter", AWS Architecture Blog, "Exponential Backoff And Jitter"), so that it never collapses to nothing.
 */
export function backoffMs(policy: RetryPolicy, attempt: number, random: number): number {
  const growth =
    policy.backoff === 'constant' ? 1 : policy.backoff === 'linear' ? attempt : 2 ** Math.min(attempt - 1, 50);
  const full = Math.min(policy.delayMs * growth, policy.maxDelayMs);
  return Math.round(policy.jitter ? full / 2 + (full / 2) * random : full);
}
