import { expect, test } from 'vitest';
import { matches } from './subject.ts';

test.each([
  ['a.b', 'a.b', true],
  ['a.b', 'a.b.c', false],
  ['a.*', 'a.b', true],
  ['a.*', 'a', false],
  ['a.*', 'a.b.c', false],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['>', 'a', true],
  ['*.b', 'a.c', false],
])('the filter %s reads the subject %s: %s', (filter, subject, does) => {
  expect(matches(filter, subject)).toBe(does);
});
