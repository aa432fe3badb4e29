/** The zone of dates when the author names none. */
export const defaultTimeZone = 'Asia/Shanghai';

export const dayMs = 86_400_000;

// Making a formatter costs as much as using it fifty times. Names come from data, so the number kept is bounded.
const formatters = new Map<string, Intl.DateTimeFormat>();
const maxFormatters = 100;

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  if (formatters.size >= maxFormatters) formatters.clear();
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}

export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    // Intl has no other way to ask: an unknown name throws.
    return false;
  }
}

/** The wall time of an instant, as the milliseconds at which a clock on UTC would show it. */
export function toWall(instantMs: number, timeZone: string): number {
  // Not formatToParts, which takes three times as long. American English has the month first.
  const numbers = formatterOf(timeZone).format(instantMs).match(/\d+/g) ?? [];
  const [month = 1, day = 1, year = 1, hour = 0, minute = 0, second = 0] = numbers.map(Number);
  const rest = ((instantMs % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second, rest);
}

/**
 * The instant of a wall time. A time that the clock skips in spring is moved on by the length of the gap; of a time
 * that it shows twice in autumn the first is taken.
 */
export function toInstant(wallMs: number, timeZone: string): number {
  const before = wallMs - offsetMs(wallMs - dayMs, timeZone);
  if (toWall(before, timeZone) === wallMs) return before;
  const after = wallMs - offsetMs(wallMs + dayMs, timeZone);
  return toWall(after, timeZone) === wallMs ? after : before;
}

function offsetMs(instantMs: number, timeZone: string): number {
  return toWall(instantMs, timeZone) - instantMs;
}
