import type { RetryPolicy } from '../compile/program.ts';
import type { Retry } from '../definition/index.ts';
import { FlowError } from '../errors.ts';
import { parseDuration } from '../expression/index.ts';

/**
 * Milliseconds of a duration that parsing has accepted.
 *
 * @throws {FlowError} `FLOW_INVALID` for text that is no duration: the definition was not parsed before.
 */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new FlowError('FLOW_INVALID', `${JSON.stringify(text)} is no duration`);
  return ms;
}

/** Fills in the defaults of `retry`: exponential from 500 ms to 30 s, with jitter. */
export function retryPolicy(retry: Retry): RetryPolicy {
  return {
    attempts: retry.attempts,
    backoff: retry.backoff ?? 'exponential',
    delayMs: durationMs(retry.delay ?? '500ms'),
    maxDelayMs: durationMs(retry.maxDelay ?? '30s'),
    jitter: retry.jitter ?? true,
    ...(retry.totalTimeout === undefined ? {} : { totalTimeoutMs: durationMs(retry.totalTimeout) }),
    ...(retry.on === undefined ? {} : { on: retry.on }),
  };
}
