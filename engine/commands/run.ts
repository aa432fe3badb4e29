import { readConfig } from '../config.ts';
import { FlowError, type Json } from '../errors.ts';
import { startEngine } from '../server.ts';
import { silentLog } from '../telemetry/index.ts';
import { pathLine } from './path.ts';

const PROGRESS_MS = 5_000;

/**
 * Runs a definition in this process, in memory, against the services that a running engine knows. Prints each step as
 * it happens and the output at the end; while nothing happens, a line every five seconds says what it waits for.
 *
 * @returns the exit code: 0 if the run completed
 */
export async function runCommand(definition: Json, input: Json, engineUrl: string): Promise<number> {
  const engine = await startEngine({ config: readConfig({}), listen: false, inMemory: true, log: silentLog });
  try {
    for (const service of await servicesOf(engineUrl)) await engine.putService(service);
    const { flow, problems } = engine.check(definition);
    for (const problem of problems)
      console.log(`${problem.severity ?? 'error'} ${problem.pointer || '/'} [${problem.code}] ${problem.message}`);
    if (flow === undefined) return 1;
    await engine.store.definitions.publish({ ...flow, mode: 'durable' }, { note: '', by: 'cli' });
    const { runId } = await engine.runtime.start({ flow: { flowId: flow.id, version: 'latest' }, input });
    let printed = 0;
    const print = async () => {
      const found = await engine.runtime.inspect(runId);
      const notes = found?.notes.slice(printed) ?? [];
      printed += notes.length;
      for (const text of notes.map(pathLine)) if (text !== undefined) console.log(text);
      return notes.length;
    };
    for (;;) {
      const outcome = await engine.runtime.result(runId, PROGRESS_MS);
      const news = await print();
      if (outcome === 'pending') {
        if (news === 0) console.log(`… still ${(await engine.runtime.inspect(runId))?.run.status} (Ctrl-C gives up)`);
        continue;
      }
      console.log(`\n${outcome.status}${outcome.outcome === undefined ? '' : ` (${outcome.outcome})`}`);
      console.log(
        JSON.stringify(outcome.output ?? outcome.error ?? outcome.reason ?? outcome.response ?? null, null, 2),
      );
      return outcome.status === 'completed' || outcome.status === 'responded' ? 0 : 1;
    }
  } finally {
    await engine.close();
  }
}

async function servicesOf(engineUrl: string): Promise<Json[]> {
  let response: Response;
  try {
    response = await fetch(new URL('/services', engineUrl));
  } catch (error) {
    throw new FlowError(
      'SERVICE_UNAVAILABLE',
      `no engine answers at ${engineUrl}; start one, or name it with --engine`,
      { cause: error },
    );
  }
  const { services } = (await response.json()) as { services: { readonly [key: string]: Json }[] };
  return services.map(({ revision: _revision, ...service }) => service);
}
