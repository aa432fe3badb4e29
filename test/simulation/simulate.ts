import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { documentFor } from '../properties/flows.ts';
import { type Case, cases } from './case.ts';
import { Disk } from './disk.ts';
import { live } from './life.ts';

export interface Simulated {
  readonly lives: number;
  readonly seed: number;
  /** Undefined: nothing was found. Else the smallest case that was found, and how to live it again. */
  readonly failure?: string;
}

/**
 * Lives many lives, each with a flow, order and faults of its own.
 *
 * @param options.path of a failure that was found before, to live only that one
 * @param options.isShrunk look for the smallest case that fails in the same way, which takes a while; default true
 */
export async function simulate(
  lives: number,
  seed: number,
  { path, isShrunk = path === undefined }: { readonly path?: string; readonly isShrunk?: boolean } = {},
): Promise<Simulated> {
  const disk = await Disk.open();
  const details = await fc.check(
    fc.asyncProperty(cases, (given) => live(disk, given)),
    { numRuns: lives, seed, endOnFailure: !isShrunk, ...(path !== undefined && { path }) },
  );
  if (!details.failed) return { lives: details.numRuns, seed };
  const [given] = details.counterexample ?? [];
  const again = `node test/dist/simulation/simulate.js 1 ${details.seed} ${details.counterexamplePath}`;
  const error = details.errorInstance;
  const text = error instanceof Error ? error.stack : String(error);
  return { lives: details.numRuns, seed, failure: [text, given && describe(given), again].join('\n') };
}

const describe = ({ blocks, ...rest }: Case) => `${JSON.stringify(documentFor(blocks))}\n${JSON.stringify(rest)}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lives = Number(process.argv[2] ?? 2_000);
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
  const begun = performance.now();
  const path = process.argv[4];
  const { failure } = await simulate(lives, seed, path === undefined ? {} : { path });
  const ms = performance.now() - begun;
  console.log(`${lives} lives, seed ${seed}: ${(ms / 1_000).toFixed(1)} s, ${(ms / lives).toFixed(2)} ms each`);
  console.log(failure ?? 'no finding');
  if (failure !== undefined) process.exitCode = 1;
}
