import { describe, expect, test } from 'vitest';
import { script } from './script.ts';

describe('script', () => {
  test('leads on by one port, and lets time pass', () => {
    expect(script.ports({ source: 'return 1' })).toEqual(['next']);
    expect(script.acts).toBe(true);
    expect(script.durableOnly({ source: 'return 1' })).toBe(false);
  });

  test.each([
    { more: {}, input: {}, timeoutMs: 1_000 },
    { more: { input: [1], timeout: '200ms' }, input: [1], timeoutMs: 200 },
  ])('with $more compiles to a script of $timeoutMs ms', ({ more, input, timeoutMs }) => {
    expect(script.compile({ id: 's', config: { type: 'script', source: 'return 1', ...more } })).toEqual({
      activity: { kind: 'script', source: 'return 1', input, timeoutMs },
    });
  });
});
