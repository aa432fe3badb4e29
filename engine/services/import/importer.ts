import { FlowError, type JsonObject } from '../../errors.ts';
import { startThread } from '../../thread.ts';
import type { Imported, ImportRequest } from './openapi.ts';
import { refused } from './read-document.ts';
import type { WorkerAnswer } from './worker.ts';

const MAX_TIME_MS = 60_000;
const MAX_HEAP_MB = 1_024;

/** Reads OpenAPI documents in a thread of their own, one at a time: calls go on, and memory is given back. */
export interface Importer {
  /** @throws {FlowError} `IMPORT_INVALID` naming the place and the cure. */
  import(request: ImportRequest): Promise<Imported>;
}

export function createImporter(limits: { readonly maxTimeMs?: number } = {}): Importer {
  const maxTimeMs = limits.maxTimeMs ?? MAX_TIME_MS;
  let last: Promise<unknown> = Promise.resolve();
  return {
    import(request) {
      const turn = last.then(() => inThread(request, maxTimeMs));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

async function inThread(request: ImportRequest, maxTimeMs: number): Promise<Imported> {
  const thread = startThread(new URL('./worker', import.meta.url), import.meta.url, {
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', (error: Error & { readonly code?: string }) =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge(`more than ${MAX_HEAP_MB} MB of memory`) : error),
      );
      timer = setTimeout(() => reject(tooLarge(`longer than ${maxTimeMs / 1_000} s`)), maxTimeMs);
      thread.postMessage(request);
    });
    if (answer.ok) return answer.imported;
    if (answer.problem === undefined) throw new Error(`an import failed: ${answer.fault}`);
    throw new FlowError('IMPORT_INVALID', answer.problem.message, { details: answer.problem.details as JsonObject });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

const tooLarge = (what: string) => refused(`the document takes ${what} to read: import it in parts`);
