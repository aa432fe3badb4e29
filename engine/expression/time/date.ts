import type { Json } from '../../errors.ts';
import { typeName, wrongType } from '../scope.ts';

/** A date as the author wrote it: a day on the calendar, or an instant. The two never mix. */
export type DateValue =
  | { readonly kind: 'day'; readonly dayMs: number }
  | { readonly kind: 'instant'; readonly ms: number };

const shape = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2}))?$/;

// The years 100 to 9999: Date.UTC takes a smaller year for one of the 20th century, and ISO 8601 ends there.
const earliestMs = -59_011_459_200_000;
const latestMs = 253_402_300_799_999;

/**
 * Reads a date: `2026-10-01`, `2026-10-01T09:00:00+08:00`, `…Z`, or epoch milliseconds. A time without an offset
 * would mean something else on every machine and is refused.
 *
 * @throws {FlowError} `EXPRESSION_TYPE`
 */
export function parseDate(value: Json | undefined, operator: string): DateValue {
  if (typeof value === 'number' && inRange(value)) return { kind: 'instant', ms: value };
  const parsed = typeof value === 'string' ? parseText(value) : undefined;
  if (parsed) return parsed;
  const expected = 'a date such as 2026-10-01 or 2026-10-01T09:00:00+08:00';
  throw wrongType(`"${operator}" needs ${expected}, not ${typeof value === 'string' ? 'this text' : typeName(value)}`, {
    operator,
  });
}

/** Whether a text is a day that exists: `2026-10-01`. */
export const isDay = (text: Json): boolean => typeof text === 'string' && parseText(text)?.kind === 'day';

function parseText(text: string): DateValue | undefined {
  const [, year, month, day, hour] = shape.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const dayMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC lets 31 February run over into March.
  if (writeDay(dayMs) !== `${year}-${month}-${day}`) return undefined;
  if (hour === undefined) return { kind: 'day', dayMs };
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : { kind: 'instant', ms };
}

const inRange = (ms: number): boolean => Number.isInteger(ms) && ms >= earliestMs && ms <= latestMs;

/** Writes a date in the kind that it was read: `2026-10-01`, or `2026-10-01T01:00:00.000Z`. */
export function writeDate(date: DateValue, operator: string): string {
  const ms = date.kind === 'day' ? date.dayMs : date.ms;
  if (!inRange(ms)) throw wrongType(`"${operator}" leaves the years 100 to 9999`, { operator });
  return date.kind === 'day' ? writeDay(ms) : new Date(ms).toISOString();
}

const writeDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
