import { parentPort } from 'node:worker_threads';
import { runScript, type ScriptJob } from './sandbox.ts';

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

port.on('message', async (job: ScriptJob) => {
  try {
    port.postMessage(await runScript(job));
  } catch (error) {
    // A wrecked WebAssembly instance (out of memory inside the sandbox) may throw: the thread is given up.
    port.postMessage({
      id: job.id,
      ok: false,
      code: 'SCRIPT_LIMIT',
      message: error instanceof Error ? error.message : String(error),
    });
    port.close();
  }
});
