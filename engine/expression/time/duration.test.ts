import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['800ms', 800],
  ['90s', 90_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['3d', 259_200_000],
  ['0s', 0],
  ['PT1H30M', 5_400_000],
  ['P2D', 172_800_000],
  ['P1W', 604_800_000],
  ['P1DT12H', 129_600_000],
  ['PT0.5S', 500],
])('%s is %d milliseconds', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each([
  '',
  '5',
  's',
  '-5s',
  '1.5h',
  '5 m',
  '1y',
  'P',
  'PT',
  'P1DT',
  'P1M',
  'P1Y',
  'PT1H30',
  '99999999999999999d',
  'p2d',
  '5m\n',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
