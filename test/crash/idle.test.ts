import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { end, freePort, startEngine } from './processes.ts';

const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

test('an idle engine gives back what its start took, and goes on answering', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'heddle-idle-'));
  const engine = await startEngine({ port: await freePort(), dataDir });
  try {
    const before = residentMb(engine.child.pid ?? 0);
    await expect.poll(() => residentMb(engine.child.pid ?? 0), { timeout: 20_000 }).toBeLessThan(before - 15);
    const health = await fetch(`${engine.url}/health`, { signal: AbortSignal.timeout(5_000) });
    expect(health.status).toBe(200);
  } finally {
    await end(engine, 'SIGKILL');
    rmSync(dataDir, { recursive: true });
  }
}, 60_000);
