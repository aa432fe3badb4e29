import { describe, expect, test } from 'vitest';
import { task } from './task.ts';

describe('task', () => {
  test('leads on by one port, lets time pass, and needs a durable flow', () => {
    expect(task.ports({})).toEqual(['next']);
    expect(task.acts).toBe(true);
    expect(task.durableOnly({})).toBe(true);
  });

  test('compiles to one person who says that it is done', () => {
    expect(task.compile({ id: 'sign', config: { type: 'task' } })).toEqual({
      activity: { kind: 'task', task: { title: 'sign', need: 1, actions: [{ id: 'done' }] } },
    });
  });

  test('compiles to what is said instead', () => {
    const config = {
      title: { en: 'Sign' },
      need: 'all',
      assignees: ['ann'],
      groups: ['x'],
      due: '1d',
      form: {},
      data: 1,
      actions: [{ id: 'ok' }],
    };
    const { title, ...rest } = config;
    const { due: _due, ...same } = rest;
    expect(task.compile({ id: 'sign', config: { type: 'task', ...config } as never }).activity).toEqual({
      kind: 'task',
      task: { title, ...same, dueMs: 86_400_000 },
    });
  });

  test.each([
    { config: { need: 'all' }, problems: 1 },
    { config: { need: 'all', assignees: ['ann'] }, problems: 0 },
    { config: { need: 2, assignees: ['ann'] }, problems: 1 },
    { config: { need: 2, assignees: ['ann'], groups: ['x'] }, problems: 0 },
    { config: { need: 2, assignees: { $: { var: 'input.who' } } }, problems: 0 },
  ])('$config has $problems problems', ({ config, problems }) => {
    expect(task.check?.(config)).toHaveLength(problems);
  });
});
