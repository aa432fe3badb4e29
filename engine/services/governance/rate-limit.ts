import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Layer, Refusal } from './call.ts';

/** At most `calls` in each window of `perMs` milliseconds; the rest is refused, not queued. */
export function rateLimit({ calls, perMs }: { readonly calls: number; readonly perMs: number }): Layer {
  const limiter = new RateLimiterMemory({ points: calls, duration: perMs / 1_000 });
  return (next) => async (call) => {
    try {
      await limiter.consume('all');
    } catch (rejected) {
      if (!(rejected instanceof RateLimiterRes)) throw rejected;
      const message = `more than ${calls} calls in ${perMs} ms`;
      throw new Refusal('SERVICE_OVERLOADED', message, rejected.msBeforeNext, 'rate-limit');
    }
    return next(call);
  };
}
