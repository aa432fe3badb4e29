import { expect, test } from 'vitest';
import { addBusinessDays, atTimeOfDay, type Calendar, isBusinessDay, isCalendar } from './calendar.ts';

// National Day 2026: 1 to 7 October off, Saturday the 10th worked in exchange.
const calendar: Calendar = {
  holidays: ['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'],
  workdays: ['2026-10-10'],
};
const at = (text: string): number => Date.parse(`${text}+08:00`);
const shown = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16);

test.each([
  ['2026-09-30T10:00', true],
  ['2026-10-01T00:00', false],
  ['2026-10-03T12:00', false],
  ['2026-10-08T23:59', true],
  ['2026-10-10T09:00', true],
  ['2026-10-11T09:00', false],
])('%s is a business day: %s', (date, expected) => {
  expect(isBusinessDay(at(date), calendar)).toBe(expected);
});

test.each([
  { from: '2026-09-30T16:30', days: 1, to: '2026-10-08T16:30' },
  { from: '2026-09-30T16:30', days: 3, to: '2026-10-10T16:30' },
  { from: '2026-10-03T09:00', days: 1, to: '2026-10-08T09:00' },
  { from: '2026-10-03T09:00', days: 0, to: '2026-10-08T09:00' },
  { from: '2026-10-08T09:00', days: 0, to: '2026-10-08T09:00' },
  { from: '2026-10-08T09:00', days: -1, to: '2026-09-30T09:00' },
  { from: '2026-10-12T00:30', days: -1, to: '2026-10-10T00:30' },
])('$days business days from $from is $to', ({ from, days, to }) => {
  expect(shown(addBusinessDays(at(from), days, calendar))).toBe(to);
});

test('counts days in the zone of the calendar', () => {
  const fridayEvening = Date.parse('2026-10-16T20:00:00-04:00');
  expect(isBusinessDay(fridayEvening)).toBe(false);
  expect(isBusinessDay(fridayEvening, { timeZone: 'America/New_York' })).toBe(true);
});

test('keeps the time of day over a change of the clock', () => {
  const friday = Date.parse('2026-10-30T09:00:00-04:00');
  const monday = addBusinessDays(friday, 1, { timeZone: 'America/New_York' });
  expect(new Date(monday).toISOString()).toBe('2026-11-02T14:00:00.000Z');
});

test.each([
  { date: '2026-09-30T22:00:00Z', time: '09:00', zone: undefined, expected: '2026-10-01T01:00:00.000Z' },
  { date: '2026-09-30T22:00:00Z', time: '09:00:30', zone: 'UTC', expected: '2026-09-30T09:00:30.000Z' },
  // The clock skips 02:30 that night, and shows 01:30 twice in autumn.
  { date: '2026-03-08T12:00:00Z', time: '02:30', zone: 'America/New_York', expected: '2026-03-08T07:30:00.000Z' },
  { date: '2026-11-01T12:00:00Z', time: '01:30', zone: 'America/New_York', expected: '2026-11-01T05:30:00.000Z' },
])('$time in $zone on the day of $date is $expected', ({ date, time, zone, expected }) => {
  expect(new Date(atTimeOfDay(Date.parse(date), time, zone)).toISOString()).toBe(expected);
});

test.each(['9:00', '24:00', '09:60', 'noon'])('%s is no time of day', (time) => {
  expect(() => atTimeOfDay(0, time)).toThrow(RangeError);
});

test.each([1.5, 10_001, Number.NaN])('refuses to add %d business days', (count) => {
  expect(() => addBusinessDays(0, count)).toThrow(RangeError);
});

test.each([
  { value: {}, expected: true },
  { value: { ...calendar, timeZone: 'UTC' }, expected: true },
  { value: { holidays: ['2026-02-30'] }, expected: false },
  { value: { holidays: '2026-02-20' }, expected: false },
  { value: { workdays: ['2026-10-10T09:00:00Z'] }, expected: false },
  { value: { timeZone: 'Mars/Base' }, expected: false },
  { value: { weekends: [] }, expected: false },
  { value: null, expected: false },
])('$value is a calendar: $expected', ({ value, expected }) => {
  expect(isCalendar(value)).toBe(expected);
});
