import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './place.ts';

/** How an operation on the store's files fails. `full` and `sync-fails` last until the plan is withdrawn. */
export type Fault = 'kill-before' | 'kill-after' | 'torn' | 'eio' | 'enospc' | 'full' | 'sync-fails';

/** Why the library cannot be had here; undefined: it can. */
export const missing =
  process.platform !== 'linux'
    ? 'LD_PRELOAD is of Linux'
    : spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0
      ? undefined
      : 'there is no C compiler (cc)';

/**
 * Compiles the library that stands between a process and its disk.
 *
 * @param folder where to put it
 * @returns its path
 */
export function compileInterposer(folder: string): string {
  const library = join(folder, 'interposer.so');
  const source = join(root, 'test/crash/disk/interposer.c');
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-Wall', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the library could not be compiled: ${stderr}`);
  return library;
}

/** What is to go wrong in one process. */
export class Plan {
  private readonly path: string;

  /** @param path of the file by which the process learns of it (DISK_PLAN) */
  constructor(path: string) {
    this.path = path;
  }

  /** Lets an operation fail. @param number which one, counted from 1 from now on */
  make(fault: Fault, number: number): void {
    rmSync(`${this.path}.struck`, { force: true });
    writeFileSync(`${this.path}.new`, `${fault} ${number}\n`);
    renameSync(`${this.path}.new`, this.path);
  }

  /** Has it happened? */
  get struck(): boolean {
    return existsSync(`${this.path}.struck`);
  }

  /** From now on the disk works. */
  withdraw(): void {
    rmSync(this.path, { force: true });
  }
}
