import { useEffect, useMemo, useState } from 'react';
import { type Format, formatIn } from './format.ts';
import { usePreferences } from './preferences.ts';

/** Numbers and times as the language that is shown writes them. */
export function useFormat(): Format {
  const language = usePreferences((state) => state.language);
  return useMemo(() => formatIn(language), [language]);
}

/** The time, epoch ms, read again every so often; with 0 it stands still. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === 0) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
