import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { median } from './child.ts';

const PAGE = Buffer.alloc(4_096, 1);

/** Milliseconds that the disk takes to make a page durable, median; in the same minute as what it is compared with. */
export function syncMs(times = 300): number {
  const dir = mkdtempSync(join(tmpdir(), 'heddle-sync-'));
  const file = openSync(join(dir, 'file'), 'w');
  try {
    return median(
      Array.from({ length: times }, () => {
        const begun = performance.now();
        writeSync(file, PAGE);
        fdatasyncSync(file);
        return performance.now() - begun;
      }),
    );
  } finally {
    closeSync(file);
    rmSync(dir, { recursive: true });
  }
}

/**
 * Median latencies, in ms, of one caller that asks each target in turn, so that a busy neighbour hits all alike.
 *
 * @param urls answered with 200 to a POST of `body`
 */
export async function latencies(urls: readonly string[], body: string, times = 1_000): Promise<number[]> {
  const targets = urls.map((url) => ({ url: new URL(url), pool: new Pool(new URL(url).origin), took: [] as number[] }));
  for (let at = 0; at < times; at += 1) {
    for (const { url, pool, took } of targets) {
      const begun = performance.now();
      const answer = await pool.request({
        method: 'POST',
        path: url.pathname,
        headers: { 'content-type': 'application/json' },
        body,
      });
      await answer.body.text();
      took.push(performance.now() - begun);
    }
  }
  await Promise.all(targets.map(({ pool }) => pool.close()));
  return targets.map(({ took }) => median(took));
}
