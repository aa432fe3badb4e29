import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const program = fileURLToPath(new URL('../../node_modules/.bin/prism', import.meta.url));

/** It starts slowly. */
const MAX_WAIT_MS = 30_000;

/** A mock server that Prism makes of an OpenAPI document. */
export interface Prism {
  readonly url: string;
  /** What it was asked since the last look, such as `get /stations`, all that was sent before included. */
  asked(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** One line on the console tells if it is not installed. */
export function hasPrism(): boolean {
  if (existsSync(program)) return true;
  console.warn(`${program} is not installed, so its tests are skipped`);
  return false;
}

/** @param document a file @throws {Error} with its log if it does not listen within 30 s. */
export async function startPrism(document: string): Promise<Prism> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(
    process.execPath,
    [program, 'mock', '-p', new URL(url).port, '-h', '127.0.0.1', document],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  const changed = new EventEmitter();
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => {
      log += stripVTControlCharacters(part.toString());
      changed.emit('more');
    });
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      changed.emit('more');
      resolve();
    }),
  );
  const stop = async () => {
    child.kill();
    await ended;
  };
  /** Waits until the log says this. */
  const says = async (what: RegExp) => {
    const signal = AbortSignal.timeout(MAX_WAIT_MS);
    while (!what.test(log)) {
      if (child.exitCode !== null) throw new Error('Prism has ended');
      await once(changed, 'more', { signal });
    }
  };
  try {
    await says(/Prism is listening/);
  } catch (cause) {
    await stop();
    throw new Error(`Prism did not start: ${log}`, { cause });
  }
  const requests = () =>
    [...log.matchAll(/\[HTTP SERVER\] (\w+ \S+) .*Request received/g)].map(([, what]) => what ?? '');
  let seen = 0;
  let looks = 0;
  return {
    url,
    async asked() {
      // The log comes by a pipe, in order: once it tells of this request, it has told of all before.
      looks += 1;
      const mark = `get /look-${looks}`;
      await fetch(`${url}/look-${looks}`);
      await says(new RegExp(`${mark}\\b.*Request received`));
      const all = requests();
      const fresh = all.slice(seen, all.indexOf(mark));
      seen = all.length;
      return fresh;
    },
    stop,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number }; // what a server that listens on a port has
  await new Promise((resolve) => server.close(resolve));
  return port;
}
