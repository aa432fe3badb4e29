import { parentPort } from 'node:worker_threads';
import { FlowError, messageOf } from '../../errors.ts';
import { type ImportRequest, importOpenApi } from './openapi.ts';

/** What the thread answers; an error's class does not survive the way between threads. */
export type WorkerAnswer =
  | { readonly ok: true; readonly imported: Awaited<ReturnType<typeof importOpenApi>> }
  | {
      readonly ok: false;
      readonly problem?: { readonly message: string; readonly details: object };
      readonly fault?: string;
    };

parentPort?.once('message', (request: ImportRequest) => {
  importOpenApi(request).then(
    (imported) => parentPort?.postMessage({ ok: true, imported } satisfies WorkerAnswer),
    (error: unknown) => parentPort?.postMessage(refusal(error)),
  );
});

function refusal(error: unknown): WorkerAnswer {
  if (error instanceof FlowError) return { ok: false, problem: { message: error.message, details: error.details } };
  return { ok: false, fault: error instanceof Error ? (error.stack ?? error.message) : messageOf(error) };
}
