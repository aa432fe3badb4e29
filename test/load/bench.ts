import autocannon from 'autocannon';
import { cpuMs, endChildren, median, startChild } from './child.ts';
import { latencies, syncMs } from './latency.ts';

/**
 * Compares, in one run: a hand-written handler, the same work as an express flow, and as a durable flow. Ratios are to
 * the hand-written handler at the same concurrency. `npm run bench [-- seconds]`.
 */
const seconds = Number(process.argv[2] ?? 5);
const concurrencies = [1, 16, 64];
const rounds = 3;
const body = JSON.stringify({ customerId: 'C0001', amount: 1200 });

interface Measured {
  readonly name: string;
  readonly connections: number;
  readonly rps: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuPerRequestMs: number;
}

async function measure(
  name: string,
  url: string,
  pid: number,
  connections: number,
  duration: number,
): Promise<Measured> {
  const cpuBefore = cpuMs(pid);
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration,
  });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${name}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  const requests = result['2xx'];
  return {
    name,
    connections,
    rps: requests / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuPerRequestMs: (cpuMs(pid) - cpuBefore) / requests,
  };
}

try {
  const upstream = await startChild('upstream');
  const written = await startChild('handwritten', String(upstream.port));
  const engine = await startChild('engine', String(upstream.port));
  const targets = [
    { name: 'hand-written', url: `http://127.0.0.1:${written.port}/flow`, pid: written.pid },
    { name: 'express', url: `http://127.0.0.1:${engine.port}/open/bench-express`, pid: engine.pid },
    { name: 'durable', url: `http://127.0.0.1:${engine.port}/open/bench-durable`, pid: engine.pid },
  ];
  for (const target of targets) await measure(target.name, target.url, target.pid, 16, 3);
  console.log('| concurrency | | requests/s | p50 ms | p99 ms | CPU ms/request | share of hand-written |');
  console.log('|---|---|---|---|---|---|---|');
  for (const connections of concurrencies) {
    // Interleaved rounds and medians: a busy neighbour hits all three alike.
    const all: Measured[] = [];
    for (let round = 0; round < rounds; round += 1)
      for (const target of targets) all.push(await measure(target.name, target.url, target.pid, connections, seconds));
    const of = (name: string) => all.filter((measured) => measured.name === name);
    const shares = (name: string) =>
      median(of(name).map((measured, index) => measured.rps / (of('hand-written')[index]?.rps ?? 1)));
    for (const { name } of targets) {
      const figures = of(name);
      const value = (key: 'rps' | 'p50' | 'p99' | 'cpuPerRequestMs', digits: number) =>
        median(figures.map((measured) => measured[key])).toFixed(digits);
      console.log(
        `| ${connections} | ${name} | ${value('rps', 0)} | ${value('p50', 1)} | ${value('p99', 1)} | ${value('cpuPerRequestMs', 3)} | ${shares(name).toFixed(2)} |`,
      );
    }
  }
  const [hand = 0, ...flows] = await latencies(
    targets.map(({ url }) => url),
    body,
  );
  const sync = syncMs();
  console.log(
    `\nOne caller, median: hand-written ${hand.toFixed(2)} ms; a page is durable after ${sync.toFixed(2)} ms`,
  );
  for (const [at, ms] of flows.entries()) {
    const more = `${((ms - hand) / sync).toFixed(1)} times as long as that more`;
    console.log(`${targets[at + 1]?.name}: ${ms.toFixed(2)} ms, ${more}`);
  }
} finally {
  endChildren();
}
