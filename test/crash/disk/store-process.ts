import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '@heddle/engine/errors';
import type { Performable, PerformContext, Performed } from '@heddle/engine/runtime/perform';
import type { Store } from '@heddle/engine/store/store';
import {
  EmbeddedRuntime,
  nodeTypes,
  openStore,
  Programs,
  parse,
  SqliteDatabase,
  statements,
} from './engine-modules.ts';
import type { Answer, Ask, Effect, Effected, Methods } from './protocol.ts';
import { type Parts, verify } from './verify.ts';

/**
 * The engine's store and embedded runtime in a process of their own, without HTTP and services: quick to start, and what
 * its disk does can be decided (interposer.c). Its parent tells it what to do and answers the calls of its runs.
 */
const marks = process.env['DISK_MARKS'] === undefined ? undefined : openSync(process.env['DISK_MARKS'], 'a');

/** Says in the trace of the disk what somebody outside has been told. */
function mark(...words: readonly string[]): void {
  if (marks !== undefined) writeSync(marks, JSON.stringify(words));
}

const answers = new Map<number, (ok: boolean) => void>();
let calls = 0;

function perform(effect: Performable, { runId }: PerformContext): Promise<Performed> {
  if (effect.kind !== 'call') throw new Error(`no flow of these tests has a ${effect.kind}`);
  const key = `${runId}:${effect.id}`;
  const id = calls++;
  mark('effect', runId, key);
  return new Promise((resolve) => {
    answers.set(id, (ok) =>
      resolve(
        ok
          ? { ok, output: { key } }
          : { ok, failure: { code: 'REFUSED', message: 'no', retryable: false, mayHaveActed: false } },
      ),
    );
    send({ kind: 'effect', id, key, operation: effect.operation });
  });
}

function send(message: Answer | Effect): void {
  process.send?.(message);
}

let open: (Parts & { readonly store: Store }) | undefined;

function engine(): Parts {
  if (open === undefined) throw new Error('nothing is open');
  return open;
}

async function openEngine(folder: string, flows: readonly Json[], recover: boolean): Promise<void> {
  const database = await SqliteDatabase.open({ path: join(folder, 'heddle.db'), statements });
  const store = await openStore(database, Date.now);
  for (const flow of flows) {
    const parsed = parse(flow, nodeTypes);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    await store.definitions.publish(parsed.flow, { note: '', by: 'test' });
  }
  const programs = new Programs(store.definitions);
  const runtime = new EmbeddedRuntime({
    database,
    programs,
    perform,
    safety: () => 'idempotent',
    now: Date.now,
    random: Math.random,
    maxActiveRuns: 1_000,
    log: { warn: () => {}, error: () => {} },
  });
  open = { database, store, runtime, programs };
  if (recover) await runtime.recover();
}

type Asynchronous<Method> = Method extends (params: infer Params) => infer Result
  ? (params: Params) => Promise<Result>
  : never;

const methods: { readonly [Name in keyof Methods]: Asynchronous<Methods[Name]> } = {
  async open({ folder, flows, recover }) {
    await openEngine(folder, flows, recover);
    return null;
  },
  async recover() {
    await engine().runtime.recover();
    return null;
  },
  async start({ flowId, reference }) {
    const { runId } = await engine().runtime.start({ flow: { flowId, version: 'latest' }, input: { reference } });
    mark('accepted', runId, flowId, reference);
    return { runId };
  },
  async signal({ runId, name, id }) {
    const result = await engine().runtime.signal(runId, { name, payload: null, dedupeId: id });
    if (result === 'accepted') mark('signalled', runId, id);
    return result;
  },
  async publish({ reference, name, id }) {
    const result = await engine().runtime.publish({ name, correlation: reference, payload: null, id });
    mark('published', id);
    return result;
  },
  async ended({ runId, waitMs }) {
    const outcome = await engine().runtime.result(runId, waitMs);
    if (outcome === 'pending') return outcome;
    mark('ended', runId, outcome.status);
    return outcome.status;
  },
  health: async () => ({ ready: engine().runtime.health().ready }),
  verify: async () => verify(engine()),
  async close() {
    const { runtime, database } = engine();
    await runtime.drain(0);
    answers.clear();
    await database.close();
    open = undefined;
    return null;
  },
};

process.on('message', (message: Ask | Effected) => {
  if (message.kind === 'effected') {
    answers.get(message.id)?.(message.ok);
    answers.delete(message.id);
    return;
  }
  const { id, method, params } = message;
  // Each method is handed what the caller's types say it takes (protocol.ts).
  (methods[method] as (params: unknown) => Promise<unknown>)(params).then(
    (result) => send({ kind: 'answer', id, result }),
    (error: Error & { code?: string }) =>
      send({ kind: 'refused', id, code: error.code ?? 'INTERNAL', message: error.message }),
  );
});
process.on('disconnect', () => process.exit());
