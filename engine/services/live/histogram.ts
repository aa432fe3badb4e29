/** Each bucket's upper bound is this much above the one before: a quantile is at most 5 % off. */
const GROWTH = 1.1;
const LEAST_MS = 0.01;
const MOST_MS = 3_600_000;
const LOG_GROWTH = Math.log(GROWTH);

/** How many buckets there are, from 10 µs to an hour; what is outside counts as the nearest. */
export const BUCKETS = Math.ceil(Math.log(MOST_MS / LEAST_MS) / LOG_GROWTH) + 1;

export function bucketOf(durationMs: number): number {
  if (!(durationMs > LEAST_MS)) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(durationMs / LEAST_MS) / LOG_GROWTH));
}

/** The middle of a bucket, by ratio, in milliseconds. */
function middleOf(bucket: number): number {
  return bucket === 0 ? LEAST_MS : LEAST_MS * GROWTH ** (bucket - 0.5);
}

/**
 * The values below which these shares of what was counted lie.
 *
 * @param counts by bucket
 * @param shares from 0 to 1, ascending
 * @returns `undefined` for each if nothing was counted
 */
export function quantiles(counts: Uint32Array, shares: readonly number[]): (number | undefined)[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let bucket = 0;
  let seen = counts[0] ?? 0;
  return shares.map((share) => {
    if (total === 0) return undefined;
    const rank = Math.max(1, Math.ceil(share * total));
    while (seen < rank && bucket < BUCKETS - 1) {
      bucket += 1;
      seen += counts[bucket] ?? 0;
    }
    return middleOf(bucket);
  });
}
