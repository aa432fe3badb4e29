import { describe, expect, test } from 'vitest';
import { end } from './end.ts';

describe('end', () => {
  test('leads nowhere', () => {
    expect(end.ports({})).toEqual([]);
    expect(end.noNext).toBe(true);
  });

  test.each([
    { config: {}, expected: { whole: false } },
    {
      config: { scope: 'flow', outcome: 'done', output: null },
      expected: { whole: true, outcome: 'done', output: null },
    },
  ])('with $config compiles to an end', ({ config, expected }) => {
    expect(end.compile({ id: 'e', config: { type: 'end', ...config } })).toEqual({
      activity: { kind: 'end', ...expected },
    });
  });
});
