import type { Step } from '@heddle/engine/api/contract';
import { expect, test } from 'vitest';
import { evenScale, workScale } from './scale.ts';
import { timelineOf } from './timeline.ts';

const step = (node: string, type: string, startedAt: number, endedAt: number): Step => ({
  id: `/${node}#1`,
  node,
  type,
  status: 'completed',
  startedAt,
  endedAt,
  attempts: 1,
});

const approved = timelineOf({
  startedAt: 0,
  finishedAt: 86_400_100,
  steps: [
    step('a', 'call', 0, 40),
    step('b', 'call', 20, 60),
    step('approve', 'task', 60, 86_400_060),
    step('c', 'call', 86_400_060, 86_400_100),
  ],
});

test('a day of waiting is drawn short, so that the calls around it can be seen', () => {
  const { at, breaks } = workScale(approved);
  expect(at(0)).toBe(0);
  expect(at(86_400_100)).toBeCloseTo(1);
  expect(at(60) - at(0)).toBeGreaterThan(0.5);
  expect(at(86_400_060) - at(60)).toBeLessThan(0.12);
  expect(breaks).toHaveLength(1);
  expect(at(30)).toBeGreaterThan(at(20));
});

test('the marks say when the work went on', () => {
  expect(workScale(approved).marks.map(({ ms }) => ms)).toEqual([0, 86_400_060]);
});

test('what waits for an operator is no work', () => {
  const stuck = timelineOf({
    startedAt: 0,
    finishedAt: 600_000,
    steps: [step('a', 'call', 0, 50), { ...step('pay', 'call', 50, 600_000), status: 'incident' }],
  });
  expect(workScale(stuck).at(50)).toBeGreaterThan(0.8);
});

test('where little is waited for, time is drawn as it passed', () => {
  const quick = timelineOf({ startedAt: 0, finishedAt: 110, steps: [step('a', 'call', 0, 100)] });
  expect(workScale(quick).breaks).toEqual([]);
  expect(workScale(quick).at(55)).toBe(evenScale(quick).at(55));
});

test('a run that has only waited is drawn as it passed', () => {
  const waiting = timelineOf({ startedAt: 0, finishedAt: 100, steps: [step('ask', 'task', 0, 100)] });
  expect(workScale(waiting).at(50)).toBe(0.5);
});
