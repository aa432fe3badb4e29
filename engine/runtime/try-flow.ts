import type { Program } from '../compile/index.ts';
import { catalogue } from '../errors.ts';
import { isFinal, type Note, type Run } from '../kernel/index.ts';
import { type Asked, MemoryRun } from './memory-run.ts';
import type { Perform, Performed } from './perform.ts';
import { newRunId } from './run-id.ts';
import type { Attempt, Mock, Tried } from './runtime.ts';

export interface TryOptions {
  readonly perform: Perform;
  /** Epoch ms. */
  readonly now: () => number;
  readonly random: () => number;
}

/** What ends a try unless a mock answers for it. */
const WAITS = { 'await-event': 'event', task: 'task', 'start-run': 'subflow' } as const;

/**
 * Runs a flow once, in memory, to see what it does: calls go to the real services, under keys of their own, except where
 * a mock answers. Time is put forward to the next timer whenever nothing else is under way. It ends where a person, an
 * event or a sub-flow without a mock would have to answer. What `emit` publishes is left out, and what was mocked is
 * not undone.
 */
export function tryFlow(program: Program, attempt: Attempt, { perform, now, random }: TryOptions): Promise<Tried> {
  return new Promise((resolve, reject) => {
    const startedAt = now();
    const runId = newRunId(startedAt);
    const notes: Note[] = [];
    const mocked = new Set<string>();
    const skipped: Tried['skipped'][number][] = [];
    const waiting = new Map<string, Tried['waitingFor'][number]>();
    let latest: Run | undefined;
    let isOver = false;

    const answer = (effect: Asked): Promise<Performed> | undefined => {
      const node = nodeOf(effect.id);
      const isUndo = effect.id.endsWith('~undo');
      const mock = Object.hasOwn(attempt.mocks, node) ? attempt.mocks[node] : undefined;
      if (mock !== undefined && effect.kind !== 'query') {
        mocked.add(node);
        return Promise.resolve(isUndo ? { ok: true, output: null } : performed(mock));
      }
      switch (effect.kind) {
        case 'call':
        case 'query':
        case 'script':
          return perform(effect, { runId });
        case 'emit':
          skipped.push({ id: effect.id, node, kind: 'emit' });
          return Promise.resolve({ ok: true, output: null });
        case 'compensate-run':
          return undefined;
        default:
          waiting.set(effect.id, { id: effect.id, node, kind: WAITS[effect.kind] });
          return undefined;
      }
    };
    const end = () => {
      if (isOver || latest === undefined) return;
      isOver = true;
      clearTimeout(deadline);
      attempt.signal?.removeEventListener('abort', stop);
      run.close();
      resolve({
        run: latest,
        notes,
        mocked: [...mocked],
        skipped,
        waitingFor: isFinal(latest.status) || latest.status === 'needs-operator' ? [] : [...waiting.values()],
        durationMs: now() - startedAt,
      });
    };
    const goOn = () => {
      if (isOver || !run.isIdle) return;
      if (latest?.status === 'needs-operator') return end();
      const next = run.nextTimer;
      // Time does not run out on whoever is waited for: their answer is what the author has yet to say.
      if (next === undefined || (waiting.size > 0 && next.id.endsWith(':timeout'))) return end();
      if (next.inMs > 0) skipped.push({ id: next.id, node: nodeOf(next.id), kind: 'timer', ms: next.inMs });
      run.skip();
    };
    const run = new MemoryRun(program, {
      now,
      random,
      notes: true,
      perform: answer,
      // Its history line says what it was.
      respond: () => {},
      rested: (step) => {
        latest = step.run;
        notes.push(...step.notes);
        for (const note of step.notes) if (note.kind === 'cancelled') waiting.delete(note.id);
        if (isFinal(step.run.status)) end();
        else setImmediate(goOn);
      },
      failed: (error) => {
        isOver = true;
        run.close();
        reject(error);
      },
    });
    const stop = () => {
      const reason = attempt.signal?.aborted ? 'the engine is stopping' : `the try took ${attempt.timeoutMs} ms`;
      run.take({ kind: 'terminate', reason, at: run.now() });
    };
    const deadline = setTimeout(stop, attempt.timeoutMs);
    attempt.signal?.addEventListener('abort', stop, { once: true });
    run.begin(runId, attempt.input);
  });
}

/** The node in an effect id: `/items[3]/debit#2~undo:retry` is one of `debit`. */
const nodeOf = (id: string): string => /([^/#:]+)#[^/]*$/.exec(id)?.[1] ?? '';

function performed(mock: Mock): Performed {
  if ('output' in mock) return { ok: true, output: mock.output };
  const { code, message } = mock.error;
  const retryable = Object.hasOwn(catalogue, code) && catalogue[code as keyof typeof catalogue].retryable;
  return { ok: false, failure: { code, message: message ?? `mock: ${code}`, retryable, mayHaveActed: false } };
}
