import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a module of this package in a worker thread.
 *
 * @param module URL of the module without its extension, for instance `new URL('./worker', import.meta.url)`
 * @param from `import.meta.url` of the caller: says whether this is the built package or its sources
 */
export function startThread(module: URL, from: string, options: WorkerOptions = {}): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`${module.href}.js`), options);
  // From source (tests, development) a thread does not inherit the loader that understands TypeScript.
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(`${module.href}.ts`)}); })`;
  return new Worker(bootstrap, { ...options, eval: true, execArgv: ['--conditions=source'] });
}
