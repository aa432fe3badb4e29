import type { Step } from '@heddle/engine/api/contract';
import { expect, test } from 'vitest';
import { stepMarks } from './step-marks.ts';

const step = (node: string, more: Partial<Step> = {}): Step => ({
  id: `/${node}#1`,
  node,
  type: 'call',
  status: 'completed',
  startedAt: 0,
  attempts: 1,
  ...more,
});

const document = {
  id: 'f',
  start: 'a',
  nodes: {
    a: {
      type: 'call',
      next: 'pick',
      onError: [
        { code: 'X', next: 'c' },
        { code: '*', next: 'b' },
      ],
    },
    pick: { type: 'choice', when: [{ if: true, next: 'b' }], otherwise: 'c' },
    b: { type: 'end' },
    c: { type: 'end' },
  },
};

test('marks the way that was taken, and what was not reached once the run is over', () => {
  const steps = [step('a', { attempts: 2 }), step('pick', { type: 'choice', port: 'when:0' }), step('b')];
  expect(stepMarks(document, steps, true)).toEqual({
    a: { status: 'completed', attempts: 2 },
    pick: { status: 'completed', exit: '/when/0/next' },
    b: { status: 'completed' },
    c: { status: 'skipped' },
  });
  expect(stepMarks(document, steps, false)['c']).toBeUndefined();
});

test('an error is left by the first route that takes its code', () => {
  const steps = [step('a', { status: 'failed', error: { code: 'Y', message: 'm' } })];
  expect(stepMarks(document, steps, false)['a']).toEqual({ status: 'failed', exit: '/onError/1/next' });
});
