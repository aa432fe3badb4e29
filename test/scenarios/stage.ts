import { readConfig } from '@heddle/engine/config';
import type { Json } from '@heddle/engine/errors';
import { type Engine, startEngine } from '@heddle/engine/server';
import { silentLog } from '@heddle/engine/telemetry/index';
import { type Bank, startBank } from '@heddle/flows/bank/bank';
import { describeServices } from '@heddle/flows/bank/describe';
import { definitionOf, flowFolders } from './sample-flows.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Monday; the bank's calendar knows the holidays of this year. */
const STARTS_AT = '2026-03-02T10:00:00+08:00';

export interface LocalStage {
  readonly engine: Engine & { readonly url: string };
  readonly bank: Bank;
  readonly clock: VirtualClock;
  close(): Promise<void>;
}

/** The real bank and a real engine in this process, on one clock, with every sample flow published. */
export async function openStage(): Promise<LocalStage> {
  const clock = new VirtualClock(STARTS_AT);
  const bank = await startBank({ port: 0, dataDir: ':memory:', clock });
  const engine = await startEngine({
    config: readConfig({ HEDDLE_PORT: '0' }),
    inMemory: true,
    log: silentLog,
    now: clock.now,
  });
  const { url } = engine;
  if (url === undefined) throw new Error('the engine does not listen');
  for (const service of describeServices(bank.url)) await engine.putService(service as unknown as Json);
  for (const name of flowFolders) {
    const { flow, problems } = engine.check(definitionOf(name, url));
    if (flow === undefined) throw new Error(`flows/${name}: ${JSON.stringify(problems, null, 1)}`);
    await engine.store.definitions.publish(flow, { note: 'scenario', by: 'test' });
  }
  const close = async () => {
    await engine.close();
    await bank.close();
  };
  return { engine: { ...engine, url }, bank, clock, close };
}
