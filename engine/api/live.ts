import type { FastifyReply } from 'fastify';
import { FlowError } from '../errors.ts';
import type { Note } from '../kernel/index.ts';
import type { Runtime } from '../runtime/runtime.ts';

const KEEP_ALIVE_MS = 15_000;

/** Streams a run's history as server-sent events: what there is, then what comes, until it has finished. */
export async function streamRun(runtime: Runtime, runId: string, reply: FastifyReply): Promise<void> {
  const pending: Note[] = [];
  let open = false;
  let sent = 0;
  const { raw } = reply;
  const send = (notes: readonly Note[]) => {
    for (const note of notes) {
      sent += 1;
      raw.write(`id: ${sent}\nevent: ${note.kind}\ndata: ${JSON.stringify(note)}\n\n`);
      if (note.kind === 'finished') close();
    }
  };
  // Watch before reading, so that nothing falls between; what both deliver is told apart by identity of content.
  const stop = runtime.watch(runId, (notes) => (open ? send(notes) : void pending.push(...notes)));
  const close = () => {
    clearInterval(keepAlive);
    stop();
    raw.end();
  };
  const keepAlive = setInterval(() => raw.write(': keep-alive\n\n'), KEEP_ALIVE_MS);
  raw.on('close', () => {
    clearInterval(keepAlive);
    stop();
  });
  const found = await runtime.inspect(runId);
  if (found === undefined) {
    clearInterval(keepAlive);
    stop();
    throw new FlowError('RUN_NOT_FOUND', `no run ${runId}`);
  }
  reply.hijack();
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive' });
  const known = new Set(found.notes.map((note) => JSON.stringify(note)));
  send(found.notes);
  open = true;
  send(pending.filter((note) => !known.has(JSON.stringify(note))));
}
