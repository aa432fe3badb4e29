import { describe, expect, test } from 'vitest';
import { emit } from './emit.ts';

describe('emit', () => {
  test('leads on by one port, and waits for the broker', () => {
    expect(emit.ports({ topic: 'x' })).toEqual(['next']);
    expect(emit.acts).toBe(true);
    expect(emit.durableOnly({ topic: 'x' })).toBe(false);
  });

  test.each([
    { more: {}, expected: { payload: {} } },
    {
      more: { payload: 1, key: 'k', delay: '1m', service: 'kafka' },
      expected: { payload: 1, key: 'k', delayMs: 60_000, service: 'kafka' },
    },
  ])('with $more compiles to a message', ({ more, expected }) => {
    expect(emit.compile({ id: 'e', config: { type: 'emit', topic: 'x', ...more } })).toEqual({
      activity: { kind: 'emit', topic: 'x', ...expected },
    });
  });
});
