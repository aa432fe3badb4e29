import type { Json } from '@heddle/engine/errors';
import { checkLogic, type Data, evaluateLogic } from '@heddle/engine/expression/index';
import { expect, test } from 'vitest';
import { classicCases, deliberateDifferences } from './cases.ts';

const cases = classicCases();
const differenceOf = (description: string) => deliberateDifferences.find(({ matches }) => matches(description));
const agreeing = cases.filter(({ description }) => !differenceOf(description));
const differing = cases.flatMap((each) => {
  const difference = differenceOf(each.description);
  return difference ? [{ ...each, ...difference }] : [];
});

const dataOf = (input: Json): Data => ({ now: 0, read: (root) => (root === 'input' ? input : undefined) });

test.each(agreeing)('$description has the published result', ({ rule, data, expected }) => {
  expect(checkLogic(rule, '')).toEqual([]);
  expect(evaluateLogic(rule, dataOf(data))).toEqual(expected);
});

test.each(differing)('$description is refused: $reason', ({ rule, data, code }) => {
  expect(() => evaluateLogic(rule, dataOf(data))).toThrow(expect.objectContaining({ code }));
});

test('the suite is whole, and few of its cases differ', () => {
  expect(cases.length).toBe(278);
  expect(differing.length).toBe(14);
});
