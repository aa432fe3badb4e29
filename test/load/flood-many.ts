import { atLeast, atMost, type Figure } from './flood-report.ts';
import type { Stream } from './flood-sender.ts';
import { type FloodEngine, percentile, Stage } from './flood-stage.ts';
import { countRuns } from './flood-store.ts';

const LATENCY_MS = 15;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** So many starts that nobody waits for, from so many callers at once; what is refused is sent again. */
const starts = (flow: string, body: object, total: number): Stream => ({
  name: flow,
  path: `/flows/${flow}?wait=0s`,
  body: JSON.stringify(body),
  rate: 64,
  closed: true,
  total,
});

async function startAll(stage: Stage, engine: FloodEngine, stream: Stream, seconds: number): Promise<number> {
  const { tallies } = await stage.flood(engine.url, [{ seconds, streams: [stream] }], 2_000);
  const tally = tallies[0]?.[0];
  if (tally === undefined || tally.faults.length > 0) throw new Error(`not a start: ${tally?.faults[0]}`);
  return tally.admitted.ms.length;
}

async function atRest(engine: FloodEngine): Promise<void> {
  while ((await engine.memory()).activeRuns > 0) await pause(200);
}

/** Starts that nobody waits for: every one that was accepted ends, however many there are. */
export async function floodBackground(count = 100_000): Promise<Figure[]> {
  const stage = new Stage();
  try {
    const engine = await stage.engine(await stage.service(LATENCY_MS));
    const begun = performance.now();
    const accepted = await startAll(stage, engine, starts('flood-quick', { id: 'C1' }, count), 280);
    await atRest(engine);
    const seconds = (performance.now() - begun) / 1_000;
    await engine.stop();
    const counts = await countRuns(stage.dataDir, 'flood-quick');
    const completed = counts.find(({ status }) => status === 'completed')?.count ?? 0;
    const all = counts.reduce((sum, each) => sum + each.count, 0);
    return [
      atLeast('asynchronous starts accepted', accepted, 'runs', count),
      atMost('accepted, not completed', accepted - completed, 'runs', 0),
      atMost('runs that nobody was told of', all - accepted, 'runs', 0),
      atLeast('accepted and completed', completed / seconds, 'runs/s', 1),
    ];
  } finally {
    await stage.close();
  }
}

/** Timers that are due in the same moment. */
export async function floodTimers(count = 10_000, startSeconds = 40): Promise<Figure[]> {
  const stage = new Stage();
  try {
    const engine = await stage.engine(await stage.service(LATENCY_MS));
    const dueAt = Math.ceil(Date.now() / 1_000 + startSeconds) * 1_000;
    const stream = starts('flood-timer', { at: new Date(dueAt).toISOString() }, count);
    const accepted = await startAll(stage, engine, stream, startSeconds - 5);
    while (Date.now() < dueAt + 1_000) await pause(100);
    await atRest(engine);
    await pause(2_000);
    await engine.stop();
    const [fired, ...others] = await countRuns(stage.dataDir, 'flood-timer');
    return [
      atLeast('timers set for one moment', accepted, 'timers', count),
      atMost('not fired', accepted - (fired?.status === 'completed' ? fired.count : 0) + others.length, 'timers', 0),
      atLeast('the first after it was due', (fired?.firstEnd ?? 0) - dueAt, 'ms', 0),
      atMost('the last after it was due', (fired?.lastEnd ?? Infinity) - dueAt, 'ms', 2_000),
    ];
  } finally {
    await stage.close();
  }
}

/** Runs that wait for an event: they are in the store, not in memory, and an engine that starts need not read them. */
export async function floodWaiting(count = 100_000): Promise<Figure[]> {
  const stage = new Stage();
  try {
    const service = await stage.service(LATENCY_MS);
    const empty = performance.now();
    const engine = await stage.engine(service);
    const emptyMs = performance.now() - empty;
    await startAll(stage, engine, starts('flood-wait', { id: 'warm' }, 1_000), 30);
    const before = await engine.memory();
    const accepted = await startAll(stage, engine, starts('flood-wait', { id: 'C1' }, count), 280);
    await atRest(engine);
    const after = await engine.memory();
    await engine.stop();
    const begun = performance.now();
    const next = await stage.engine(service);
    const readyMs = performance.now() - begun;
    const { heapUsed } = await next.memory();
    const { runs } = (await (await fetch(`${next.url}/runs?flow=flood-wait&limit=1`)).json()) as {
      runs: { id: string }[];
    };
    const path = `${next.url}/runs/${runs[0]?.id}/signals/flood.answer?correlation=C1`;
    const signal = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    return [
      atLeast('waiting runs', accepted, 'runs', count),
      atMost(
        'heap of the engine that accepted them, each',
        (after.heapUsed - before.heapUsed) / accepted,
        'bytes',
        2_048,
      ),
      atMost(
        'heap of the next engine, more than before, each',
        (heapUsed - before.heapUsed) / accepted,
        'bytes',
        2_048,
      ),
      atMost('start of a process on an empty store to ready', emptyMs, 'ms', Number.POSITIVE_INFINITY),
      atMost('start of its process to ready', readyMs, 'ms', 5_000),
      atMost('a signal to one of them is answered', signal.status, '', 202),
    ];
  } finally {
    await stage.close();
  }
}

/** Other runs beside one that fans out over many items. */
export async function floodFanOut(items = 10_000, seconds = 10): Promise<Figure[]> {
  const stage = new Stage();
  try {
    const engine = await stage.engine(await stage.service(LATENCY_MS));
    const body = JSON.stringify({ id: 'C1', amount: '1200.00' });
    const streams: Stream[] = [{ name: 'others', path: '/flows/flood-normal', body, rate: 10 }];
    await stage.flood(engine.url, [{ seconds: 3, streams }]);
    const alone = await stage.flood(engine.url, [{ seconds, streams }]);
    const begun = performance.now();
    const response = await fetch(`${engine.url}/flows/flood-fan-out?wait=0s`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: Array.from({ length: items }, (_, n) => n) }),
    });
    const { runId } = (await response.json()) as { runId: string };
    const beside = await stage.flood(engine.url, [{ seconds, streams }]);
    const isOver = async () =>
      ((await (await fetch(`${engine.url}/runs/${runId}`)).json()) as { status: string }).status;
    while ((await engine.memory()).activeRuns > 0) await pause(200);
    const [before, with_] = [alone, beside].map(({ tallies }) => tallies[0]?.[0]?.admitted.ms ?? []);
    const p99 = percentile(before ?? [], 0.99);
    console.error(`fan-out ${await isOver()} after ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
    return [
      atMost('p99 of other runs alone', p99, 'ms', Number.POSITIVE_INFINITY),
      atMost(`p99 beside a forEach over ${items} items, times as long`, percentile(with_ ?? [], 0.99) / p99, '×', 2),
    ];
  } finally {
    await stage.close();
  }
}
