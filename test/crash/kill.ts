import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Json } from '@heddle/engine/errors';
import { type DrillReport, drill } from './drill.ts';
import { counterparties, sampleWorkloads } from './workloads.ts';

const names = ['account-360', 'corp-payment', 'payroll', 'online-loan', 'bill-discount', 'credit-watch'];
const flowsDir = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../flows' : '../../flows', import.meta.url),
);

/** The drill with the six sample flows. The seed decides when the engine is killed. */
export function sampleDrill(kills: number, seed: number, log: (line: string) => void): Promise<DrillReport> {
  let state = seed;
  const random = () => {
    // A linear congruential generator (Numerical Recipes): good enough to spread kills, and repeatable.
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
  return drill({
    kills,
    clients: 6,
    flows: names.map((name) => JSON.parse(readFileSync(`${flowsDir}/${name}/flow.json`, 'utf8')) as Json),
    workloads: sampleWorkloads(seed.toString(36)),
    counterparties,
    random,
    log,
  });
}

export const hasFailed = (report: DrillReport) =>
  report.lost.length + report.doubled.length + report.missing.length + report.findings.length + report.openHolds > 0;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kills = Number(process.argv[2] ?? 200);
  const seed = Number(process.argv[3] ?? Date.now() % 100_000);
  console.log(`${kills} kills, seed ${seed}`);
  const report = await sampleDrill(kills, seed, console.log);
  console.log(JSON.stringify(report, null, 2));
  if (hasFailed(report)) process.exitCode = 1;
}
