import { describe, expect, test } from 'vitest';
import { subflow } from './subflow.ts';

describe('subflow', () => {
  test('leads on by one port, lets time pass, and needs a durable flow', () => {
    expect(subflow.ports({ flow: 'x' })).toEqual(['next']);
    expect(subflow.acts).toBe(true);
    expect(subflow.durableOnly({ flow: 'x' })).toBe(true);
  });

  test('compiles to the latest version, which is waited for', () => {
    expect(subflow.compile({ id: 's', config: { type: 'subflow', flow: 'x' } })).toEqual({
      activity: { kind: 'start-run', flow: 'x', version: 'latest', input: {}, wait: true },
    });
  });

  test('compiles to what is said instead', () => {
    const more = { flow: 'x', version: 'abc', input: { a: 1 }, wait: false };
    expect(subflow.compile({ id: 's', config: { type: 'subflow', ...more } }).activity).toEqual({
      kind: 'start-run',
      ...more,
    });
  });
});
