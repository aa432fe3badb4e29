import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const SAVED_AT_ONCE_BYTES = 2 ** 20;

/** Makes a folder, and those above it, that a power cut does not take back. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(folder); made.length >= resolve(first).length; made = dirname(made)) saveNames(dirname(made));
}

/**
 * Makes sure that a file that was left behind is on the disk, with its name. It may hold what an fsync failed to save: a
 * later one would not save it either, because the system takes it for saved. So the same bytes are written again.
 */
export function saveAgain(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r+');
  try {
    const bytes = Buffer.alloc(SAVED_AT_ONCE_BYTES);
    for (let at = 0; ; ) {
      const length = readSync(file, bytes, 0, bytes.length, at);
      if (length === 0) break;
      at += writeSync(file, bytes, 0, length, at);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  saveNames(dirname(path));
}

function saveNames(folder: string): void {
  // Windows cannot synchronise folders, and need not.
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
