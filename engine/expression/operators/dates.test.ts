import { expect, test } from 'vitest';
import type { Json } from '../../errors.ts';
import { dataOf, outcome } from '../fixture.ts';
import { evaluateLogic } from '../index.ts';

const calendar = { holidays: ['2026-10-01', '2026-10-02'], workdays: ['2026-10-10'] };
const data = dataOf({ vars: { calendar } });

test.each<{ rule: Json; expected: Json }>([
  { rule: { now: [] }, expected: '2026-09-30T10:00:00.000Z' },
  { rule: { addDuration: ['2026-09-30T18:00:00+08:00', 'PT1H'] }, expected: '2026-09-30T11:00:00.000Z' },
  { rule: { addDuration: ['2026-09-30', '-30d'] }, expected: '2026-08-31' },
  { rule: { addDuration: ['2026-09-30', '1h'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { addDuration: ['2026-09-30T18:00:00', '1h'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { addDuration: ['2026-02-30', '1d'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { addDuration: [253402300799999, '1d'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { formatDate: [{ now: [] }, 'yyyy-MM-dd HH:mm:ss.SSS XXX'] }, expected: '2026-09-30 18:00:00.000 +08:00' },
  { rule: { formatDate: [{ now: [] }, "yyyy年M月d日 EEE 'at' H'h'", 'UTC'] }, expected: '2026年9月30日 Wed at 10h' },
  { rule: { formatDate: [{ now: [] }, 'XXX', 'UTC'] }, expected: 'Z' },
  { rule: { formatDate: ['2026-10-01', 'dd.MM.yy', 'America/New_York'] }, expected: '01.10.26' },
  { rule: { formatDate: ['2026-10-01', { cat: ['YY'] }] }, expected: 'EXPRESSION_TYPE' },
  { rule: { dateDiff: ['2026-09-30T00:00:00Z', { now: [] }, 'hours'] }, expected: 10 },
  { rule: { dateDiff: [{ now: [] }, '2026-09-30T08:30:00Z', 'hours'] }, expected: -1 },
  { rule: { dateDiff: ['2026-09-30', '2026-10-02', 'days'] }, expected: 2 },
  { rule: { dateDiff: ['2026-01-31', '2026-02-28', 'months'] }, expected: 0 },
  { rule: { dateDiff: ['2008-10-01', '2026-09-30', 'years'] }, expected: 17 },
  { rule: { dateDiff: ['2026-09-30', { now: [] }, 'days'] }, expected: 'EXPRESSION_TYPE' },
  { rule: { isBusinessDay: ['2026-10-01'] }, expected: true },
  { rule: { isBusinessDay: ['2026-10-01', calendar] }, expected: false },
  { rule: { isBusinessDay: ['2026-10-10', { var: 'vars.calendar' }] }, expected: true },
  { rule: { isBusinessDay: ['2026-10-10', { workdays: ['2026-10-10'] }] }, expected: true },
  { rule: { addBusinessDays: ['2026-09-30', 1, calendar] }, expected: '2026-10-05' },
  { rule: { addBusinessDays: ['2026-09-30T18:00:00+08:00', 1, calendar] }, expected: '2026-10-05T10:00:00.000Z' },
  { rule: { addBusinessDays: ['2026-10-03', 0] }, expected: '2026-10-05' },
  { rule: { addBusinessDays: ['2026-10-03', 1.5] }, expected: 'EXPRESSION_TYPE' },
  { rule: { nextBusinessDay: ['2026-10-09', calendar] }, expected: '2026-10-10' },
  { rule: { nextBusinessDay: ['2026-10-09'] }, expected: '2026-10-12' },
  { rule: { isBusinessDay: ['2026-10-01', { merge: [] }] }, expected: 'EXPRESSION_TYPE' },
])('$rule is $expected', ({ rule, expected }) => {
  expect(outcome(() => evaluateLogic(rule, data))).toBe(expected);
});
