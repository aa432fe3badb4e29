import { expect, test } from 'vitest';
import { changed, hasFilters, queryOf, sinceOf } from './search.ts';

const now = 1_800_000_000_000;

test('the filters of the address become parameters of the engine', () => {
  const search = {
    status: 'failed',
    flow: 'pay',
    businessKey: '531352100001220260105000000003',
    since: '1h',
    tour: 'x',
  };
  expect(queryOf(search, 50, now)).toEqual({
    limit: '50',
    status: 'failed',
    flow: 'pay',
    businessKey: '531352100001220260105000000003',
    startedAfter: String(now - 3_600_000),
  });
});

test('a span of one’s own may be open at either end', () => {
  expect(sinceOf({ from: '2026-01-01T00:00' })).toBe('custom');
  expect(queryOf({ since: 'custom', from: '2026-01-01T00:00', to: 'nonsense' }, 1, now)).toEqual({
    limit: '1',
    startedAfter: String(Date.parse('2026-01-01T00:00')),
  });
});

test('a changed filter begins at the first page, and what is emptied leaves the address', () => {
  expect(changed({ before: 'x', status: 'failed', flow: 'a' }, { status: undefined, flow: 'b' })).toEqual({
    flow: 'b',
  });
  expect(changed({ flow: 'a', after: 'x' }, { before: 'y' })).toEqual({ flow: 'a', before: 'y' });
  expect([hasFilters({ before: 'x' }), hasFilters({ since: '1h' })]).toEqual([false, true]);
});
