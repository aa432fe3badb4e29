import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '@heddle/engine/config';
import { startEngine } from '@heddle/engine/server';
import { loadFlow, loadServices } from './flow.ts';

/** An engine with the benchmark flow, once express and once durable, on a store of its own. Prints its port. */
const dataDir = mkdtempSync(join(process.argv[3] ?? '/tmp', 'heddle-bench-'));
const engine = await startEngine({
  config: readConfig({ HEDDLE_PORT: '0', HEDDLE_DATA: dataDir, HEDDLE_LOG: 'warn', HEDDLE_MAX_ACTIVE_RUNS: '100000' }),
});
for (const service of loadServices(Number(process.argv[2]))) await engine.putService(service);
for (const mode of ['express', 'durable'] as const) {
  const { flow, problems } = engine.check(loadFlow(mode));
  if (flow === undefined) throw new Error(JSON.stringify(problems));
  await engine.store.definitions.publish(flow, { note: 'bench', by: 'bench' });
}
process.on('SIGINT', () => void engine.close().then(() => process.exit(0)));
console.log(JSON.stringify({ port: Number(new URL(engine.url ?? '').port) }));
