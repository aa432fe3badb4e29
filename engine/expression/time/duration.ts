const sizes = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const short = /^(\d{1,15})(ms|s|m|h|d)$/;
const iso =
  /^P(?=\d|T\d)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?$/;

/**
 * Milliseconds of a duration: `800ms`, `90s`, `5m`, `2h`, `3d`, or ISO 8601 from weeks to seconds (`PT1H30M`, `P2D`).
 * Months and years have no fixed length and are refused: `undefined`, as for anything else that is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = short.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return safe(Number(amount) * unitMs(unit));
  const parts = iso.exec(text);
  if (!parts) return undefined;
  const [weeks, days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return safe(
    (weeks ?? 0) * sizes.w +
      (days ?? 0) * sizes.d +
      (hours ?? 0) * sizes.h +
      (minutes ?? 0) * sizes.m +
      Math.round((seconds ?? 0) * sizes.s),
  );
}

function unitMs(unit: string): number {
  return unit === 'ms' || unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? sizes[unit] : Number.NaN;
}

function safe(valueMs: number): number | undefined {
  return Number.isSafeInteger(valueMs) ? valueMs : undefined;
}
