import type { Json } from '../../errors.ts';
import { isList, isObject } from '../json.ts';
import { isDay } from './date.ts';
import { dayMs, defaultTimeZone, isTimeZone, toInstant, toWall } from './zone.ts';

/** Which days a bank works: Monday to Friday, except as listed. Days are `2026-10-01`. */
export interface Calendar {
  readonly holidays?: readonly string[];
  /** Days worked although they fall on a weekend (调休). They win over `holidays`. */
  readonly workdays?: readonly string[];
  /** `Asia/Shanghai` unless told. */
  readonly timeZone?: string;
}

const isDays = (value: Json | undefined): boolean => value === undefined || (isList(value) && value.every(isDay));

/** Whether some JSON is a calendar: nothing else in it, every day and the zone exist. */
export function isCalendar(value: Json): value is { readonly [key: string]: Json } & Calendar {
  if (!isObject(value)) return false;
  const { holidays, workdays, timeZone, ...rest } = value;
  const hasZone = timeZone === undefined || (typeof timeZone === 'string' && isTimeZone(timeZone));
  return Object.keys(rest).length === 0 && isDays(holidays) && isDays(workdays) && hasZone;
}

/** Business days that may be added at once. */
export const maxBusinessDays = 10_000;

/** Days as midnight UTC. */
interface Sets {
  readonly holidays: ReadonlySet<number>;
  readonly workdays: ReadonlySet<number>;
}

const cache = new WeakMap<Calendar, Sets>();
const standard: Calendar = {};

function setsOf(calendar: Calendar): Sets {
  const known = cache.get(calendar);
  if (known) return known;
  const days = (names: readonly string[] = []): ReadonlySet<number> => new Set(names.map((name) => Date.parse(name)));
  const sets = { holidays: days(calendar.holidays), workdays: days(calendar.workdays) };
  cache.set(calendar, sets);
  return sets;
}

/** Whether a day is worked; `day` is midnight UTC of that day on the calendar. */
export function isWorked(day: number, calendar: Calendar = standard): boolean {
  const { holidays, workdays } = setsOf(calendar);
  // 1 January 1970 was a Thursday.
  const weekday = (((day / dayMs + 4) % 7) + 7) % 7;
  return workdays.has(day) || (weekday > 0 && weekday < 6 && !holidays.has(day));
}

/**
 * The day `count` business days after a day, or before it when negative. With 0, the day itself if it is worked, else
 * the next one that is.
 */
export function addWorkedDays(day: number, count: number, calendar: Calendar = standard): number {
  const step = count < 0 ? -dayMs : dayMs;
  let at = day;
  if (count === 0) {
    while (!isWorked(at, calendar)) at += step;
    return at;
  }
  for (let left = Math.abs(count); left > 0; ) {
    at += step;
    if (isWorked(at, calendar)) left -= 1;
  }
  return at;
}

const startOfDay = (wallMs: number): number => Math.floor(wallMs / dayMs) * dayMs;

const zoneOf = (calendar: Calendar): string => calendar.timeZone ?? defaultTimeZone;

/** Whether an instant (epoch ms) falls on a business day in the calendar's zone. */
export function isBusinessDay(dateMs: number, calendar: Calendar = standard): boolean {
  return isWorked(startOfDay(toWall(dateMs, zoneOf(calendar))), calendar);
}

/**
 * The same time of day, `count` business days later, or earlier when negative. With 0 an instant on a business day
 * stays, any other moves on to the next one. Epoch ms in and out.
 *
 * @throws {RangeError} If `count` is no whole number up to 10,000, or the calendar's zone does not exist.
 */
export function addBusinessDays(dateMs: number, count: number, calendar: Calendar = standard): number {
  if (!Number.isInteger(count) || Math.abs(count) > maxBusinessDays) {
    throw new RangeError(`${count} business days: at most ${maxBusinessDays} at once`);
  }
  const wallMs = toWall(dateMs, zoneOf(calendar));
  const day = startOfDay(wallMs);
  return toInstant(addWorkedDays(day, count, calendar) + (wallMs - day), zoneOf(calendar));
}

const timeOfDay = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;

/** Whether a text is a time of day: `09:00`, `09:00:30`. */
export const isTimeOfDay = (text: string): boolean => timeOfDay.test(text);

/**
 * The instant at which a clock in the zone shows a time on the day of `dateMs`: before or after `dateMs`. Epoch ms.
 *
 * @throws {RangeError} If `time` is no time of day or the zone does not exist.
 */
export function atTimeOfDay(dateMs: number, time: string, timeZone: string = defaultTimeZone): number {
  const parts = timeOfDay.exec(time);
  if (!parts) throw new RangeError(`"${time}" is no time of day: write 09:00`);
  const [hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  const timeMs = ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  return toInstant(startOfDay(toWall(dateMs, timeZone)) + timeMs, timeZone);
}
