import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '@heddle/engine/errors';
import { end, freePort, startEngine } from '../crash/processes.ts';
import { send } from '../crash/requests.ts';
import { cpuMs, endChildren, median, residentMb, startChild } from './child.ts';

/**
 * What the engine costs, and how that grows: from start to the first answer, idle memory, CPU of a run by its number of
 * nodes, the size of its payload and the items of a fan-out. `npm run bench:growth`.
 */
const BATCH_MS = 1_500;
const ROUNDS = 3;
const CONCURRENCY = 16;

const operation: Json = {
  safety: 'idempotent',
  request: true,
  response: true,
  binding: { method: 'POST', path: '/customer' },
};
const call = (input: Json, next?: string): Json => ({
  type: 'call',
  service: 'growth',
  operation: 'take',
  input,
  ...(next && { next }),
});
const read = (path: string): Json => ({ $: { var: path } });

/** As many calls, one after the other. */
const chain = (nodes: number): Json => ({
  start: 'n1',
  nodes: Object.fromEntries(
    Array.from({ length: nodes }, (_, at) => [
      `n${at + 1}`,
      call({ id: read('input.id') }, at + 1 < nodes ? `n${at + 2}` : undefined),
    ]),
  ),
});

/** One call that sends the whole payload. */
const carry: Json = { start: 'send', nodes: { send: call(read('input')) } };

/** One call for each item. */
const fanOut: Json = {
  start: 'each',
  nodes: {
    each: {
      type: 'forEach',
      items: read('input.items'),
      concurrency: CONCURRENCY,
      do: { start: 'one', nodes: { one: call({ id: read('item') }) } },
    },
  },
};

interface Point {
  readonly size: number;
  readonly msPerRun: number;
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'heddle-growth-'));
  try {
    const firstAnswers: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) firstAnswers.push(await firstAnswer(join(dataDir, 'first')));
    console.log(
      `start to first answer: ${median(firstAnswers).toFixed(0)} ms (${ROUNDS} starts, the first on an empty disk)`,
    );
    console.log(`idle memory after 5 s: ${(await idle(join(dataDir, 'idle'))).toFixed(0)} MB`);
    const upstream = await startChild('upstream');
    const engine = await startEngine({
      port: await freePort(),
      dataDir: join(dataDir, 'data'),
      env: { HEDDLE_LOG: 'warn' },
    });
    try {
      await send('PUT', `${engine.url}/services/growth`, {
        id: 'growth',
        title: 'Growth',
        connector: 'http',
        config: { baseUrl: `http://127.0.0.1:${upstream.port}` },
        operations: { take: operation },
      });
      // Or the first rows would measure the compiler.
      const warm = await publish(engine.url, { id: 'warm', mode: 'durable', ...(chain(5) as object) });
      for (let round = 0; round < ROUNDS; round += 1) await batch(engine.url, warm, { id: 'C0001' });
      for (const mode of ['express', 'durable'] as const) {
        await table(engine, `${mode}, by nodes`, 'node', [1, 5, 10, 20, 40, 60], async (nodes) => ({
          flow: await publish(engine.url, { id: `chain-${nodes}-${mode}`, mode, ...(chain(nodes) as object) }),
          input: { id: 'C0001' },
        }));
        await table(engine, `${mode}, by KB of payload`, 'KB', [1, 4, 16, 64, 128, 255], async (kb) => ({
          flow: await publish(engine.url, { id: `carry-${mode}`, mode, ...(carry as object) }),
          input: { rows: Array.from({ length: kb * 10 }, (_, at) => ({ no: at, text: 'x'.repeat(78) })) },
        }));
        await table(engine, `${mode}, by items`, 'item', [1, 10, 100, 1_000, 10_000], async (items) => ({
          flow: await publish(engine.url, { id: `each-${mode}`, mode, ...(fanOut as object) }),
          input: { items: Array.from({ length: items }, (_, at) => `C${at}`) },
        }));
      }
    } finally {
      await end(engine, 'SIGTERM');
    }
  } finally {
    endChildren();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Milliseconds from the start of the process until it has answered a request for its flows. */
async function firstAnswer(dataDir: string): Promise<number> {
  const port = await freePort();
  const begun = performance.now();
  const starting = startEngine({ port, dataDir });
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/flows`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const ms = performance.now() - begun;
  await end(await starting, 'SIGTERM');
  return ms;
}

async function idle(dataDir: string): Promise<number> {
  const engine = await startEngine({ port: await freePort(), dataDir });
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const mb = residentMb(engine.child.pid ?? 0);
  await end(engine, 'SIGTERM');
  return mb;
}

async function table(
  engine: Awaited<ReturnType<typeof startEngine>>,
  title: string,
  unit: string,
  sizes: readonly number[],
  make: (size: number) => Promise<{ readonly flow: string; readonly input: Json }>,
): Promise<void> {
  const points: Point[] = [];
  for (const size of sizes) {
    const { flow, input } = await make(size);
    const rounds: number[] = [];
    await batch(engine.url, flow, input);
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = cpuMs(engine.child.pid ?? 0);
      const runs = await batch(engine.url, flow, input);
      rounds.push((cpuMs(engine.child.pid ?? 0) - before) / runs);
    }
    points.push({ size, msPerRun: median(rounds) });
  }
  const { slope, intercept, r2 } = lineThrough(points);
  console.log(
    `\n${title}: ${intercept.toFixed(2)} ms + ${(slope * 1_000).toFixed(0)} µs for each ${unit}, r² ${r2.toFixed(3)}`,
  );
  console.log(`| ${unit} | ${points.map(({ size }) => size).join(' | ')} |`);
  console.log(`| ms CPU a run | ${points.map(({ msPerRun }) => msPerRun.toFixed(2)).join(' | ')} |`);
}

/** Runs as many as end within the time of a batch, at least one for each that may be under way; tells how many. */
async function batch(url: string, flow: string, input: Json): Promise<number> {
  const body = JSON.stringify(input);
  const until = performance.now() + BATCH_MS;
  let runs = 0;
  const one = async () => {
    do {
      const answer = await fetch(`${url}/flows/${flow}?wait=60s`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${flow} answered ${answer.status}: ${text.slice(0, 300)}`);
      runs += 1;
    } while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: 4 }, one));
  return runs;
}

/** Least squares with each point weighed by the inverse of its size, so that small runs count as much as large ones. */
function lineThrough(points: readonly Point[]): { slope: number; intercept: number; r2: number } {
  const weights = points.map(({ size }) => 1 / size);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (value: (point: Point) => number) =>
    points.reduce((sum, point, at) => sum + value(point) * (weights[at] ?? 0), 0) / total;
  const [meanSize, meanMs] = [mean(({ size }) => size), mean(({ msPerRun }) => msPerRun)];
  const spread = mean(({ size }) => (size - meanSize) ** 2);
  const slope = mean(({ size, msPerRun }) => (size - meanSize) * (msPerRun - meanMs)) / spread;
  const intercept = meanMs - slope * meanSize;
  const left = mean(({ size, msPerRun }) => (msPerRun - intercept - slope * size) ** 2);
  return { slope, intercept, r2: 1 - left / mean(({ msPerRun }) => (msPerRun - meanMs) ** 2) };
}

async function publish(
  url: string,
  definition: { readonly id: string; readonly [key: string]: unknown },
): Promise<string> {
  const { id } = definition;
  await send('POST', `${url}/flows/${id}/versions`, { definition });
  return id;
}

await main();
