import { describe, expect, test } from 'vitest';
import { callTo, programOf } from '../compile/fixture.ts';
import type { JsonObject } from '../errors.ts';
import { Rehearsal } from './fixture.ts';

const actions = [{ id: 'approve' }, { id: 'reject' }];
const asking = (more: JsonObject) =>
  new Rehearsal(
    programOf({
      sign: { type: 'task', actions, onError: [{ code: '*', next: 'sorry' }], ...more },
      sorry: callTo('sorry'),
    }),
  );

describe('a human task', () => {
  test('shows what it is about, and to whom', () => {
    const run = asking({
      title: { en: 'Sign', zh: '签署' },
      assignees: { $: { var: 'input.who' } },
      groups: 'tellers',
      data: { amount: 5 },
      form: { type: 'object' },
      due: '1h',
    });
    expect(run.run.result).toBeUndefined();
    expect(run.history('failed')).toEqual(['failed /sign#1']);
    const asked = new Rehearsal(run.program, { input: { who: ['ann'] } });
    expect(asked.step.effects[0]).toEqual({
      kind: 'task',
      id: '/sign#1',
      node: 'sign',
      title: { en: 'Sign', zh: '签署' },
      assignees: ['ann'],
      groups: ['tellers'],
      data: { amount: 5 },
      form: { type: 'object' },
      dueAt: asked.now + 3_600_000,
      actions: [
        { id: 'approve', need: 1 },
        { id: 'reject', need: 1 },
      ],
    });
  });

  test('或签: one is enough', () => {
    const run = asking({ assignees: ['ann', 'bob'] });
    run.act('/sign#1', 'bob', 'approve', { note: 'fine' });
    expect(run.run.result).toMatchObject({
      status: 'completed',
      output: { action: 'approve', by: 'bob', data: { note: 'fine' }, responses: [{ by: 'bob', at: run.now }] },
    });
    expect(run.asked('cancel-effect')).toEqual(['cancel-effect /sign#1']);
  });

  test('会签: all must choose the first action, each once', () => {
    const run = asking({ assignees: ['ann', 'bob', 'cy'], need: 'all', due: '1d' });
    run.act('/sign#1', 'ann', 'approve');
    expect(run.act('/sign#1', 'ann', 'approve').disposition).toBe('duplicate');
    run.act('/sign#1', 'bob', 'approve');
    expect(run.run.status).toBe('waiting');
    run.act('/sign#1', 'cy', 'approve');
    expect(run.run.status).toBe('completed');
    expect(run.waits()).toEqual([]);
  });

  test('会签: one who refuses ends it', () => {
    const run = asking({ assignees: ['ann', 'bob', 'cy'], need: 'all' });
    run.act('/sign#1', 'ann', 'approve');
    run.act('/sign#1', 'bob', 'reject');
    expect(run.run.result).toMatchObject({ output: { action: 'reject', by: 'bob' } });
  });

  test('a vote that nobody can win any more fails with NEED_NOT_MET', () => {
    const vote = [
      { id: 'yes', need: 2 },
      { id: 'no', need: 2 },
      { id: 'abstain', need: 2 },
    ];
    const run = asking({ assignees: ['ann', 'bob', 'cy'], actions: vote });
    run.act('/sign#1', 'ann', 'yes');
    run.act('/sign#1', 'bob', 'no');
    run.act('/sign#1', 'cy', 'abstain');
    expect(run.run.root.error).toMatchObject({ code: 'NEED_NOT_MET', node: 'sign' });
    expect(run.waits()).toEqual(['/sorry#1']);
  });

  test('refuses an action that it does not have, and drops what comes after the end', () => {
    const run = asking({ next: 'sorry' });
    expect(run.act('/sign#1', 'ann', 'sign').disposition).toBe('refused');
    run.act('/sign#1', 'ann', 'approve');
    expect(run.act('/sign#1', 'bob', 'approve').disposition).toBe('dropped');
  });

  test('expires when it is due, and not before', () => {
    const run = asking({ due: '1h' });
    run.now += 3_599_999;
    expect(run.take({ kind: 'timer', id: '/sign#1:timeout' }).disposition).toBe('dropped');
    run.timer('/sign#1:timeout');
    expect(run.run.root.error).toMatchObject({ code: 'TASK_EXPIRED' });
    expect(run.waits()).toEqual(['/sorry#1']);
  });
});
