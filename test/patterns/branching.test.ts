import { callTo, scopeOf } from '@heddle/engine/compile/fixture';
import { describe, expect, test } from 'vitest';
import { drive, echo, path, start } from './driver.ts';

const named = (name: string) => ({ ...scopeOf({ [`do-${name}`]: callTo(name) }) });
const wanted = (name: string) => ({ ...named(name), if: { in: [name, { var: 'input.wanted' }] } });
const idOf = (name: string) => `/split/${name}/do-${name}#1`;

describe('advanced branching and synchronization', () => {
  const chosen = {
    split: { type: 'parallel', branches: { x: wanted('x'), y: wanted('y'), z: wanted('z') }, next: 'after' },
    after: callTo('after'),
  };

  test.each([{ choice: [] }, { choice: ['y'] }, { choice: ['x', 'z'] }, { choice: ['x', 'y', 'z'] }])(
    'WCP-6 multi-choice: exactly the branches $choice begin',
    ({ choice }) => {
      const run = start(chosen, { input: { wanted: choice } });
      expect(run.asked('call')).toEqual(
        choice.length === 0 ? ['call /after#1'] : choice.map((name) => `call ${idOf(name)}`),
      );
    },
  );

  test('WCP-7 structured synchronizing merge: waits for the branches that began, and only for them', () => {
    const run = start(chosen, { input: { wanted: ['x', 'z'] } });
    run.result(idOf('z'), 'z');
    expect(run.waits()).toEqual([idOf('x')]);
    run.result(idOf('x'), 'x');
    expect(run.waits()).toEqual(['/after#1']);
    expect(run.run.root.steps['split']).toEqual({ x: 'x', z: 'z' });
    expect(path(run)).toEqual(['split', 'do-x', 'do-z', 'after']);
  });

  const joined = (need: 'any' | number, losers: 'cancel' | 'absorb') => ({
    split: { type: 'parallel', need, losers, branches: { x: named('x'), y: named('y'), z: named('z') }, next: 'after' },
    after: callTo('after', { next: 'again' }),
    again: {
      type: 'choice',
      when: [{ if: { '==': [{ var: 'steps.after' }, 'again'] }, next: 'split' }],
      otherwise: 'done',
    },
    done: { type: 'end' },
  });

  test('WCP-9 structured discriminator: the first branch goes on, the others finish unheeded, the next round begins anew', () => {
    const run = start(joined('any', 'absorb'));
    run.result(idOf('y'), 'first');
    expect(run.waits()).toEqual([idOf('x'), idOf('z'), '/after#1']);
    expect(run.asked('cancel-effect')).toEqual([]);
    run.result(idOf('x'));
    expect(path(run).filter((node) => node === 'after')).toHaveLength(1);
    run.result('/after#1', 'again');
    expect(run.waits()).toEqual([idOf('z'), '/split#2/x/do-x#1', '/split#2/y/do-y#1', '/split#2/z/do-z#1']);
    run.result(idOf('z'));
    expect(path(run).filter((node) => node === 'after')).toHaveLength(1);
    drive(run, echo());
    expect(run.run.status).toBe('completed');
    expect(path(run).filter((node) => node === 'after')).toHaveLength(2);
  });

  test('WCP-29 cancelling discriminator: the first branch goes on, the others are stopped', () => {
    const run = start(joined('any', 'cancel'));
    run.result(idOf('y'));
    expect(run.step.effects.map((effect) => ('id' in effect ? `${effect.kind} ${effect.id}` : ''))).toEqual([
      `cancel-effect ${idOf('x')}`,
      `cancel-effect ${idOf('z')}`,
      'call /after#1',
    ]);
    expect(run.result(idOf('x')).disposition).toBe('dropped');
    expect(run.history('cancelled')).toEqual([`cancelled ${idOf('x')}`, `cancelled ${idOf('z')}`]);
  });

  test('WCP-30 structured partial join: two of three go on, the third finishes unheeded', () => {
    const run = start(joined(2, 'absorb'));
    run.result(idOf('z'));
    expect(run.waits()).toEqual([idOf('x'), idOf('y')]);
    run.result(idOf('x'));
    expect(run.waits()).toEqual([idOf('y'), '/after#1']);
    run.result(idOf('y'));
    run.result('/after#1', 'end');
    expect(run.run.status).toBe('completed');
    expect(run.asked('cancel-effect')).toEqual([]);
    expect(path(run).filter((node) => node === 'after')).toHaveLength(1);
  });

  test('WCP-32 cancelling partial join: two of three go on, the third is stopped', () => {
    const run = start(joined(2, 'cancel'));
    run.result(idOf('z'));
    run.result(idOf('x'));
    expect(run.asked('cancel-effect')).toEqual([`cancel-effect ${idOf('y')}`]);
    expect(run.waits()).toEqual(['/after#1']);
  });
});
