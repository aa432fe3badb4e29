const DAY_MS = 86_400_000;

/** Public holidays that fall on weekdays, and weekends that are worked instead; the years after go by weekends alone. */
const holidays = new Set([
  ...['2026-01-01', '2026-01-02', '2026-02-16', '2026-02-17', '2026-02-18', '2026-02-19', '2026-02-20', '2026-02-23'],
  ...['2026-04-06', '2026-05-01', '2026-05-04', '2026-05-05', '2026-06-19', '2026-09-25'],
  ...['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'],
]);
const workedWeekends = new Set(['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10']);

/** @param day - `YYYY-MM-DD`, a calendar day in China. */
export function isBusinessDay(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return workedWeekends.has(day) || (weekday !== 0 && weekday !== 6 && !holidays.has(day));
}

/** The n-th business day after `day` (before it, if negative); with 0 the day itself or else the next business day. */
export function addBusinessDays(day: string, count: number): string {
  if (count === 0) return isBusinessDay(day) ? day : addBusinessDays(day, 1);
  const step = Math.sign(count);
  let current = day;
  for (let left = Math.abs(count); left > 0; ) {
    current = addDays(current, step);
    if (isBusinessDay(current)) left -= 1;
  }
  return current;
}

function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}
