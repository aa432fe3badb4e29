import { readConfig } from '@heddle/engine/config';
import { startEngine } from '@heddle/engine/server';
import { floodFlows, floodService } from './flood-flows.ts';

/**
 * An engine in a process of its own: `flood-engine.js <data directory> <port of the service>`, with the flows of the flood
 * unless the port is 0. Sends its URL once it is ready; the message `memory` is answered with heap and resident bytes after a collection.
 */
const begun = performance.now();
const [, , dataDir = '', upstream = '0'] = process.argv;
const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('HEDDLE_')));
const engine = await startEngine({
  config: readConfig({ HEDDLE_PORT: '0', HEDDLE_DATA: dataDir, HEDDLE_LOG: 'warn', ...own }),
});
const readyMs = performance.now() - begun;
if (upstream !== '0') await engine.putService(floodService(Number(upstream)));
for (const definition of upstream === '0' ? [] : floodFlows) {
  const { flow, problems } = engine.check(definition);
  if (flow === undefined) throw new Error(JSON.stringify(problems));
  await engine.store.definitions.publish(flow, { note: 'flood', by: 'flood' });
}
process.on('message', (question) => {
  if (question !== 'memory') return;
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  process.send?.({ heapUsed, rss, activeRuns: engine.runtime.health().activeRuns });
});
process.on('SIGTERM', () => void engine.close().then(() => process.exit(0)));
process.send?.({ url: engine.url, readyMs });
