import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { newRunId } from '@heddle/engine/runtime/run-id';
import type { Op } from '@heddle/engine/store/sqlite/protocol';
import { SqliteDatabase } from '@heddle/engine/store/sqlite/sqlite';
import { openStore } from '@heddle/engine/store/store';
import { atMost, type Figure } from './flood-report.ts';
import { percentile, Stage } from './flood-stage.ts';

const INSERT =
  'INSERT INTO runs (run_id, flow_id, version, status, busy, business_key, parent_run, outcome, error_code, error_message, error_node, started_at, updated_at, finished_at, snapshot_sequence) VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)';
const FLOWS = 20;
const EVERY_MS = 1_000;
const ROWS_AT_ONCE = 1_000;

/** What the n-th of so many runs is: the oldest hundredth failed in one flow, the newest hundredth waits. */
function statusOf(n: number, count: number): string {
  if (n > count * 0.99) return 'waiting';
  if (n % 50 === 7) return 'compensated';
  if (n % 100 === 3) return 'cancelled';
  return n < count / 100 && n % FLOWS === 1 ? 'failed' : 'completed';
}

function insertOf(n: number, count: number, at: number, parent: string | undefined): { id: string; op: Op } {
  const id = parent === undefined ? newRunId(at) : `${parent}~1`;
  const status = statusOf(n, count);
  const failed = status === 'failed';
  const row = [
    ...[id, `flow-${n % FLOWS}`, 'a'.repeat(64), status, `order-${n}`, parent ?? null],
    ...[failed ? null : 'approved', failed ? 'SERVICE_ERROR' : null, failed ? 'it refused' : null],
    ...[failed ? 'debit' : null, at, at + 500, status === 'waiting' ? null : at + 500],
  ];
  return { id, op: ['run', ...row] };
}

/** Fills a new store with runs that ended, one a second up to now, every tenth of them of a sub-flow. */
async function fill(dataDir: string, count: number): Promise<{ readonly sinceMs: number; readonly parent: string }> {
  mkdirSync(dataDir, { recursive: true });
  const database = await SqliteDatabase.open({ path: join(dataDir, 'heddle.db'), statements: { run: INSERT } });
  await openStore(database, Date.now);
  const sinceMs = Date.now() - count * EVERY_MS;
  let last = '';
  let parent = '';
  let ops: Op[] = [];
  for (let n = 0; n < count; n += 1) {
    const child = n % 10 === 5;
    const { id, op } = insertOf(n, count, sinceMs + n * EVERY_MS, child ? last : undefined);
    if (child) parent = last;
    last = id;
    ops.push(op);
    if (ops.length < ROWS_AT_ONCE && n + 1 < count) continue;
    await database.append(ops);
    ops = [];
  }
  await database.close();
  return { sinceMs, parent };
}

interface Page {
  readonly runs: readonly { readonly id: string }[];
  readonly next?: string;
}

/** Lists of runs among a million that have ended: by page, flow, status, business key, parent and time. */
export async function floodRuns(count = 1_000_000, rounds = 300): Promise<Figure[]> {
  const stage = new Stage();
  try {
    const { sinceMs, parent } = await fill(join(stage.dataDir, 'data'), count);
    const engine = await stage.engine(0);
    const page = async (query: string) => (await (await fetch(`${engine.url}/runs?${query}`)).json()) as Page;
    const timeOf = (share: number) => Math.round(sinceMs + count * EVERY_MS * share);
    let next = '';
    const kinds: { readonly [name: string]: (n: number) => Promise<number> } = {
      'first page': async () => (await page('')).runs.length,
      'next pages': async () => {
        const found = await page(next === '' ? '' : `before=${next}`);
        next = found.next ?? '';
        return found.runs.length;
      },
      'a flow': async (n) => (await page(`flow=flow-${n % FLOWS}`)).runs.length,
      'a status': async () => (await page('status=compensated')).runs.length,
      'a rare status of a flow': async () => (await page('flow=flow-1&status=failed')).runs.length,
      'a status that a flow never had': async () => 1 + (await page('flow=flow-2&status=failed')).runs.length,
      'a business key': async (n) => (await page(`businessKey=order-${(n * 7_919) % count}`)).runs.length,
      'sub-flows of a run': async () => (await page(`parent=${parent}`)).runs.length,
      'the last half minute': async () => (await page(`startedAfter=${timeOf(1) - 30_000}`)).runs.length,
      'a minute long ago': async (n) => {
        const from = timeOf(((n * 31) % 97) / 100);
        return (await page(`startedAfter=${from}&startedBefore=${from + 60_000}`)).runs.length;
      },
      'a status of a flow, long ago': async (n) =>
        (await page(`flow=flow-${n % FLOWS}&status=completed&startedBefore=${timeOf(0.1)}`)).runs.length || 1,
      'the page before': async () => (await page(`after=${next}`)).runs.length,
    };
    const figures: Figure[] = [];
    for (const [name, ask] of Object.entries(kinds)) {
      const ms: number[] = [];
      for (let n = 0; n < rounds + 20; n += 1) {
        const begun = performance.now();
        const found = await ask(n);
        if (n >= 20) ms.push(performance.now() - begun);
        if (found === 0) throw new Error(`${name} found nothing`);
      }
      figures.push(atMost(`list of ${count} runs: ${name}, p99`, percentile(ms, 0.99), 'ms', 20));
    }
    return figures;
  } finally {
    await stage.close();
  }
}
