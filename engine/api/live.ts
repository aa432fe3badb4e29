import type { FastifyReply } from 'fastify';
import { FlowError } from '../errors.ts';
import { isFinal, type Note } from '../kernel/index.ts';
import type { ApiDeps } from './deps.ts';
import { HistoryView } from './history.ts';

const KEEP_ALIVE_MS = 15_000;

/** Runs watched over server-sent events. An open stream would hold a stopping server for ever, so all can be ended. */
export class LiveStreams {
  private readonly deps: Pick<ApiDeps, 'runtime' | 'store'>;
  private readonly ends = new Set<() => void>();

  constructor(deps: Pick<ApiDeps, 'runtime' | 'store'>) {
    this.deps = deps;
  }

  close(): void {
    for (const end of this.ends) end();
  }

  /**
   * Streams a run's history: what there is, then what comes, until the run has ended.
   *
   * @throws {FlowError} `RUN_NOT_FOUND`: nothing has been sent.
   */
  async open(runId: string, reply: FastifyReply): Promise<void> {
    const { runtime, store } = this.deps;
    // Watch before reading, so that nothing falls between; what both deliver is told apart by its content.
    let take = (notes: readonly Note[]): void => void pending.push(...notes);
    const pending: Note[] = [];
    const stop = runtime.watch(runId, (notes) => take(notes));
    try {
      const found = await runtime.inspect(runId);
      const flow = found && (await store.definitions.definition(found.run.flowId, found.run.version));
      if (found === undefined || flow === undefined) throw new FlowError('RUN_NOT_FOUND', `no run ${runId}`);
      const send = this.sender(reply, stop, new HistoryView(flow, found.run).note);
      const known = new Set(found.notes.map((note) => JSON.stringify(note)));
      const news = pending.filter((note) => !known.has(JSON.stringify(note)));
      send([...found.notes, ...news], isFinal(found.run.status) || endsRun(news));
      take = (notes) => send(notes, endsRun(notes));
    } catch (error) {
      stop();
      throw error;
    }
  }

  /** Begins the answer. The function it returns sends lines, and with `last` ends the stream. */
  private sender(reply: FastifyReply, stop: () => void, view: (note: Note) => Note) {
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const keepAlive = setInterval(() => raw.write(': keep-alive\n\n'), KEEP_ALIVE_MS);
    const end = () => {
      clearInterval(keepAlive);
      stop();
      this.ends.delete(end);
      raw.end();
    };
    this.ends.add(end);
    raw.on('close', end);
    let sent = 0;
    return (notes: readonly Note[], last: boolean): void => {
      if (!this.ends.has(end)) return;
      for (const note of notes) {
        sent += 1;
        raw.write(`id: ${sent}\nevent: ${note.kind}\ndata: ${JSON.stringify(view(note))}\n\n`);
      }
      if (last) end();
    };
  }
}

const endsRun = (notes: readonly Note[]) => notes.some((note) => note.kind === 'finished');
