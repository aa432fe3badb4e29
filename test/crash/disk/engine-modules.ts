import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { engineRoot } from './place.ts';

/** A built module of the engine that is put to the test, by its path below `engine/dist`. */
const load = <Module>(path: string): Promise<Module> =>
  import(pathToFileURL(join(engineRoot, 'engine/dist', path)).href) as Promise<Module>;

// By path instead of by name: a package's name always leads to the engine of this repository.
export const { SqliteDatabase } =
  await load<typeof import('@heddle/engine/store/sqlite/sqlite')>('store/sqlite/sqlite.js');
export const { openStore } = await load<typeof import('@heddle/engine/store/store')>('store/store.js');
export const { EmbeddedRuntime, statements } =
  await load<typeof import('@heddle/engine/runtime/embedded/index')>('runtime/embedded/index.js');
export const { Programs } = await load<typeof import('@heddle/engine/runtime/programs')>('runtime/programs.js');
export const { outstanding, replay, isFinal } =
  await load<typeof import('@heddle/engine/kernel/index')>('kernel/index.js');
export const { parse } = await load<typeof import('@heddle/engine/definition/index')>('definition/index.js');
export const { nodeTypes } = await load<typeof import('@heddle/engine/nodes/index')>('nodes/index.js');
