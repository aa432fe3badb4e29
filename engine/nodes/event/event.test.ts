import { describe, expect, test } from 'vitest';
import { bufferMs, event } from './event.ts';

describe('event', () => {
  test('leads on by one port, lets time pass, and needs a durable flow', () => {
    expect(event.ports({ name: 'x' })).toEqual(['next']);
    expect(event.acts).toBe(true);
    expect(event.durableOnly({ name: 'x' })).toBe(true);
  });

  test.each([
    { buffer: undefined, expected: Number.POSITIVE_INFINITY },
    { buffer: 'forever', expected: Number.POSITIVE_INFINITY },
    { buffer: 'none', expected: 0 },
    { buffer: '5m', expected: 300_000 },
  ])('a buffer of $buffer keeps early events for $expected ms', ({ buffer, expected }) => {
    expect(bufferMs(buffer)).toBe(expected);
  });

  test('compiles to a wait for its name, and for no longer than its timeout', () => {
    const config = {
      type: 'event',
      name: 'paid',
      buffer: 'none',
      timeout: '1h',
      correlation: { $: { var: 'input.id' } },
    };
    expect(event.compile({ id: 'e', config })).toEqual({
      activity: {
        kind: 'await-event',
        name: 'paid',
        bufferMs: 0,
        timeoutMs: 3_600_000,
        correlation: { $: { var: 'input.id' } },
      },
    });
  });
});
