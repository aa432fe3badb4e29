import { expect, test } from 'vitest';
import { placeOf, queryOf, responsesOf, urgencyOf } from './inbox.ts';

test.each([
  { box: 'open', user: 'li', query: { limit: '9', status: 'open', user: 'li' } },
  { box: 'open', user: '', query: { limit: '9', status: 'open' } },
  { box: 'mine', user: 'li', query: { limit: '9', status: 'claimed', claimedBy: 'li' } },
  { box: 'done', user: 'li', query: { limit: '9', status: 'closed', order: 'newest' } },
] as const)('the box $box of "$user" asks for $query', ({ box, user, query }) => {
  expect(queryOf(box, user, 9)).toEqual(query);
});

test.each([
  { dueAt: undefined, urgency: 'none' },
  { dueAt: 999, urgency: 'late' },
  { dueAt: 60_000, urgency: 'soon' },
  { dueAt: 7_200_000, urgency: 'none' },
])('due at $dueAt is $urgency', ({ dueAt, urgency }) => {
  expect(urgencyOf(dueAt, 1_000)).toBe(urgency);
});

test('only what has the form of a response is shown as one', () => {
  const response = { by: 'li', action: 'approve', data: null, at: 5 };
  expect(responsesOf([response, null, 'x', { by: 'li' }])).toEqual([response]);
});

test.each([
  { search: {}, place: { box: 'open' } },
  { search: { box: 'done', task: 't1' }, place: { box: 'done', task: 't1' } },
  { search: { box: 'attic', task: 7 }, place: { box: 'open' } },
])('the address $search shows $place', ({ search, place }) => {
  expect(placeOf(search)).toEqual(place);
});
