import type { Json } from '../../errors.ts';
import { isList, isObject } from '../json.ts';
import { eager, type Operator, type Operators, type Scope, wrongType } from '../scope.ts';
import {
  addBusinessDays,
  addWorkedDays,
  type Calendar,
  isBusinessDay,
  isCalendar,
  isWorked,
  maxBusinessDays,
} from '../time/calendar.ts';
import { type DateValue, parseDate, writeDate } from '../time/date.ts';
import { parseDuration } from '../time/duration.ts';
import { formatDate, isDatePattern } from '../time/format-date.ts';
import { dayMs, defaultTimeZone, isTimeZone, toWall } from '../time/zone.ts';

// Time zones go through Intl, which takes ten microseconds.
const cost = 40;

function zoneOf(value: Json | undefined, operator: string): string {
  if (value === undefined) return defaultTimeZone;
  if (typeof value === 'string' && isTimeZone(value)) return value;
  throw wrongType(`"${operator}" needs a time zone such as Asia/Shanghai`, { operator });
}

/** A duration with an optional minus: going back is an everyday thing for a date, though not for a timer. */
function signedDuration(value: Json | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = parseDuration(value.replace(/^-/, ''));
  return ms !== undefined && value.startsWith('-') ? -ms : ms;
}

const durationHint = 'a duration is 800ms, 90s, 5m, 2h, 3d or ISO 8601 without months and years (PT1H30M, P2D)';

const addDuration = eager({
  args: [2, 2],
  cost,
  literal: (index, value) => (index === 1 && signedDuration(value) === undefined ? durationHint : undefined),
  apply: ([value, duration], _scope, name) => {
    const date = parseDate(value, name);
    const ms = signedDuration(duration);
    if (ms === undefined) throw wrongType(`"${name}": ${durationHint}`, { operator: name });
    if (date.kind === 'instant') return writeDate({ kind: 'instant', ms: date.ms + ms }, name);
    if (ms % dayMs !== 0)
      throw wrongType(`"${name}" adds only whole days to a date without a time`, { operator: name });
    return writeDate({ kind: 'day', dayMs: date.dayMs + ms }, name);
  },
});

const patternHint =
  'a pattern is made of yyyy yy MM M dd d HH H mm m ss s SSS EEE XXX, signs, and text in single quotes';

const format = eager({
  args: [2, 3],
  cost,
  literal: (index, value) => {
    if (index === 1 && !(typeof value === 'string' && isDatePattern(value))) return patternHint;
    return index === 2 && !(typeof value === 'string' && isTimeZone(value)) ? 'no such time zone' : undefined;
  },
  apply: ([value, pattern, timeZone], { budget }, name) => {
    const date = parseDate(value, name);
    const zone = zoneOf(timeZone, name);
    if (typeof pattern === 'string') budget.spend(pattern.length);
    const wallMs = date.kind === 'day' ? date.dayMs : toWall(date.ms, zone);
    const shown = { wallMs, offsetMs: wallMs - msOf(date) };
    const text = typeof pattern === 'string' ? formatDate(shown, pattern) : undefined;
    if (text === undefined) throw wrongType(`"${name}": ${patternHint}`, { operator: name });
    return budget.text(text);
  },
});

const unitMs: ReadonlyMap<Json, number> = new Map([
  ['milliseconds', 1],
  ['seconds', 1_000],
  ['minutes', 60_000],
  ['hours', 3_600_000],
  ['days', dayMs],
]);

const unitHint =
  'the unit is one of milliseconds, seconds, minutes, hours, days, and for dates without a time months, years';

const isCalendarUnit = (unit: Json | undefined): boolean => unit === 'months' || unit === 'years';

/** Whole months from one day to another, toward zero. */
function months(fromMs: number, toMs: number): number {
  if (toMs < fromMs) return -months(toMs, fromMs);
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const count = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  return to.getUTCDate() < from.getUTCDate() ? count - 1 : count;
}

const dateDiff = eager({
  args: [3, 3],
  cost,
  literal: (index, value) => (index === 2 && !unitMs.has(value) && !isCalendarUnit(value) ? unitHint : undefined),
  apply: ([from, to, unit = null], _scope, name) => {
    const [start, end] = [parseDate(from, name), parseDate(to, name)];
    if (start.kind === 'day' && end.kind === 'day') {
      if (unit === 'months') return months(start.dayMs, end.dayMs);
      if (unit === 'years') return Math.trunc(months(start.dayMs, end.dayMs) / 12);
    }
    const size = unitMs.get(unit);
    if (size === undefined) throw wrongType(`"${name}": ${unitHint}`, { operator: name });
    if (start.kind !== end.kind)
      throw wrongType(`"${name}" compares two dates or two times, not one of each`, { operator: name });
    // Adding 0 turns -0, which JSON does not have, into 0.
    return Math.trunc((msOf(end) - msOf(start)) / size) + 0;
  },
});

const msOf = (date: DateValue): number => (date.kind === 'day' ? date.dayMs : date.ms);

const calendarHint = 'a calendar is { holidays: ["2026-10-01"], workdays: ["2026-10-10"], timeZone: "Asia/Shanghai" }';

function calendarOf(value: Json | undefined, { budget }: Scope, operator: string): Calendar | undefined {
  if (value === undefined) return undefined;
  if (isObject(value)) for (const list of Object.values(value)) if (isList(list)) budget.spend(list.length);
  if (isCalendar(value)) return value;
  throw wrongType(`"${operator}": ${calendarHint}`, { operator });
}

const literalCalendar =
  (at: number): Operator['literal'] =>
  (index, value) =>
    index === at && !isCalendar(value) ? calendarHint : undefined;

function shift(date: DateValue, count: number, calendar: Calendar | undefined, operator: string): string {
  if (date.kind === 'day')
    return writeDate({ kind: 'day', dayMs: addWorkedDays(date.dayMs, count, calendar) }, operator);
  return writeDate({ kind: 'instant', ms: addBusinessDays(date.ms, count, calendar) }, operator);
}

export const dates: Operators = {
  now: eager({ args: [0, 0], apply: (_args, { data }) => new Date(data.now).toISOString() }),
  addDuration,
  formatDate: format,
  dateDiff,
  isBusinessDay: eager({
    args: [1, 2],
    cost,
    literal: literalCalendar(1),
    apply: ([value, calendar], scope, name) => {
      const date = parseDate(value, name);
      const days = calendarOf(calendar, scope, name);
      return date.kind === 'day' ? isWorked(date.dayMs, days) : isBusinessDay(date.ms, days);
    },
  }),
  addBusinessDays: eager({
    args: [2, 3],
    cost,
    literal: literalCalendar(2),
    apply: ([value, count, calendar], scope, name) => {
      if (typeof count !== 'number' || !Number.isInteger(count) || Math.abs(count) > maxBusinessDays) {
        throw wrongType(`"${name}" adds a whole number of days, at most ${maxBusinessDays}`, { operator: name });
      }
      scope.budget.spend(2 * Math.abs(count));
      return shift(parseDate(value, name), count, calendarOf(calendar, scope, name), name);
    },
  }),
  nextBusinessDay: eager({
    args: [1, 2],
    cost,
    literal: literalCalendar(1),
    apply: ([value, calendar], scope, name) =>
      shift(parseDate(value, name), 1, calendarOf(calendar, scope, name), name),
  }),
};
