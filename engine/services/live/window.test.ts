import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUCKETS, bucketOf, quantiles } from './histogram.ts';
import { SlidingWindow } from './window.ts';

const duration = fc.double({ min: 0.02, max: 3_000_000, noNaN: true });

test('a quantile is at most 5 % off the exact one', () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (durations) => {
      const counts = new Uint32Array(BUCKETS);
      for (const each of durations) counts[bucketOf(each)] = (counts[bucketOf(each)] ?? 0) + 1;
      const sorted = [...durations].sort((a, b) => a - b);
      const shares = [0.5, 0.95, 0.99, 1];
      const found = quantiles(counts, shares);
      for (const [index, share] of shares.entries()) {
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
        expect(Math.abs((found[index] ?? 0) / exact - 1)).toBeLessThan(0.05);
      }
    }),
  );
});

test.each([0, -1, Number.NaN, 0.001, 1e12, Number.POSITIVE_INFINITY])('%d has a bucket', (ms) => {
  expect(bucketOf(ms)).toBeGreaterThanOrEqual(0);
  expect(bucketOf(ms)).toBeLessThan(BUCKETS);
});

test('what is too old is forgotten, and nothing else', () => {
  const event = fc.record({ after: fc.integer({ min: 0, max: 4_000 }), isError: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.integer({ min: 0, max: 20_000 }), (events, later) => {
      const window = new SlidingWindow({ slots: 10, slotMs: 1_000 }, 5_000);
      let now = 5_000;
      const seen = events.map(({ after, isError }) => {
        now += after;
        window.count(now, bucketOf(1), isError);
        return { tick: Math.floor(now / 1_000), isError };
      });
      const end = now + later;
      const kept = seen.filter(({ tick }) => tick > Math.floor(end / 1_000) - 10);
      const { calls, errorRate, callsPerSecond, p50Ms } = window.figures(end);
      expect(calls).toBe(kept.length);
      expect(errorRate * calls).toBeCloseTo(kept.filter(({ isError }) => isError).length);
      expect(p50Ms === undefined).toBe(kept.length === 0);
      // Nine full slots and the one that is filling: never less than 9 s once the window is full.
      if (end >= 15_000) expect(callsPerSecond).toBeLessThanOrEqual(calls / 9 + 1e-9);
    }),
  );
});

test('a steady load shows as its rate', () => {
  const window = new SlidingWindow({ slots: 10, slotMs: 1_000 }, 0);
  for (let at = 0; at < 30_000; at += 20) window.count(at, bucketOf(8), at % 200 === 0);
  const figures = window.figures(30_000);
  expect(figures.callsPerSecond).toBeCloseTo(50, 0);
  expect(figures.errorRate).toBeCloseTo(0.1, 2);
  expect(figures.p99Ms).toBeGreaterThan(7.6);
  expect(figures.p99Ms).toBeLessThan(8.4);
});
