import { expect, test } from 'vitest';
import type { Note } from '../kernel/index.ts';
import { stepViews } from './history.ts';

test('a step that was undone has ended when it answered, not when it was undone', () => {
  const of = { id: '/pay', node: 'pay' };
  const notes: Note[] = [
    { kind: 'entered', ...of, type: 'call', at: 10 },
    { kind: 'completed', ...of, output: 1, at: 20 },
    { kind: 'undoing', ...of, id: '/pay~undo', input: null, at: 90 },
    { kind: 'undone', ...of, id: '/pay~undo', at: 95 },
  ];
  expect(stepViews(notes, (note) => note)).toMatchObject([
    { status: 'undone', startedAt: 10, endedAt: 20, undoneAt: 95 },
  ]);
});
