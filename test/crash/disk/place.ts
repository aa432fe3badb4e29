import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Root of the repository that this file belongs to, from its sources as from the build. */
export const root = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../..' : '../../..', import.meta.url),
).replace(/\/$/, '');

/**
 * Root of the repository whose engine is put to the test, which must be built. Another one may be named, to see whether a
 * fault put into it is found.
 */
export const engineRoot = process.env['DISK_ENGINE'] ?? root;

/** Where stores of a test are quickest: in memory, if the machine has a folder for that. */
export const memoryFolder = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
