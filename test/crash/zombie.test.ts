import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { end, engineCommand, freePort, type Process, startEngine } from './processes.ts';
import { Recorder, send, until } from './recorder.ts';

const call = (operation: string, next?: string) => ({
  type: 'call',
  service: 'recorder',
  operation,
  timeout: '60s',
  ...(next !== undefined && { next }),
});
const flow = { id: 'two', start: 'first', nodes: { first: call('one', 'second'), second: call('two') } };

let dir: string;
let service: Recorder;
let first: Process;
const others: Process[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'heddle-zombie-'));
  service = await Recorder.open();
  first = await startEngine({ port: await freePort(), dataDir: dir });
  expect((await send('PUT', `${first.url}/services/recorder`, service.description(['one', 'two']))).body).toMatchObject(
    {
      id: 'recorder',
    },
  );
  expect(await send('POST', `${first.url}/flows/two/versions`, { definition: flow })).toMatchObject({ status: 201 });
});
afterEach(async () => {
  // A frozen process takes SIGKILL, and nothing else.
  for (const engine of [first, ...others.splice(0)]) await end(engine, 'SIGKILL');
  service.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Every run with its whole history, as an engine reads them from the disk. */
async function everything(engine: Process): Promise<unknown> {
  const { runs } = (await send('GET', `${engine.url}/runs?limit=200`)).body as { runs: { id: string }[] };
  const whole = await Promise.all(runs.map(({ id }) => send('GET', `${engine.url}/runs/${id}`)));
  return { runs, whole };
}

const start = (engine: Process) => send('POST', `${engine.url}/flows/two?wait=1ms`, {});
const statusOf = async (engine: Process, runId: string) =>
  ((await send('GET', `${engine.url}/runs/${runId}`)).body as { status?: string }).status;

test('a second engine is refused the data of one that stands still, with exit code 1 and a message that names the store', async () => {
  first.child.kill('SIGSTOP');
  const { command, args, env } = engineCommand({ port: await freePort(), dataDir: dir });
  const second = spawnSync(command, args, { env, encoding: 'utf8', timeout: 30_000 });
  expect(second.status).toBe(1);
  expect(second.stdout + second.stderr).toMatch(/another engine has .*heddle\.db open; stop it first/);
  first.child.kill('SIGCONT');
  const { body } = await start(first);
  await until(async () => (await statusOf(first, (body as { runId: string }).runId)) === 'completed');
}, 60_000);

test('an engine that stood still while another took over, because somebody deleted its lock, writes nothing more and says so', async () => {
  service.held.add('one');
  const runId = ((await start(first)).body as { runId: string }).runId;
  await until(() => service.of('one').length === 1);
  first.child.kill('SIGSTOP');
  rmSync(join(dir, 'heddle.db.lock'));
  const second = await startEngine({ port: await freePort(), dataDir: dir });
  others.push(second);
  await until(() => service.of('one').length === 2);
  service.held.clear();
  service.of('one')[1]?.answer();
  await until(async () => (await statusOf(second, runId)) === 'completed');
  const before = await everything(second);

  // The zombie wakes up with the answer that it has waited for.
  first.child.kill('SIGCONT');
  service.of('one')[0]?.answer();
  await until(async () => (await send('GET', `${first.url}/ready`)).status === 503);
  expect((await send('GET', `${first.url}/ready`)).body).toMatchObject({
    ready: false,
    reason: expect.stringContaining('another engine has taken over the store'),
  });
  expect((await start(first)).status).toBe(503);
  expect((await send('POST', `${first.url}/runs/${runId}/cancel`, { reason: 'late' })).status).toBe(503);
  expect(await everything(second)).toEqual(before);

  // Only the step in flight was asked for twice, both times under its key.
  expect(service.of('one').map(({ key }) => key)).toEqual([`${runId}:/first#1`, `${runId}:/first#1`]);
  expect(service.of('two').map(({ key }) => key)).toEqual([`${runId}:/second#1`]);
  expect((await start(second)).status).toBeLessThan(300);
}, 60_000);
