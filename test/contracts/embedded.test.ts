import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedRuntime, statements } from '@heddle/engine/runtime/embedded/index';
import { Programs } from '@heddle/engine/runtime/programs';
import { SqliteDatabase } from '@heddle/engine/store/sqlite/sqlite';
import { openStore } from '@heddle/engine/store/store';
import { expect, test } from 'vitest';
import { examples, flowOf } from './examples.ts';
import { type RuntimeParts, type RuntimeSubject, runtimeContract } from './runtime.ts';

/** The embedded runtime on a file. */
async function openAt(folder: string, { perform, now, random }: RuntimeParts): Promise<RuntimeSubject> {
  const database = await SqliteDatabase.open({ path: join(folder, 'heddle.db'), statements });
  const store = await openStore(database, now);
  const runtime = new EmbeddedRuntime({
    database,
    programs: new Programs(store.definitions),
    perform,
    safety: () => 'idempotent',
    now,
    random,
    maxActiveRuns: 1_000,
    log: { warn: () => {}, error: () => {} },
  });
  await runtime.recover();
  return {
    runtime,
    publish: (flow) => store.definitions.publish(flow, { note: '', by: 'contract' }),
    async close() {
      await runtime.drain(1_000);
      await database.close();
    },
  };
}

runtimeContract('the embedded runtime', async (parts) => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-contract-'));
  const subject = await openAt(folder, parts);
  return {
    ...subject,
    async close() {
      await subject.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

test('a run that waits when the engine stops goes on in the next one, with its timer and its early signal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-contract-'));
  const parts: RuntimeParts = {
    perform: async (effect) => ({ ok: true, output: effect.id }),
    now: Date.now,
    random: () => 0,
  };
  const flow = flowOf({
    id: 'long',
    output: { called: { $: { var: 'steps.call' } }, went: { $: { var: 'steps.go' } } },
    start: 'pause',
    nodes: {
      pause: { type: 'wait', for: '200ms', next: 'call' },
      call: { type: 'call', service: 's', operation: 'o', next: 'go' },
      go: { type: 'event', name: 'go' },
    },
  });
  const first = await openAt(folder, parts);
  await first.publish(flow);
  const { runId } = await first.runtime.start({ flow: { flowId: 'long', version: 'latest' }, input: {} });
  expect(await first.runtime.signal(runId, { name: 'go', payload: 'early', dedupeId: '1' })).toBe('accepted');
  await first.close();

  const second = await openAt(folder, parts);
  expect(await second.runtime.result(runId, 5_000)).toMatchObject({
    status: 'completed',
    output: { called: '/call#1', went: 'early' },
  });
  await second.close();

  const third = await openAt(folder, parts);
  expect(await third.runtime.result(runId, 0)).toMatchObject({ status: 'completed' });
  await third.close();
  rmSync(folder, { recursive: true, force: true });
});

test('there is an example for each node type', () => {
  expect(examples.length).toBeGreaterThanOrEqual(15);
});
