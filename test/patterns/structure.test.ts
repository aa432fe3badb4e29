import { callTo, programOf, scopeOf } from '@heddle/engine/compile/fixture';
import type { Json } from '@heddle/engine/errors';
import { Rehearsal } from '@heddle/engine/kernel/fixture';
import { describe, expect, test } from 'vitest';
import { drive, echo, path, start, type World } from './driver.ts';

const answers = (node: string) => ({ '==': [{ var: `steps.${node}` }, 'again'] });

describe('iteration, recursion and termination', () => {
  test('WCP-10 arbitrary cycles: a cycle with two ways in and two ways out', () => {
    const run = start(
      {
        enter: { type: 'choice', when: [{ if: { var: 'input.late' }, next: 'b' }], otherwise: 'a' },
        a: callTo('a', { next: 'afterA' }),
        afterA: { type: 'choice', when: [{ if: answers('a'), next: 'b' }], otherwise: 'out' },
        b: callTo('b', { next: 'afterB' }),
        afterB: { type: 'choice', when: [{ if: answers('b'), next: 'a' }], otherwise: 'other' },
        out: { type: 'end', outcome: 'out' },
        other: { type: 'end', outcome: 'other' },
      },
      { input: { late: true } },
    );
    run.result('/b#1', 'again');
    run.result('/a#1', 'again');
    run.result('/b#2', 'again');
    run.result('/a#2', 'enough');
    expect(path(run)).toEqual([
      'enter → when:0',
      'b',
      'afterB → when:0',
      'a',
      'afterA → when:0',
      'b',
      'afterB → when:0',
      'a',
      'afterA → otherwise',
      'out',
    ]);
    expect(run.asked('call')).toEqual(['call /b#1', 'call /a#1', 'call /b#2', 'call /a#2']);
    expect(run.run.result).toMatchObject({ outcome: 'out' });
  });

  test('WCP-21 structured loop: the body is repeated as long as the condition holds', () => {
    const run = start({
      body: callTo('body', { next: 'more' }),
      more: { type: 'choice', when: [{ if: answers('body'), next: 'body' }], otherwise: 'after' },
      after: callTo('after'),
    });
    for (const [visit, output] of ['again', 'again', 'enough'].entries()) run.result(`/body#${visit + 1}`, output);
    expect(run.waits()).toEqual(['/after#1']);
    expect(run.asked('call')).toEqual(['call /body#1', 'call /body#2', 'call /body#3', 'call /after#1']);
  });

  test('WCP-22 recursion: a flow starts itself until it needs to no more', () => {
    const program = programOf({
      enough: { type: 'choice', when: [{ if: { '<=': [{ var: 'input.n' }, 1] }, next: 'one' }], otherwise: 'less' },
      one: { type: 'end', output: 1 },
      less: { type: 'subflow', flow: 'tested', input: { n: { $: { '-': [{ var: 'input.n' }, 1] } } }, next: 'times' },
      times: { type: 'end', output: { $: { '*': [{ var: 'input.n' }, { var: 'steps.less' }] } } },
    });
    const runs: string[] = [];
    const factorial = (input: Json, runId: string, depth: number): Json => {
      runs.push(runId);
      const world: World = (effect) =>
        effect.kind === 'start-run' ? { output: factorial(effect.input, effect.runId, depth + 1) } : undefined;
      return drive(new Rehearsal(program, { input, runId, depth }), world).run.result?.output ?? null;
    };
    expect(factorial({ n: 4 }, 'run', 0)).toBe(24);
    expect(runs).toEqual(['run', 'run~1', 'run~1~1', 'run~1~1~1']);
  });

  test('WCP-11 implicit termination: the run ends when nothing is left to do, without a node that says so', () => {
    const run = start({
      split: {
        type: 'parallel',
        branches: {
          x: scopeOf({ a: callTo('a') }),
          y: scopeOf({ b: callTo('b', { next: 'c' }), c: callTo('c') }),
        },
      },
    });
    run.result('/split/y/b#1');
    run.result('/split/x/a#1');
    expect(run.run.status).toBe('running');
    run.result('/split/y/c#1');
    expect(run.run.status).toBe('completed');
    expect(run.asked().at(-1)).toBe('finish');
  });

  test('WCP-43 explicit termination: one end node ends everything that still runs', () => {
    const run = start({
      split: {
        type: 'parallel',
        branches: {
          x: scopeOf({ a: callTo('a') }),
          y: scopeOf({
            b: callTo('b', { next: 'stop' }),
            stop: { type: 'end', scope: 'flow', outcome: 'stopped', output: 1 },
          }),
          z: scopeOf({ pause: { type: 'wait', for: '1h' } }),
        },
        next: 'never',
      },
      never: callTo('never'),
    });
    run.result('/split/y/b#1');
    expect(run.run.result).toEqual({ status: 'completed', outcome: 'stopped', output: 1 });
    expect(run.asked('cancel-effect', 'finish')).toEqual([
      'cancel-effect /split/x/a#1',
      'cancel-effect /split/z/pause#1',
      'finish',
    ]);
    expect(path(run)).not.toContain('never');
  });
});

