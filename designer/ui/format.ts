import type { Language } from './preferences.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Format {
  /** Date and time with seconds. */
  readonly time: (ms: number) => string;
  /** Time of day with ms. */
  readonly clock: (ms: number) => string;
  /** `5 minutes ago`, `in 2 days`. */
  readonly ago: (ms: number, now: number) => string;
  /** At most two units: `412 ms`, `1.25 s`, `3 h 4 min`. */
  readonly duration: (ms: number) => string;
  readonly number: (value: number) => string;
}

/** Numbers and times as a language writes them. Times are epoch ms, durations ms. */
export function formatIn(language: Language): Format {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);
  const unit = (value: number, name: string, digits = 0) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: language === 'zh' ? 'short' : 'narrow',
      maximumFractionDigits: digits,
    }).format(value);
  const pair = (ms: number, big: number, bigName: string, small: number, smallName: string) => {
    const rest = Math.floor((ms % big) / small);
    const head = unit(Math.floor(ms / big), bigName);
    return rest === 0 ? head : `${head} ${unit(rest, smallName)}`;
  };
  return {
    time: (ms) => time.format(ms),
    clock: (ms) => clock.format(ms),
    ago: (ms, now) => {
      const past = ms - now;
      const size = Math.abs(past);
      if (size < MINUTE) return relative.format(Math.trunc(past / SECOND), 'second');
      if (size < HOUR) return relative.format(Math.trunc(past / MINUTE), 'minute');
      if (size < DAY) return relative.format(Math.trunc(past / HOUR), 'hour');
      return relative.format(Math.trunc(past / DAY), 'day');
    },
    duration: (ms) => {
      if (ms < 1) return unit(ms, 'millisecond', 1);
      if (ms < SECOND) return unit(ms, 'millisecond');
      if (ms < MINUTE) return unit(ms / SECOND, 'second', ms < 10 * SECOND ? 2 : 1);
      if (ms < HOUR) return pair(ms, MINUTE, 'minute', SECOND, 'second');
      if (ms < DAY) return pair(ms, HOUR, 'hour', MINUTE, 'minute');
      return pair(ms, DAY, 'day', HOUR, 'hour');
    },
    number: (value) => number.format(value),
  };
}
