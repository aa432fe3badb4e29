import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createDeadlines, type Ticker } from './deadline.ts';

function handMoved() {
  let nowMs = 1_000;
  let beat: (() => void) | undefined;
  const ticker: Ticker = {
    now: () => nowMs,
    every(_ms, fn) {
      beat = fn;
      return () => {
        beat = undefined;
      };
    },
  };
  return {
    ticker,
    /** Moves time on in one leap, as after a blocked event loop, and lets the interval fire once. */
    leap(ms: number) {
      nowMs += ms;
      beat?.();
    },
    get isTicking() {
      return beat !== undefined;
    },
  };
}

test.each([1, 19, 20, 21, 999, 10_240, 10_241, 60_000])(
  'a deadline of %d ms is never early and at most a tick late',
  (ms) => {
    const time = handMoved();
    let expiredAfterMs: number | undefined;
    let elapsedMs = 0;
    createDeadlines(time.ticker)
      .start(ms)
      .onExpire(() => {
        expiredAfterMs = elapsedMs;
      });
    while (elapsedMs < ms + 40) {
      elapsedMs += 20;
      time.leap(20);
    }
    expect(expiredAfterMs).toBeGreaterThanOrEqual(ms);
    expect(expiredAfterMs).toBeLessThan(ms + 20);
  },
);

test('everything due fires after the event loop was blocked for longer than a round of the wheel', () => {
  const time = handMoved();
  const deadlines = createDeadlines(time.ticker);
  const fired: number[] = [];
  for (const ms of [10, 5_000, 15_000, 40_000]) deadlines.start(ms).onExpire(() => fired.push(ms));
  time.leap(30_000);
  expect(fired.sort((a, b) => a - b)).toEqual([10, 5_000, 15_000]);
  time.leap(11_000);
  expect(fired).toContain(40_000);
});

test('the interval runs only while someone waits', () => {
  const time = handMoved();
  const deadlines = createDeadlines(time.ticker);
  const first = deadlines.start(100);
  expect(time.isTicking).toBe(false);
  const withdrawFirst = first.onExpire(() => {});
  const withdrawSecond = deadlines.start(200).onExpire(() => {});
  expect(time.isTicking).toBe(true);
  withdrawFirst();
  expect(time.isTicking).toBe(true);
  withdrawSecond();
  withdrawSecond();
  time.leap(20);
  expect({ ticking: time.isTicking, pending: deadlines.pending }).toEqual({ ticking: false, pending: 0 });
});

test('a withdrawn listener does not fire, its neighbour does, once', () => {
  const time = handMoved();
  const deadline = createDeadlines(time.ticker).start(50);
  const fired: string[] = [];
  const withdraw = deadline.onExpire(() => fired.push('withdrawn'));
  deadline.onExpire(() => fired.push('kept'));
  withdraw();
  time.leap(60);
  time.leap(60);
  expect(fired).toEqual(['kept']);
});

test('a deadline that has passed answers at once, and aborts its signal', () => {
  const time = handMoved();
  const deadline = createDeadlines(time.ticker).start(0);
  let expired = false;
  deadline.onExpire(() => {
    expired = true;
  });
  expect({ expired, aborted: deadline.signal.aborted, left: deadline.remainingMs() }).toEqual({
    expired: true,
    aborted: true,
    left: 0,
  });
});

test('by the real clock a deadline of 60 ms passes between 60 and 85 ms', async () => {
  const startedAt = performance.now();
  const expiredAt = await new Promise<number>((resolve) => {
    createDeadlines()
      .start(60)
      .onExpire(() => resolve(performance.now()));
    // The wheel's interval is unref'd; something else has to keep the process alive meanwhile.
    void sleep(200);
  });
  expect(expiredAt - startedAt).toBeGreaterThanOrEqual(60);
  // 20 ms of the wheel, 5 of the timer; the rest is for a busy machine.
  expect(expiredAt - startedAt).toBeLessThan(120);
});
