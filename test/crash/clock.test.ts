import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { end, freePort, type Process, startEngine } from './processes.ts';
import { Recorder, send, until } from './recorder.ts';

const HOUR_S = 3_600;
const MONTH_S = 30 * 24 * HOUR_S;
/** The engine looks at its clock once a second at least. */
const LOOKS_MS = 1_500;

/** Puts a process's wall clock forward and back while it runs (Debian's `libfaketime`); its monotonic clock stays true. */
const library = ['/usr/lib', '/usr/local/lib', '/usr/lib64']
  .flatMap((folder) => [folder, ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])])
  .map((folder) => join(folder, 'faketime/libfaketimeMT.so.1'))
  .find((file) => existsSync(file));
if (library === undefined) console.log('libfaketime is not there; the tests of a clock that jumps are skipped.');

const call = (operation: string) => ({ type: 'call', service: 'recorder', operation });
const flows = [
  { id: 'soon', start: 'pause', nodes: { pause: { type: 'wait', for: '3s', next: 'go' }, go: call('soon') } },
  { id: 'monthly', start: 'pause', nodes: { pause: { type: 'wait', for: '30d', next: 'go' }, go: call('monthly') } },
  { id: 'held', start: 'go', nodes: { go: { ...call('held'), timeout: '6s' } } },
];

let dir: string;
let engine: Process;
let service: Recorder;

/** From now on the engine's wall clock shows so many seconds more than the true time. */
const jumpTo = (seconds: number) => writeFileSync(join(dir, 'clock'), `${seconds < 0 ? '' : '+'}${seconds}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const start = async (flowId: string) =>
  ((await send('POST', `${engine.url}/flows/${flowId}?wait=1ms`, {})).body as { runId: string }).runId;
const run = async (runId: string) =>
  (await send('GET', `${engine.url}/runs/${runId}`)).body as { status: string; startedAt: string | number };
const skewMs = async (runId: string) => new Date((await run(runId)).startedAt).getTime() - Date.now();

describe.skipIf(library === undefined)('an engine whose clock jumps', () => {
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'heddle-clock-'));
    jumpTo(0);
    service = await Recorder.open();
    const env = {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: join(dir, 'clock'),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
    engine = await startEngine({ port: await freePort(), dataDir: join(dir, 'data'), env });
    const names = ['soon', 'monthly', 'held'];
    await send('PUT', `${engine.url}/services/recorder`, service.description(names));
    for (const definition of flows) await send('POST', `${engine.url}/flows/${definition.id}/versions`, { definition });
  });
  afterEach(async () => {
    await end(engine, 'SIGKILL');
    service.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test('back by an hour fires no timer early by it, and forward again each of them once', async () => {
    const before = await start('soon');
    jumpTo(-HOUR_S);
    const during = await start('soon');
    expect(Math.abs((await skewMs(during)) + HOUR_S * 1_000)).toBeLessThan(60_000);
    // What was set after the jump is due by the clock as it is now; what was set before it, in an hour.
    await until(() => service.of('soon').length === 1);
    await pause(LOOKS_MS);
    expect(service.of('soon').map(({ key }) => key)).toEqual([`${during}:/go#1`]);
    jumpTo(0);
    await until(() => service.of('soon').length === 2);
    jumpTo(-HOUR_S);
    await pause(LOOKS_MS);
    jumpTo(HOUR_S);
    await pause(LOOKS_MS);
    expect(service.of('soon').map(({ key }) => key)).toEqual([`${during}:/go#1`, `${before}:/go#1`]);
    for (const runId of [before, during]) expect((await run(runId)).status).toBe('completed');
  }, 90_000);

  test('forward past a wait of thirty days fires it once, not a minute before, and not again when it has gone back', async () => {
    const runId = await start('monthly');
    jumpTo(MONTH_S - 60);
    await pause(LOOKS_MS);
    expect(service.of('monthly')).toEqual([]);
    jumpTo(MONTH_S + 60);
    await until(() => service.of('monthly').length === 1);
    await until(async () => (await run(runId)).status === 'completed');
    jumpTo(0);
    await pause(LOOKS_MS);
    jumpTo(MONTH_S + 120);
    await pause(LOOKS_MS);
    expect(service.of('monthly').map(({ key }) => key)).toEqual([`${runId}:/go#1`]);
  }, 90_000);

  test('gives a call under way neither more nor less time', async () => {
    service.held.add('held');
    const forward = await start('held');
    await until(() => service.of('held').length === 1);
    jumpTo(HOUR_S);
    await pause(LOOKS_MS);
    expect((await run(forward)).status).toBe('running');
    jumpTo(-HOUR_S);
    const back = await start('held');
    await until(async () => (await run(forward)).status === 'failed');
    await until(async () => (await run(back)).status === 'failed');
    expect(service.of('held').map(({ key }) => key)).toEqual([`${forward}:/go#1`, `${back}:/go#1`]);
  }, 90_000);
});
