import { useFormat, useNow } from './use-format.ts';

/** A moment as people say it; the exact time shows on hover. @param at epoch ms */
export function When({ at }: { readonly at: number }) {
  const format = useFormat();
  const now = useNow(10_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={format.time(at)}>
      {format.ago(at, Math.max(now, Date.now()))}
    </time>
  );
}
