import { describe, expect, test } from 'vitest';
import { choice } from './choice.ts';

const config = {
  type: 'choice',
  when: [
    { if: true, next: 'a' },
    { if: false, next: 'b' },
  ],
  otherwise: 'c',
};

describe('choice', () => {
  test('has a port for every condition and one for the rest, and no next', () => {
    expect(choice.ports(config)).toEqual(['when:0', 'when:1', 'otherwise']);
    expect(choice.noNext).toBe(true);
    expect(choice.acts).toBe(false);
  });

  test('compiles to its conditions in order, and an exit each', () => {
    expect(choice.compile({ id: 'x', config })).toEqual({
      activity: { kind: 'choose', when: [true, false] },
      exits: { 'when:0': 'a', 'when:1': 'b', otherwise: 'c' },
    });
  });

  test('without otherwise has no exit for it', () => {
    const { otherwise: _otherwise, ...rest } = config;
    expect(choice.compile({ id: 'x', config: rest }).exits).toEqual({ 'when:0': 'a', 'when:1': 'b' });
  });
});
