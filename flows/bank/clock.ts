import { setTimeout as sleep } from 'node:timers/promises';

/** Time as the bank sees it; tests pass their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal ? { signal } : {});
  },
};

export function toInstant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The calendar day in China, which has no daylight saving time: always eight hours ahead of UTC. */
export function toDay(epochMs: number): string {
  return toInstant(epochMs + 8 * 3_600_000).slice(0, 10);
}
