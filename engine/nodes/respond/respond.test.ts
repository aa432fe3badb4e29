import { describe, expect, test } from 'vitest';
import { respond } from './respond.ts';

describe('respond', () => {
  test('leads on by one port, and lets no time pass', () => {
    expect(respond.ports({})).toEqual(['next']);
    expect(respond.acts).toBe(false);
  });

  test.each([
    { config: {}, expected: { status: 200, body: null } },
    {
      config: { status: 201, body: { a: 1 }, headers: { x: 'y' } },
      expected: { status: 201, body: { a: 1 }, headers: { x: 'y' } },
    },
  ])('with $config compiles to an answer', ({ config, expected }) => {
    expect(respond.compile({ id: 'r', config: { type: 'respond', ...config } })).toEqual({
      activity: { kind: 'respond', ...expected },
    });
  });
});
