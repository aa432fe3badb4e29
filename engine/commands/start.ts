import { Session } from 'node:inspector';
import type { Config } from '../config.ts';
import { FlowError } from '../errors.ts';
import { type Engine, startEngine } from '../server.ts';
import { loadFiles } from './load-files.ts';
import { publishSampleFlows, type SampleBank, startSampleBank } from './sample.ts';

/** Starts the engine, and with `sample` the bank and its flows, until SIGINT or SIGTERM. */
export async function startCommand(config: Config, sample: boolean): Promise<void> {
  let engine: Engine | undefined;
  let bank: SampleBank | undefined;
  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    await engine?.close();
    bank?.stop();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
  try {
    engine = await startEngine({ config });
    if (config.insecure)
      engine.log.warn({ host: config.host }, 'HEDDLE_INSECURE=1: whoever reaches this address may do anything');
    // What no handler foresaw must not end the process: runs of others are in it.
    process.on('uncaughtException', (error) => engine?.log.error({ err: error }, 'an error that nobody caught'));
    process.on('unhandledRejection', (error) => engine?.log.error({ err: error }, 'a rejection that nobody caught'));
    await loadFiles(engine, config);
    if (sample) {
      bank = await startSampleBank(config);
      for (const service of bank.services) await engine.putService(service);
      await publishSampleFlows(engine);
    }
  } catch (error) {
    console.error(error instanceof FlowError ? `heddle: ${error.message}` : error);
    await stop(1);
    return;
  }
  console.log(`\nHeddle is ready at ${engine.url}   (API: ${engine.url}/docs)`);
  setTimeout(collectGarbage, SETTLED_MS, engine).unref();
  if (!sample) return;
  console.log(
    `Sample bank at ${bank?.url}; flows: ${engine.store.definitions
      .list()
      .map((flow) => flow.id)
      .join(', ')}`,
  );
  console.log(
    `Try:\n  curl -s -X POST ${engine.url}/flows/account-360 -H 'content-type: application/json' -d '{"customerId":"C0001"}'\n`,
  );
}

/** Long enough after the start for its garbage to be garbage. */
const SETTLED_MS = 2_000;

/**
 * Loading the modules leaves 30 MB that V8 gives back only under pressure, unless it is told to by the inspector's way:
 * the other one, `gc`, collects but keeps the pages.
 */
function collectGarbage(engine: Engine): void {
  if (engine.runtime.health().activeRuns > 0) return;
  const session = new Session();
  session.connect();
  // Within the callback, disconnecting would wait for the callback for ever.
  session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()));
}
