import { describe, expect, test } from 'vitest';
import { formatIn } from './format.ts';

describe('durations', () => {
  test.each([
    { ms: 0.4, en: '0.4ms' },
    { ms: 412, en: '412ms' },
    { ms: 1_250, en: '1.25s' },
    { ms: 12_340, en: '12.3s' },
    { ms: 125_000, en: '2m 5s' },
    { ms: 11_040_000, en: '3h 4m' },
    { ms: 86_400_000, en: '1d' },
  ])('$ms ms are $en', ({ ms, en }) => {
    expect(formatIn('en').duration(ms)).toBe(en);
  });

  test('are written in Chinese too', () => {
    expect(formatIn('zh').duration(125_000)).toMatch(/2.*分钟.*5.*秒/);
  });
});

test.each([
  { ms: -5_000, en: '5 seconds ago', zh: '5秒钟前' },
  { ms: -3_600_000, en: '1 hour ago', zh: '1小时前' },
  { ms: 172_800_000, en: 'in 2 days', zh: '后天' },
])('$ms ms from now is $en', ({ ms, en, zh }) => {
  const now = 1_800_000_000_000;
  expect([formatIn('en').ago(now + ms, now), formatIn('zh').ago(now + ms, now)]).toEqual([en, zh]);
});
