import { describe, expect, test } from 'vitest';
import { forEach } from './for-each.ts';

const config = { type: 'forEach', items: [1], do: { start: 'a', nodes: { a: { type: 'end' } } } };

describe('forEach', () => {
  test('leads on by one port, and lets no time pass by itself', () => {
    expect(forEach.ports(config)).toEqual(['next']);
    expect(forEach.acts).toBe(false);
  });

  test('compiles to ten at a time, all needed, and the first error fails it', () => {
    expect(forEach.compile({ id: 'e', config })).toEqual({
      activity: {
        kind: 'for-each',
        items: [1],
        scope: 'e.do',
        concurrency: 10,
        need: 'all',
        losers: 'cancel',
        collect: false,
      },
    });
  });

  test('takes what is said instead', () => {
    const more = { concurrency: 3, need: 2, losers: 'absorb', onItemError: 'collect' };
    expect(forEach.compile({ id: 'e', config: { ...config, ...more } }).activity).toMatchObject({
      concurrency: 3,
      need: 2,
      losers: 'absorb',
      collect: true,
    });
  });

  test('hides what is inside an item, where item and index can be read', () => {
    expect(forEach.scopeRule?.(config, ['do'])).toEqual({ visible: false, certain: false, iterates: true });
  });
});
