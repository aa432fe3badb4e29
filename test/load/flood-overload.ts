import { CALLS } from './flood-flows.ts';
import { atLeast, atMost, type Figure } from './flood-report.ts';
import type { Phase, Stream, Tally } from './flood-sender.ts';
import { type FloodEngine, percentile, Stage } from './flood-stage.ts';

const LATENCY_MS = 5;
/** How long a step may wait for the engine under load: what the admission aims at, twice over, for the loop and the disk. */
const QUEUE_BOUND_MS = 20;
const RECOVERY_MS = 2_000;
const PROBES_PER_SECOND = 5;

const body = JSON.stringify({ id: 'C0001', amount: '1200.00' });
const stream = (priority: string, rate: number, more: Partial<Stream> = {}): Stream => ({
  name: priority,
  path: `/flows/flood-${priority}`,
  body,
  rate,
  ...more,
});

/** Runs per second that an engine without a limit completes, by so many callers that more would only wait longer. */
async function capacityOf(stage: Stage, service: number, seconds: number): Promise<number> {
  const engine = await stage.engine(service, { HEDDLE_MAX_ACTIVE_RUNS: '100000' }, 'free');
  const callers = { closed: true };
  const { tallies } = await stage.flood(engine.url, [
    { seconds: 3, streams: [stream('normal', 32, callers)] },
    { seconds, streams: [stream('normal', 48, callers)] },
    { seconds, streams: [stream('normal', 96, callers)] },
  ]);
  await engine.stop();
  return Math.max(...tallies.slice(1).map(([tally]) => (tally?.admitted.ms.length ?? 0) / seconds));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts runs and cancels each in its middle; how long until everything that it did was undone, in ms. */
async function undoTimes(engine: FloodEngine, count: number): Promise<number[]> {
  const post = (path: string, text: string) =>
    fetch(engine.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
  const times: number[] = [];
  // A start that is refused is tried again: this is about runs that were taken.
  for (let tries = 0; times.length < count && tries < 20 * count; tries += 1) {
    const started = await post('/flows/flood-high?wait=500ms', body).then(async (answer) =>
      answer.status === 200 ? undefined : ((await answer.json()) as { runId?: string }).runId,
    );
    if (started === undefined) {
      await pause(100);
      continue;
    }
    const begun = performance.now();
    await post(`/runs/${started}/cancel`, '{}');
    while (
      ((await (await fetch(`${engine.url}/runs/${started}`)).json()) as { status: string }).status !== 'compensated'
    )
      await pause(20);
    times.push(performance.now() - begun);
  }
  return times;
}

/** Ten times as many starts as the engine can take, from callers who do not slow down. */
export async function floodOverload(seconds = 60, times = 10): Promise<Figure[]> {
  const stage = new Stage();
  try {
    const service = await stage.service(LATENCY_MS);
    const capacity = await capacityOf(stage, service, 6);
    const engine = await stage.engine(service);
    const calm = [stream('normal', PROBES_PER_SECOND), stream('high', PROBES_PER_SECOND)];
    // What the process needs to work at all, whatever comes: compiled code, connections, a young generation of its size.
    const first = { seconds: 5, streams: [stream('normal', capacity * times)] };
    await stage.flood(engine.url, [{ seconds: 4, streams: calm }, first]);
    const before = await engine.memory();
    const phases: Phase[] = [
      { seconds: 6, streams: calm },
      { seconds, streams: [stream('normal', capacity * times), stream('high', PROBES_PER_SECOND)] },
      { seconds: 6, streams: calm },
    ];
    const { tallies } = await stage.flood(engine.url, phases);
    const after = await engine.memory();
    await engine.stop();
    const capacityAfter = await capacityOf(stage, service, 6);
    const [unloaded = [], flood = [], recovery = []] = tallies;
    return [
      atLeast('capacity, before and after', Math.min(capacity, capacityAfter), 'runs/s', 1),
      ...during(flood, seconds, (capacity + capacityAfter) / 2, percentile(all(unloaded, 'admitted'), 0.99)),
      atMost('heap that the flood left behind', (after.heapUsed - before.heapUsed) / 2 ** 20, 'MB', 64),
      atMost('resident memory more than before', (after.rss - before.rss) / 2 ** 20, 'MB', 64),
      ...afterwards(recovery, percentile(all(unloaded, 'admitted'), 0.99)),
    ];
  } finally {
    await stage.close();
  }
}

const all = (tallies: readonly Tally[], kind: 'admitted' | 'refused') => tallies.flatMap((tally) => tally[kind].ms);

function during(flood: readonly Tally[], seconds: number, capacity: number, unloadedP99: number): Figure[] {
  const [normal, high] = flood;
  if (normal === undefined || high === undefined) throw new Error('the flood has no streams');
  const goodput = all(flood, 'admitted').length / seconds;
  const refused = all(flood, 'refused');
  const bound = 3 * unloadedP99 + CALLS * QUEUE_BOUND_MS;
  const faults = flood.flatMap((tally) => tally.faults);
  if (faults.length > 0) console.error(faults[0]);
  const offered = normal.sent / seconds / capacity;
  return [
    atLeast('offered, as a multiple of capacity', offered, '×', 9),
    atMost('how late the client itself was, median', percentile(normal.lateness, 0.5), 'ms', 20),
    atLeast('goodput, as a share of capacity', goodput / capacity, '', 0.9),
    atMost('p99 of what was admitted', percentile(all(flood, 'admitted'), 0.99), 'ms', bound),
    atMost('refusals, p50', percentile(refused, 0.5), 'ms', 20),
    atMost('refusals, p99', percentile(refused, 0.99), 'ms', 20),
    atMost('refusals without Retry-After, other errors', faults.length, '', 0),
    atMost('requests without an answer', normal.lost + high.lost, '', 0),
    atMost('high priority refused under a flood of normal', high.refused.ms.length / high.sent, '', 0.01),
  ];
}

function afterwards(recovery: readonly Tally[], unloadedP99: number): Figure[] {
  const late = recovery.flatMap(({ admitted }) => admitted.ms.filter((_, n) => (admitted.at[n] ?? 0) > RECOVERY_MS));
  const refusedLate = recovery.flatMap(({ refused }) => refused.at.filter((at) => at > RECOVERY_MS));
  return [
    atMost('2 s after the flood: p99 of what is admitted', percentile(late, 0.99), 'ms', 1.5 * unloadedP99),
    atMost('2 s after the flood: refused', refusedLate.length, '', 0),
  ];
}

/** Runs that are cancelled in their middle, without load and under a flood. */
export async function floodUndoing(seconds = 20): Promise<Figure[]> {
  const stage = new Stage();
  try {
    const service = await stage.service(100);
    const engine = await stage.engine(service);
    const calm = await undoTimes(engine, 5);
    const flood = stage.flood(engine.url, [{ seconds, streams: [stream('normal', 1_000)] }]);
    await pause(3_000);
    const loaded = await undoTimes(engine, 5);
    await flood;
    return [
      atLeast('cancelled and undone without load', calm.length, 'runs', 5),
      atLeast('cancelled and undone under the flood', loaded.length, 'runs', 5),
      atMost('longest undoing under the flood, times as long', Math.max(...loaded) / Math.max(...calm), '×', 2),
    ];
  } finally {
    await stage.close();
  }
}