describe('multiple instances', () => {
  test('WCP-12 multiple instances without synchronization: all are started, none is waited for', () => {
    const run = start(
      {
        each: {
          type: 'forEach',
          items: { $: { var: 'input' } },
          do: scopeOf({ go: { type: 'subflow', flow: 'other', wait: false, input: { $: { var: 'item' } } } }),
          next: 'after',
        },
        after: callTo('after'),
      },
      { input: ['a', 'b', 'c'] },
    );
    expect(run.effects).toMatchObject(
      ['a', 'b', 'c'].map((input, index) => ({ kind: 'start-run', runId: `run~${index + 1}`, input, wait: false })),
    );
    drive(run, echo());
    expect(path(run)).toEqual(['each', 'go', 'go', 'go', 'after']);
    expect(run.run.status).toBe('completed');
  });

  test('WCP-13 multiple instances with a priori design-time knowledge: three, as the flow says', () => {
    const run = start({
      each: {
        type: 'forEach',
        items: ['first', 'second', 'third'],
        do: scopeOf({ sign: callTo('sign', { input: { $: { var: 'item' } } }) }),
        next: 'after',
      },
      after: callTo('after'),
    });
    expect(run.waits()).toEqual(['/each[0]/sign#1', '/each[1]/sign#1', '/each[2]/sign#1']);
    run.result('/each[2]/sign#1', 'c');
    run.result('/each[0]/sign#1', 'a');
    expect(run.waits()).toEqual(['/each[1]/sign#1']);
    run.result('/each[1]/sign#1', 'b');
    expect(run.run.root.steps['each']).toEqual(['a', 'b', 'c']);
    expect(run.waits()).toEqual(['/after#1']);
  });

  test.each([0, 1, 7])(
    'WCP-14 multiple instances with a priori run-time knowledge: %s, as a step before has found',
    (count) => {
      const run = start({
        find: callTo('find', { next: 'each' }),
        each: {
          type: 'forEach',
          items: { $: { var: 'steps.find' } },
          do: scopeOf({ pay: callTo('pay') }),
          next: 'after',
        },
        after: callTo('after'),
      });
      run.result(
        '/find#1',
        Array.from({ length: count }, (_, index) => index),
      );
      expect(run.waits('call')).toHaveLength(count === 0 ? 1 : count);
      drive(run, echo());
      expect(path(run)).toEqual(['find', 'each', ...Array.from({ length: count }, () => 'pay'), 'after']);
      expect(run.run.status).toBe('completed');
    },
  );

  const some = (losers: 'cancel' | 'absorb') => ({
    each: { type: 'forEach', items: [1, 2, 3, 4], need: 2, losers, do: scopeOf({ ask: callTo('ask') }), next: 'after' },
    after: callTo('after'),
  });

  test('WCP-34 static partial join for multiple instances: two of four go on, the others finish unheeded', () => {
    const run = start(some('absorb'));
    run.result('/each[3]/ask#1', 'd');
    run.result('/each[1]/ask#1', 'b');
    expect(run.run.root.steps['each']).toEqual([null, 'b', null, 'd']);
    expect(run.waits()).toEqual(['/each[0]/ask#1', '/each[2]/ask#1', '/after#1']);
    expect(run.asked('cancel-effect')).toEqual([]);
    drive(run, echo());
    expect(path(run).filter((node) => node === 'after')).toHaveLength(1);
    expect(run.run.status).toBe('completed');
  });

  test('WCP-35 cancelling partial join for multiple instances: two of four go on, the others are stopped', () => {
    const run = start(some('cancel'));
    run.result('/each[3]/ask#1', 'd');
    run.result('/each[1]/ask#1', 'b');
    expect(run.asked('cancel-effect')).toEqual(['cancel-effect /each[0]/ask#1', 'cancel-effect /each[2]/ask#1']);
    expect(run.waits()).toEqual(['/after#1']);
  });
});
