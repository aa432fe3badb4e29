import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Phase, Tally } from './flood-sender.ts';

export interface FloodEngine {
  readonly url: string;
  /** From the start of its program to ready. */
  readonly readyMs: number;
  /** Bytes after a collection. */
  memory(): Promise<{ readonly heapUsed: number; readonly rss: number; readonly activeRuns: number }>;
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** The processes of a flood: the service, the engine and the client, each its own, and a directory for the store. */
export class Stage {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'heddle-flood-'));
  private readonly children = new Set<ChildProcess>();

  /** @returns its port. @param latencyMs before it answers */
  async service(latencyMs: number): Promise<number> {
    const child = this.fork('flood-upstream', [String(latencyMs)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const line = await new Promise<string>((resolve) => child.stdout?.once('data', (chunk) => resolve(String(chunk))));
    return (JSON.parse(line) as { port: number }).port;
  }

  /** @param folder of its store, within the directory */
  async engine(service: number, env: Readonly<Record<string, string>> = {}, folder = 'data'): Promise<FloodEngine> {
    const child = this.fork('flood-engine', [join(this.dataDir, folder), String(service)], {
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...env },
    });
    const { url, readyMs } = await message<{ url: string; readyMs: number }>(child);
    return {
      url,
      readyMs,
      memory: async () => {
        const answer = message<{ heapUsed: number; rss: number; activeRuns: number }>(child);
        child.send('memory');
        return answer;
      },
      stop: (signal = 'SIGTERM') => ended(child, signal),
    };
  }

  /** Sends phases from a process of its own. @param settleMs for answers to the last phase */
  async flood(url: string, phases: readonly Phase[], settleMs = 3_000): Promise<{ tallies: Tally[][]; cpuMs: number }> {
    const child = this.fork('flood-client', []);
    const answer = message<{ tallies: Tally[][]; cpuMs: number }>(child);
    child.send({ url, phases, settleMs });
    try {
      return await answer;
    } finally {
      await ended(child, 'SIGKILL');
    }
  }

  async close(): Promise<void> {
    for (const child of this.children) await ended(child, 'SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private fork(file: string, args: readonly string[], options: Parameters<typeof fork>[2] = {}): ChildProcess {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const child = fork(fileURLToPath(new URL(`./${file}.${extension}`, import.meta.url)), args, {
      serialization: 'advanced',
      ...options,
    });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`a process of the flood ended (${code})`));
    child.once('exit', gone);
    child.once('message', (answer) => {
      child.off('exit', gone);
      resolve(answer as T);
    });
  });
}

function ended(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** The value below which the share `p` of the values lies; NaN of none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}
