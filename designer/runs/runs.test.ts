import type { Step } from '@heddle/engine/api/contract';
import { describe, expect, test } from 'vitest';
import { allowedActions, isFinal } from './allowed.ts';
import { eventNames, nodeIn } from './event-names.ts';
import { firstFailure, marksOf, nodeStatuses } from './node-status.ts';
import { ticksOf, timelineOf } from './timeline.ts';

const step = (id: string, status: string, startedAt: number, more: Partial<Step> = {}): Step => ({
  id,
  node: /([^/]+)#/.exec(id)?.[1] ?? id,
  type: 'call',
  status,
  startedAt,
  attempts: 1,
  ...more,
});

describe('a timeline', () => {
  test('has parallel steps beside each other, and open ones up to now', () => {
    const steps = [
      step('/facts#1', 'running', 100),
      step('/facts/a/one#1', 'completed', 100, { endedAt: 300 }),
      step('/facts/b/two#1', 'running', 110),
    ];
    const { bars, from, to } = timelineOf({ startedAt: 100, steps }, 500);
    expect([from, to]).toEqual([100, 500]);
    expect(bars.map(({ depth, from: start, to: end, isOpen }) => [depth, start, end, isOpen])).toEqual([
      [0, 100, 500, true],
      [2, 100, 300, false],
      [2, 110, 500, true],
    ]);
  });

  test('of a run that took no time is still a scale', () => {
    expect(timelineOf({ startedAt: 5, finishedAt: 5, steps: [] })).toMatchObject({ from: 5, to: 6 });
  });

  test.each([
    { length: 4, ticks: [0, 1, 2, 3, 4] },
    { length: 950, ticks: [0, 200, 400, 600, 800] },
    { length: 61_000, ticks: [0, 20_000, 40_000, 60_000] },
  ])('of $length ms is marked at $ticks', ({ length, ticks }) => {
    expect(ticksOf(length)).toEqual(ticks);
  });
});

describe('a node', () => {
  test('that failed in one of its visits shows that, though later ones were well', () => {
    const error = { code: 'SERVICE_ERROR', message: 'down' };
    const statuses = nodeStatuses([
      step('/items[0]/pay#1', 'failed', 1, { error, attempts: 3 }),
      step('/items[1]/pay#1', 'completed', 2),
      step('/grade#1', 'completed', 3, { port: 'when:0' }),
    ]);
    expect(statuses).toEqual({
      pay: { status: 'failed', visits: 2, attempts: 3, error },
      grade: { status: 'completed', visits: 1, attempts: 1, port: 'when:0' },
    });
  });

  test('that waits for somebody is waiting, not running', () => {
    expect(nodeStatuses([step('/ask#1', 'running', 1, { type: 'task' })])['ask']?.status).toBe('waiting');
  });

  test('that still runs somewhere is running', () => {
    expect(nodeStatuses([step('/a#1', 'failed', 1), step('/a#2', 'running', 2)])['a']?.status).toBe('running');
  });
});

test('the failure to look at is the one that came first', () => {
  const error = { code: 'X', message: 'x' };
  const steps = [
    step('/outer#1', 'failed', 0, { endedAt: 9, error }),
    step('/outer/inner#1', 'failed', 1, { endedAt: 8, error }),
  ];
  expect(firstFailure(steps)?.id).toBe('/outer/inner#1');
  expect(firstFailure([step('/a#1', 'completed', 1)])).toBeUndefined();
});

test('a run that has ended well offers nothing, one that runs can be stopped, one that failed tried again', () => {
  expect(allowedActions('completed')).toEqual([]);
  expect(allowedActions('waiting')).toContain('cancel');
  expect(allowedActions('failed')).toEqual(['retry']);
  expect([isFinal('failed'), isFinal('suspended')]).toEqual([true, false]);
});

test('events and nodes are found in scopes within scopes', () => {
  const paid = { type: 'event', name: 'paid' };
  const flow = { nodes: { fork: { type: 'parallel', branches: { a: { start: 'wait', nodes: { wait: paid } } } } } };
  expect(eventNames(flow)).toEqual(['paid']);
  expect(nodeIn(flow, 'wait')).toBe(paid);
  expect(nodeIn(flow, 'none')).toBeUndefined();
});

test('the canvas marks where a run went, which exits it took, and in the end where it did not go', () => {
  const flow = { nodes: { grade: {}, fork: { branches: { a: { nodes: { pay: {}, rest: {} } } } } } };
  const statuses = nodeStatuses([
    step('/grade#1', 'completed', 1, { port: 'when:1' }),
    step('/fork/a/pay#1', 'incident', 2, { attempts: 3 }),
  ]);
  const marks = { grade: { status: 'completed', exit: '/when/1/next' }, pay: { status: 'failed', attempts: 3 } };
  expect(marksOf(statuses, flow, false)).toEqual(marks);
  expect(marksOf(statuses, flow, true)).toEqual({ ...marks, fork: { status: 'skipped' }, rest: { status: 'skipped' } });
});
