import { describe, expect, test } from 'vitest';
import { wait } from './wait.ts';

describe('wait', () => {
  test('leads on by one port, and lets time pass', () => {
    expect(wait.ports({ for: '1s' })).toEqual(['next']);
    expect(wait.acts).toBe(true);
  });

  test.each([
    { config: { for: '90s' }, due: { kind: 'for', duration: '90s' } },
    { config: { until: '2026-01-01' }, due: { kind: 'until', date: '2026-01-01' } },
    { config: { days: 2 }, due: { kind: 'business', days: 2 } },
    { config: { days: 0, at: '09:00', calendar: {} }, due: { kind: 'business', days: 0, at: '09:00', calendar: {} } },
  ])('$config compiles to a timer', ({ config, due }) => {
    expect(wait.compile({ id: 'w', config: { type: 'wait', ...config } })).toEqual({
      activity: { kind: 'timer', due },
    });
  });

  test.each([
    { config: { for: '90s' }, codes: [] },
    { config: { for: { $: { var: 'input.pause' } } }, codes: [] },
    { config: { for: 'soon' }, codes: ['duration'] },
    { config: {}, codes: ['wait'] },
    { config: { for: '1s', days: 1 }, codes: ['wait'] },
  ])('$config has problems $codes', ({ config, codes }) => {
    expect(wait.check?.(config)?.map(({ code }) => code)).toEqual(codes);
  });

  test.each([
    { config: { for: '5s' }, durable: false },
    { config: { for: '5001ms' }, durable: true },
    { config: { for: { $: { var: 'input.pause' } } }, durable: true },
    { config: { until: '2026-01-01' }, durable: true },
  ])('$config needs a durable flow: $durable', ({ config, durable }) => {
    expect(wait.durableOnly(config)).toBe(durable);
  });
});
