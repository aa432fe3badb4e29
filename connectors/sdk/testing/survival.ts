import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { publish, retrying } from './publish.ts';
import type { ListenSubject } from './subject.ts';
import { pause } from './waiting.ts';

/** Reads by a process of its own until it is killed, twice, in the middle of its work. What it took is in a file. */
export async function readAndDie({ subject, open }: Bench): Promise<void> {
  const count = 10_000;
  const folder = mkdtempSync(join(tmpdir(), 'heddle-listen-'));
  const log = join(folder, 'taken');
  const taken = () => new Set(existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []);
  let reader = await startReader(subject, log);
  try {
    const { connection } = await open();
    const killAt = [count * 0.3, count * 0.6];
    let next = 0;
    let room = subject.maxWaiting ?? count;
    const publishing = Promise.all(
      Array.from({ length: 40 }, async () => {
        while (next < count) {
          if (next >= room) {
            await pause(20);
            continue;
          }
          const id = `m${next++}`;
          await retrying(() => publish(connection, subject, id, { key: id, timeoutMs: 20_000 }));
        }
      }),
    );
    let size = 0;
    for (const started = performance.now(); size < count && performance.now() - started < 150_000; await pause(50)) {
      size = taken().size;
      room = size + (subject.maxWaiting ?? count);
      if (killAt[0] === undefined || size < killAt[0]) continue;
      killAt.shift();
      await kill(reader);
      reader = await startReader(subject, log);
    }
    await publishing;
    const all = taken();
    const missing = Array.from({ length: count }, (_, n) => `m${n}`).filter((id) => !all.has(id));
    assert.equal(missing.length, 0, `${missing.length} are missing: ${missing.slice(0, 5).join()}`);
    assert.deepEqual(killAt, [], 'the reader was not killed twice');
  } finally {
    await kill(reader);
    rmSync(folder, { recursive: true, force: true });
  }
}

const READER = `
  const { appendFileSync } = await import('node:fs');
  const { url, name, config, source, log } = JSON.parse(process.env.HEDDLE_LISTEN_CONTRACT);
  const { [name]: connector } = await import(url);
  const connection = await connector.open(config, { secret: (name) => 'secret-' + name, warn() {} });
  const take = async ({ id }) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    appendFileSync(log, id + '\\n');
  };
  await connection.listen(source, take, { prefetch: 50, onState() {} });
  process.stdout.write('listening');
`;

async function startReader({ module, config, port, source }: ListenSubject, log: string): Promise<ChildProcess> {
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', tsx, '--input-type=module', '--eval', READER],
    {
      env: { ...process.env, HEDDLE_LISTEN_CONTRACT: JSON.stringify({ ...module, config: config(port), source, log }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the reader ended with ${code} before it listened`)));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
