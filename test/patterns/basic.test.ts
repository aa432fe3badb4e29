import { callTo, scopeOf } from '@heddle/engine/compile/fixture';
import { describe, expect, test } from 'vitest';
import { drive, echo, path, start } from './driver.ts';

const amountIsOver = (limit: number) => ({ '>': [{ var: 'input.amount' }, limit] });

describe('basic control flow (Workflow Patterns Initiative 1–5)', () => {
  test('WCP-1 sequence: a step begins when the one before it has completed', () => {
    const run = start({ a: callTo('a', { next: 'b' }), b: callTo('b', { next: 'c' }), c: callTo('c') });
    expect(run.waits()).toEqual(['/a#1']);
    drive(run, echo());
    expect(path(run)).toEqual(['a', 'b', 'c']);
    expect(run.asked()).toEqual(['call /a#1', 'call /b#1', 'call /c#1', 'finish']);
    expect(run.history('entered', 'completed')).toEqual([
      'entered /a#1',
      'completed /a#1',
      'entered /b#1',
      'completed /b#1',
      'entered /c#1',
      'completed /c#1',
    ]);
  });

  test('WCP-2 parallel split: one thread becomes several that run at the same time', () => {
    const run = start({
      split: { type: 'parallel', branches: { x: scopeOf({ a: callTo('a') }), y: scopeOf({ b: callTo('b') }) } },
    });
    expect(path(run)).toEqual(['split', 'a', 'b']);
    expect(run.waits()).toEqual(['/split/x/a#1', '/split/y/b#1']);
  });

  test('WCP-3 synchronization: what follows begins once, when all threads are done, in whatever order', () => {
    for (const order of [
      ['/split/x/a#1', '/split/y/b#1'],
      ['/split/y/b#1', '/split/x/a#1'],
    ] as const) {
      const run = start({
        split: {
          type: 'parallel',
          branches: { x: scopeOf({ a: callTo('a') }), y: scopeOf({ b: callTo('b') }) },
          next: 'after',
        },
        after: callTo('after'),
      });
      run.result(order[0]);
      expect(run.waits()).toEqual([order[1]]);
      run.result(order[1]);
      expect(run.waits()).toEqual(['/after#1']);
      drive(run, echo());
      expect(run.asked('call')).toEqual(['call /split/x/a#1', 'call /split/y/b#1', 'call /after#1']);
    }
  });

  const graded = {
    grade: {
      type: 'choice',
      when: [
        { if: amountIsOver(100), next: 'big' },
        { if: amountIsOver(10), next: 'middle' },
      ],
      otherwise: 'small',
    },
    big: callTo('big', { next: 'merge' }),
    middle: callTo('middle', { next: 'merge' }),
    small: callTo('small', { next: 'merge' }),
    merge: callTo('merge'),
  };

  test.each([
    { amount: 500, port: 'when:0', taken: 'big' },
    { amount: 50, port: 'when:1', taken: 'middle' },
    { amount: 5, port: 'otherwise', taken: 'small' },
  ])('WCP-4 exclusive choice: $amount goes by $port to $taken, and nowhere else', ({ amount, port, taken }) => {
    const run = start(graded, { input: { amount } });
    expect(path(run)).toEqual([`grade → ${port}`, taken]);
    expect(run.waits()).toEqual([`/${taken}#1`]);
  });

  test.each([500, 5])('WCP-5 simple merge: the ways of %s come together without waiting for each other', (amount) => {
    const run = drive(start(graded, { input: { amount } }), echo());
    expect(path(run).slice(2)).toEqual(['merge']);
    expect(run.asked('call')).toHaveLength(2);
    expect(run.run.result).toEqual({ status: 'completed', output: '/merge#1' });
  });
});
