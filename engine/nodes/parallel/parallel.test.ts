import { describe, expect, test } from 'vitest';
import { parallel } from './parallel.ts';

const scope = { start: 'a', nodes: { a: { type: 'end' } } };
const config = { type: 'parallel', branches: { x: scope, y: { ...scope, if: { var: 'input.y' } } } };

describe('parallel', () => {
  test('leads on by one port, and lets no time pass by itself', () => {
    expect(parallel.ports(config)).toEqual(['next']);
    expect(parallel.acts).toBe(false);
  });

  test('compiles to its branches in order; all are needed, losers are cancelled', () => {
    expect(parallel.compile({ id: 'p', config })).toEqual({
      activity: {
        kind: 'parallel',
        branches: [
          { name: 'x', scope: 'p.x' },
          { name: 'y', scope: 'p.y', condition: { var: 'input.y' } },
        ],
        need: 'all',
        losers: 'cancel',
      },
    });
  });

  test.each([
    { need: 'all', branch: 'x', certain: true },
    { need: 'all', branch: 'y', certain: false },
    { need: 'any', branch: 'x', certain: false },
    { need: 2, branch: 'x', certain: false },
  ])('of which $need is needed: that branch $branch has run is certain: $certain', ({ need, branch, certain }) => {
    expect(parallel.scopeRule?.({ ...config, need }, ['branches', branch])).toEqual({ visible: true, certain });
  });

  test.each([
    { need: 2, problems: 0 },
    { need: 3, problems: 1 },
    { need: 'any', problems: 0 },
  ])('a need of $need of two branches has $problems problems', ({ need, problems }) => {
    expect(parallel.check?.({ ...config, need }) ?? []).toHaveLength(problems);
  });
});
