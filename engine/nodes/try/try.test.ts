import { describe, expect, test } from 'vitest';
import { tryRegion } from './try.ts';

const config = { type: 'try', do: { start: 'a', nodes: { a: { type: 'end' } } } };

describe('try', () => {
  test('has a port for every catch', () => {
    expect(tryRegion.ports(config)).toEqual(['next']);
    const caught = [
      { code: 'X', next: 'b' },
      { code: '*', next: 'c' },
    ];
    expect(tryRegion.ports({ ...config, catch: caught })).toEqual(['next', 'catch:0', 'catch:1']);
  });

  test('compiles to a region without time limit, saga or catch', () => {
    expect(tryRegion.compile({ id: 't', config })).toEqual({
      activity: { kind: 'region', scope: 't.do', saga: false, catch: [] },
      exits: {},
    });
  });

  test('compiles its catches to ports, in order', () => {
    const more = {
      timeout: '1m',
      saga: true,
      catch: [
        { code: 'X', next: 'b' },
        { code: '*', next: 'c' },
      ],
    };
    expect(tryRegion.compile({ id: 't', config: { ...config, ...more } })).toEqual({
      activity: {
        kind: 'region',
        scope: 't.do',
        saga: true,
        timeoutMs: 60_000,
        catch: [
          { code: 'X', port: 'catch:0' },
          { code: '*', port: 'catch:1' },
        ],
      },
      exits: { 'catch:0': 'b', 'catch:1': 'c' },
    });
  });

  test('needs a durable flow only with saga; what is inside can be read after it', () => {
    expect(tryRegion.durableOnly(config)).toBe(false);
    expect(tryRegion.durableOnly({ ...config, saga: true })).toBe(true);
    expect(tryRegion.scopeRule?.(config, ['do'])).toEqual({ visible: true, certain: true });
  });
});
