import { isCallError } from '@heddle/connectors/sdk/index';
import { retry as cockatielRetry, DelegateBackoff, handleWhen } from 'cockatiel';
import { type Layer, Refusal } from './call.ts';

export interface RetrySettings {
  /** The first try included. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Tries again after a failure that is retryable, with delays that double, capped, and half of it jitter. A service's
 * `Retry-After` is obeyed. What would not fit before the deadline is not waited for.
 *
 * Only for operations that may be repeated: whoever composes the layers has to see to that.
 *
 * @param random From 0 up to 1.
 */
export function retry({ attempts, delayMs, maxDelayMs }: RetrySettings, random: () => number): Layer {
  return (next) => (call) => {
    let delay = 0;
    let tries = 0;
    // Made per call, because what is decided depends on this call's deadline.
    const policy = cockatielRetry(
      handleWhen((error) => {
        tries += 1;
        const asked = isRetryable(error);
        if (asked === undefined || tries >= attempts) return false;
        const planned = Math.min(maxDelayMs, delayMs * 2 ** (tries - 1));
        delay = Math.max(asked, planned / 2 + (planned / 2) * random());
        return delay < call.deadline.remainingMs();
      }),
      { maxAttempts: attempts - 1, backoff: new DelegateBackoff(() => delay) },
    );
    return policy.execute(() => next(call));
  };
}

/** How long the service wants to be left alone at least, in milliseconds; `undefined` if trying again is no use. */
function isRetryable(error: unknown): number | undefined {
  if (isCallError(error)) return error.retryable ? (error.retryAfterMs ?? 0) : undefined;
  if (error instanceof Refusal && error.code === 'SERVICE_UNAVAILABLE') return error.retryAfterMs ?? 0;
  return undefined;
}
