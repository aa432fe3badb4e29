import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Config } from '../config.ts';
import { FlowError, type Json } from '../errors.ts';
import { besideEngine, type Engine } from '../server.ts';
import { publish } from './load-files.ts';

export interface SampleBank {
  readonly url: string;
  /** Descriptions of its services. */
  readonly services: readonly Json[];
  /** Ends the bank if it was started here; one that was there before is left alone. */
  stop(): void;
}

function flowsDir(): string {
  const dir = besideEngine('flows', 'bank');
  if (dir !== undefined) return dir;
  throw new FlowError('CONFIG_INVALID', 'the sample flows are not beside the engine; start without --sample');
}

/** Starts the sample bank in a process of its own, or finds it running (it outlives an engine that was killed). */
export async function startSampleBank(config: Config): Promise<SampleBank> {
  const running = config.bankPort === 0 ? undefined : await servicesAt(`http://127.0.0.1:${config.bankPort}`);
  if (running) return { url: `http://127.0.0.1:${config.bankPort}`, services: running, stop: () => {} };
  const main = join(flowsDir(), 'dist', 'bank', 'main.js');
  const child = spawn(process.execPath, [main, ...ports(config.bankPort), '--data', resolve(config.bankDataDir)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await readyUrl(child);
  const services = await servicesAt(url);
  if (services === undefined)
    throw new FlowError('CONFIG_INVALID', `the sample bank at ${url} does not describe its services`);
  return { url, services, stop: () => void child.kill('SIGTERM') };
}

/** The bank's gRPC is next to its HTTP. */
const ports = (port: number) => ['--port', String(port), '--grpc-port', String(port === 0 ? 0 : port + 1)];

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolveUrl, reject) => {
    if (child.stdout)
      createInterface({ input: child.stdout }).once('line', (text) =>
        resolveUrl((JSON.parse(text) as { url: string }).url),
      );
    child.once('exit', (code) =>
      reject(
        new FlowError(
          'CONFIG_INVALID',
          `the sample bank did not start (exit code ${code}); set HEDDLE_BANK_PORT if its port is taken`,
        ),
      ),
    );
  });
}

async function servicesAt(url: string): Promise<readonly Json[] | undefined> {
  try {
    const response = await fetch(`${url}/_bank/services`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? ((await response.json()) as Json[]) : undefined;
  } catch {
    // Nobody listens there: the caller starts one.
    return undefined;
  }
}

/** The address that sample flows give to services for their call-backs; replaced by the engine's own. */
const SAMPLE_URL = 'http://127.0.0.1:8080';

/** Publishes every `flows/<name>/flow.json`. @throws {FlowError} `CONFIG_INVALID` naming every problem. */
export async function publishSampleFlows(engine: Engine): Promise<void> {
  for (const { name, definition } of sampleFlows()) {
    const here = JSON.parse(JSON.stringify(definition).replaceAll(SAMPLE_URL, engine.url ?? SAMPLE_URL)) as Json;
    await publish(engine, `flows/${name}/flow.json`, here);
  }
}

/** Every flow folder that has a definition. */
function sampleFlows(): { readonly name: string; readonly definition: Json }[] {
  const dir = flowsDir();
  return readdirSync(dir)
    .filter((name) => existsSync(join(dir, name, 'flow.json')))
    .map((name) => ({ name, definition: JSON.parse(readFileSync(join(dir, name, 'flow.json'), 'utf8')) as Json }));
}
