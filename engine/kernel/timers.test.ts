import { describe, expect, test } from 'vitest';
import { callTo, programOf, scopeOf } from '../compile/fixture.ts';
import { Rehearsal } from './fixture.ts';

describe('a wait', () => {
  test.each([
    { config: { for: '90s' }, due: '2026-03-02T01:01:30.000Z' },
    { config: { for: { $: { var: 'input.pause' } } }, due: '2026-03-02T03:00:00.000Z' },
    { config: { for: 'P30D' }, due: '2026-04-01T01:00:00.000Z' },
    { config: { until: '2026-03-03T00:00:00Z' }, due: '2026-03-03T00:00:00.000Z' },
    { config: { days: 1, at: '09:30' }, due: '2026-03-03T01:30:00.000Z' },
    { config: { days: 5, at: '09:30' }, due: '2026-03-09T01:30:00.000Z' },
    { config: { days: 0, at: '08:00' }, due: '2026-03-03T00:00:00.000Z' },
  ])('with $config is due at $due', ({ config, due }) => {
    const run = new Rehearsal(programOf({ pause: { type: 'wait', ...config } }), { input: { pause: 'PT2H' } });
    expect(run.step.effects).toEqual([{ kind: 'timer', id: '/pause#1', dueAt: Date.parse(due) }]);
    expect(run.run.status).toBe('waiting');
    run.timer('/pause#1');
    expect(run.run.result).toEqual({ status: 'completed', output: null });
  });

  test('that ended while its run was suspended has ended, although the clock was put back before the run was resumed', () => {
    const run = new Rehearsal(programOf({ pause: { type: 'wait', for: '1m' } }));
    run.take({ kind: 'suspend' });
    run.timer('/pause#1');
    run.now -= 30_000;
    run.take({ kind: 'resume' });
    expect(run.run.status).toBe('completed');
  });

  test('never ends early, and ends once', () => {
    const run = new Rehearsal(
      programOf({ pause: { type: 'wait', for: '1m', next: 'again' }, again: { type: 'wait', for: '1m' } }),
    );
    run.now += 59_999;
    expect(run.take({ kind: 'timer', id: '/pause#1' }).disposition).toBe('dropped');
    run.now += 1;
    expect(run.take({ kind: 'timer', id: '/pause#1' }).disposition).toBe('applied');
    expect(run.take({ kind: 'timer', id: '/pause#1' }).disposition).toBe('dropped');
    expect(run.waits()).toEqual(['/again#1']);
  });

  test.each([{ for: 'soon' }, { until: 'tomorrow' }, { days: -1 }, { days: 1.5 }])('with %j fails', (computed) => {
    const config = Object.fromEntries(Object.keys(computed).map((key) => [key, { $: { var: `input.${key}` } }]));
    const run = new Rehearsal(programOf({ pause: { type: 'wait', ...config } }), { input: computed });
    expect(run.run.result).toMatchObject({ status: 'failed', error: { code: 'EXPRESSION_TYPE' } });
  });
});

describe('the timeout of a try', () => {
  const program = programOf({
    quick: {
      type: 'try',
      timeout: '1m',
      do: scopeOf({ a: callTo('a', { next: 'b' }), b: callTo('b') }),
      catch: [{ code: 'SCOPE_TIMEOUT', next: 'sorry' }],
      next: 'fine',
    },
    fine: callTo('fine'),
    sorry: callTo('sorry', { input: { a: { $: { var: ['steps.a', null] } } } }),
  });

  test('cancels everything inside and takes the catch; what had been done can still be read', () => {
    const run = new Rehearsal(program);
    run.result('/quick/a#1', 5);
    run.timer('/quick#1:timeout');
    expect(run.step.effects).toMatchObject([
      { kind: 'cancel-effect', id: '/quick/b#1' },
      { id: '/sorry#1', input: { a: 5 } },
    ]);
    expect(run.result('/quick/b#1').disposition).toBe('dropped');
  });

  test('is taken back when the region ends in time', () => {
    const run = new Rehearsal(program);
    run.result('/quick/a#1');
    run.result('/quick/b#1');
    expect(run.waits()).toEqual(['/fine#1']);
    run.now += 60_000;
    expect(run.take({ kind: 'timer', id: '/quick#1:timeout' }).disposition).toBe('dropped');
  });

  test('never comes early', () => {
    const run = new Rehearsal(program);
    expect(run.take({ kind: 'timer', id: '/quick#1:timeout' }).disposition).toBe('dropped');
  });
});
