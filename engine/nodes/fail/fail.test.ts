import { describe, expect, test } from 'vitest';
import { fail } from './fail.ts';

describe('fail', () => {
  test('leads nowhere but to its error routes', () => {
    expect(fail.ports({ code: 'X' })).toEqual([]);
    expect(fail.noNext).toBe(true);
  });

  test.each([
    { more: {}, expected: { message: 'NO_MONEY' } },
    { more: { message: 'sorry', details: { a: 1 } }, expected: { message: 'sorry', details: { a: 1 } } },
  ])('with $more compiles to an error', ({ more, expected }) => {
    expect(fail.compile({ id: 'f', config: { type: 'fail', code: 'NO_MONEY', ...more } })).toEqual({
      activity: { kind: 'fail', code: 'NO_MONEY', ...expected },
    });
  });
});
