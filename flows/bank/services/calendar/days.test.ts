import { expect, test } from 'vitest';
import { addBusinessDays, isBusinessDay } from './days.ts';

test.each([
  ['2026-02-13', true],
  ['2026-02-14', true],
  ['2026-02-18', false],
  ['2026-03-07', false],
  ['2026-10-09', true],
])('%s is a business day: %s', (day, expected) => {
  expect(isBusinessDay(day)).toBe(expected);
});

test.each([
  ['2026-09-30', 1, '2026-10-08'],
  ['2026-10-08', -1, '2026-09-30'],
  ['2026-03-06', 3, '2026-03-11'],
  ['2026-03-07', 0, '2026-03-09'],
  ['2026-03-06', 0, '2026-03-06'],
])('%s and %i business days make %s', (day, count, expected) => {
  expect(addBusinessDays(day, count)).toBe(expected);
});
