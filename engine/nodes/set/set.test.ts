import { describe, expect, test } from 'vitest';
import { set } from './set.ts';

const config = { type: 'set', values: { a: 1, b: { $: { var: 'input.b' } } } };

describe('set', () => {
  test('leads on by one port, and lets no time pass', () => {
    expect(set.ports(config)).toEqual(['next']);
    expect(set.acts).toBe(false);
  });

  test('sets the variables that it names', () => {
    expect(set.setsVars?.(config)).toEqual(['a', 'b']);
    expect(set.compile({ id: 's', config })).toEqual({ activity: { kind: 'assign', values: config.values } });
  });
});
