import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutants } from './mutants.ts';

const root = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../../..' : '../../..', import.meta.url));
const WORKSPACES = ['connectors', 'designer', 'engine', 'flows'];
const LEFT_OUT = ['node_modules', 'dist', '.git'];
const TEST_MS = 300_000;
/** Lives of the simulation in which a fault must show. */
const LIVES = '500';

/** How often each text of a mutant stands in its file; each must stand there once. */
export const found = ({ edits }: Mutant): number[] =>
  edits.map(({ file, find }) => readFileSync(join(root, file), 'utf8').split(find).length - 1);

export interface Verdict {
  readonly name: string;
  readonly caughtBy: string;
  /** The test passes without the mutant, and fails with it. */
  readonly isCaught: boolean;
}

/**
 * Puts faults into a copy of the sources, one at a time, and runs the test that must find each.
 *
 * @throws {Error} if a test fails without a fault, or a text of a mutant is not there exactly once
 */
export function mutate(chosen: readonly Mutant[], log: (line: string) => void): Verdict[] {
  const copy = copySources();
  try {
    const sound = new Set<string>();
    return chosen.map((mutant) => {
      const { name, caughtBy } = mutant;
      const before = sound.has(caughtBy) ? undefined : failure(copy, mutant);
      if (before !== undefined) throw new Error(`${caughtBy} fails without any fault: ${before}`);
      sound.add(caughtBy);
      const restore = apply(copy, mutant);
      const because = failure(copy, mutant);
      restore();
      log(because === undefined ? `${name}: NOT CAUGHT by ${caughtBy}` : `${name}: caught by ${caughtBy}: ${because}`);
      return { name, caughtBy, isCaught: because !== undefined };
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The packages are linked to those that are installed, the project's own to the copy. */
function copySources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'heddle-mutants-'));
  cpSync(root, copy, { recursive: true, filter: (source) => !LEFT_OUT.includes(basename(source)) });
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@heddle'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@heddle' && !name.startsWith('.vite'))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
  for (const name of WORKSPACES) symlinkSync(join(copy, name), join(modules, '@heddle', name));
  return copy;
}

function apply(copy: string, { name, edits }: Mutant): () => void {
  const before = new Map(edits.map(({ file }) => [file, readFileSync(join(copy, file), 'utf8')]));
  const restore = () => {
    for (const [file, text] of before) writeFileSync(join(copy, file), text);
  };
  for (const { file, find, replace } of edits) {
    const [head, tail, ...more] = readFileSync(join(copy, file), 'utf8').split(find);
    if (head === undefined || tail === undefined || more.length > 0)
      throw new Error(`mutant ${name}: ${JSON.stringify(find)} is not in ${file} exactly once`);
    writeFileSync(join(copy, file), `${head}${replace}${tail}`);
  }
  return restore;
}

/** What the test says when it fails; undefined when it passes. */
function failure(copy: string, { caughtBy, isBuilt }: Mutant): string | undefined {
  const run = (script: string, ...args: string[]) =>
    spawnSync(process.execPath, [join(copy, 'node_modules', script), ...args], {
      cwd: copy,
      timeout: TEST_MS,
      encoding: 'utf8',
      // Vitest tells the processes that it starts that they are its own.
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('VITEST'))),
        SIMULATED_LIVES: LIVES,
        NO_COLOR: '1',
      },
    });
  // A mutant need not please the compiler: only what it emits counts.
  if (isBuilt) run('typescript/bin/tsc', '-b');
  const { status, stdout, stderr } = run('vitest/vitest.mjs', 'run', '--project', 'code', caughtBy);
  if (status === null) throw new Error(`${caughtBy} did not end within ${TEST_MS} ms`);
  if (status === 0 && /\b[1-9]\d* skipped/.test(stdout)) throw new Error(`${caughtBy} was skipped`);
  if (status === 0) return undefined;
  return (/Error: ([^\n]+)/.exec(stderr)?.[1] ?? stderr.slice(0, 300)).trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  const chosen = mutants.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const missed = mutate(chosen, console.log).filter(({ isCaught }) => !isCaught);
  console.log(`${chosen.length - missed.length} of ${chosen.length} faults were caught`);
  if (missed.length > 0) process.exitCode = 1;
}
