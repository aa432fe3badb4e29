import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../..' : '../..', import.meta.url));

export interface Process {
  readonly child: ChildProcess;
  readonly url: string;
}

/** Starts the sample bank on a directory of its own. It is never killed: it is the oracle. */
export async function startBank(dataDir: string): Promise<Process> {
  const child = spawn(process.execPath, [`${root}/flows/dist/bank/main.js`, '--port', '0', '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await firstLine(child, (text) => text.startsWith('{'));
  return { child, url: (JSON.parse(line) as { url: string }).url };
}

interface EngineOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly env?: Record<string, string>;
}

/** How the engine is started as `npm start` does, from the build. */
export const engineCommand = ({ port, dataDir, env }: EngineOptions) => ({
  command: process.execPath,
  args: [`${root}/engine/dist/cli.js`, 'start'],
  env: { ...process.env, HEDDLE_PORT: String(port), HEDDLE_DATA: dataDir, HEDDLE_LOG: 'error', ...env },
});

/** Starts the engine on a fixed port, so that a client finds it again. */
export async function startEngine(options: EngineOptions): Promise<Process> {
  const { command, args, env } = engineCommand(options);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  await firstLine(child, (text) => text.includes('Heddle is ready'));
  return { child, url: `http://127.0.0.1:${options.port}` };
}

function firstLine(child: ChildProcess, wanted: (text: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (text) => wanted(text) && resolve(text));
    child.once('exit', (code, signal) => reject(new Error(`a process ended before it was ready (${code ?? signal})`)));
  });
}

/** Ends a process by signal and resolves when it is gone. */
export function end({ child }: Process, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** A free port of the loopback address. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
