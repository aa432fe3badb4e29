import type { Flow } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import type { Note } from '@heddle/engine/kernel/index';
import { createPerform, type MessagePublisher, type Perform } from '@heddle/engine/runtime/perform';
import type { Outcome, Runtime } from '@heddle/engine/runtime/runtime';
import { ScriptThread } from '@heddle/engine/runtime/script/runner';
import { createInvoker, createServiceRegistry } from '@heddle/engine/services/index';
import { silentLog } from '@heddle/engine/telemetry/index';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openShop, type Shop } from './example-services.ts';
import { type Example, examples, flowOf, nodeOf } from './examples.ts';

/** What the engine gives a runtime. */
export interface RuntimeParts {
  readonly perform: Perform;
  /** Epoch ms. */
  readonly now: () => number;
  readonly random: () => number;
}

export interface RuntimeSubject {
  readonly runtime: Runtime;
  publish(flow: Flow): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * The tests that every runtime has to pass. Call it in a test file of its own.
 *
 * @param open makes a runtime that takes work, with a store of its own; called for each test
 */
export function runtimeContract(name: string, open: (parts: RuntimeParts) => Promise<RuntimeSubject>): void {
  describe(`${name} keeps the runtime contract`, () => {
    let shop: Shop;
    let subject: RuntimeSubject;
    let scripts: ScriptThread;
    let endShop: () => Promise<void>;

    beforeEach(async () => {
      shop = openShop();
      const registry = createServiceRegistry();
      registry.put(shop.service);
      const invoker = createInvoker({ registry, connectors: shop.connectors, log: silentLog, random: () => 0 });
      scripts = new ScriptThread();
      const messages: MessagePublisher = {
        async publish({ topic, key, payload, id }) {
          await subject.runtime.publish({ name: topic, payload, id, ...(key !== undefined && { correlation: key }) });
        },
        schedule: () => Promise.reject(new Error('no flow of these tests delays a message')),
      };
      const perform = createPerform({ invoker, registry, scripts, messages, now: Date.now });
      subject = await open({ perform, now: Date.now, random: () => 0 });
      endShop = () => invoker.dispose();
    });
    afterEach(async () => {
      await subject.close();
      await scripts.close();
      await endShop();
    });

    /** Publishes and starts a flow; the run's id. */
    const begin = async (definition: Json, input: Json = {}) => {
      const flow = flowOf(definition);
      await subject.publish(flow);
      const { runId } = await subject.runtime.start({ flow: { flowId: flow.id, version: 'latest' }, input });
      return runId;
    };
    const statusOf = async (runId: string) => (await subject.runtime.inspect(runId))?.run.status;
    const reaches = (runId: string, status: string) =>
      expect.poll(() => statusOf(runId), { interval: 5, timeout: 5_000 }).toBe(status);
    const ended = (runId: string) => endOf(subject.runtime, runId);
    const asked = (operation: string) => shop.calls.filter((call) => call.operation === operation);

    test.each(examples)('runs the example of $name to its end', async (example) => {
      for (const { flow } of examples) await subject.publish(flow);
      const outcome = await play(subject.runtime, example);
      expect([outcome.status, outcome.error]).toEqual(['completed', undefined]);
      const expected = expectations[example.name];
      if (expected) expect(outcome).toMatchObject(expected);
    });

    const request = { runId: 'r-1', flow: { flowId: 'ordered', version: 'latest' }, input: { sku: 'tea' } };

    test('the same run id again is harmless', async () => {
      await subject.publish(flowOf(ordered));
      expect(await subject.runtime.start(request)).toEqual({ runId: 'r-1', created: true });
      await reaches('r-1', 'waiting');
      expect(await subject.runtime.start(request)).toEqual({ runId: 'r-1', created: false });
      expect(await subject.runtime.signal('r-1', { name: 'paid', payload: 1, dedupeId: '1' })).toBe('accepted');
      await ended('r-1');
      expect(asked('order')).toHaveLength(1);
    });

    test('the same run id again is harmless while the run is busy', async () => {
      await subject.publish(flowOf(ordered));
      expect(await subject.runtime.start(request)).toEqual({ runId: 'r-1', created: true });
      expect(await subject.runtime.start(request)).toEqual({ runId: 'r-1', created: false });
      await expect.poll(() => statusOf('r-1'), { interval: 5, timeout: 500 }).toBe('waiting');
    });

    test('the same key with the same body is the same run; with another it is refused', async () => {
      await subject.publish(flowOf(ordered));
      const start = (bodyHash: string) =>
        subject.runtime.start({
          flow: { flowId: 'ordered', version: 'latest' },
          input: { sku: 'tea' },
          dedupe: { key: 'k', bodyHash },
        });
      const first = await start('a');
      expect(await start('a')).toEqual({ runId: first.runId, created: false });
      await expect(start('b')).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    });

    test('an unknown flow or version is refused', async () => {
      await subject.publish(flowOf(ordered));
      const start = (flowId: string, version: string) =>
        subject.runtime.start({ flow: { flowId, version }, input: {} });
      await expect(start('none', 'latest')).rejects.toMatchObject({ code: 'FLOW_NOT_FOUND' });
      await expect(start('ordered', 'none')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    });

    test('a run keeps the version that it started with', async () => {
      const runId = await begin(ordered, { sku: 'tea' });
      await reaches(runId, 'waiting');
      await begin({ ...ordered, output: 'another' }, { sku: 'cake' });
      await subject.runtime.signal(runId, { name: 'paid', payload: 1, dedupeId: '1' });
      expect((await ended(runId)).output).toEqual({ orderId: 'O-tea', paid: 1 });
    });

    test('a signal is accepted once, refused where nothing takes it, and comes too late after the end', async () => {
      const runId = await begin(ordered, { sku: 'tea' });
      await reaches(runId, 'waiting');
      const signal = (name: string, dedupeId: string) =>
        subject.runtime.signal(runId, { name, payload: dedupeId, dedupeId });
      expect(await signal('unheard-of', '0')).toBe('refused');
      expect(await signal('paid', '1')).toBe('accepted');
      await ended(runId);
      expect(await signal('paid', '2')).toBe('finished');
      expect(await subject.runtime.signal('none', { name: 'paid', payload: 1, dedupeId: '1' })).toBe('unknown');
    });

    test('signals that come early wait, each is consumed once, a repeated one counts once', async () => {
      const release = shop.hold();
      const runId = await begin({
        id: 'patient',
        output: [read('steps.one'), read('steps.two')],
        start: 'stock',
        nodes: {
          stock: call('stock', {}, { next: 'one' }),
          one: { type: 'event', name: 'go', next: 'two' },
          two: { type: 'event', name: 'go' },
        },
      });
      const signal = (payload: string, dedupeId: string) =>
        subject.runtime.signal(runId, { name: 'go', payload, dedupeId });
      expect(await signal('a', '1')).toBe('accepted');
      expect(await signal('a', '1')).toBe('duplicate');
      release();
      await reaches(runId, 'waiting');
      expect(await signal('b', '2')).toBe('accepted');
      expect((await ended(runId)).output).toEqual(['a', 'b']);
    });

    test('an event finds its run by correlation, or is kept for one that comes', async () => {
      const waiting = await begin(matched, { id: 'A' });
      const publish = (id: string, correlation: string) =>
        subject.runtime.publish({ name: 'shipped', id, correlation, payload: correlation });
      expect(await publish('1', 'B')).toBe('kept');
      expect(await publish('1', 'B')).toBe('duplicate');
      expect(await publish('2', 'A')).toBe('delivered');
      expect((await ended(waiting)).output).toBe('A');
      expect((await ended(await begin(matched, { id: 'B' }))).output).toBe('B');
    });

    test('cancelling undoes what was done, in reverse, once', async () => {
      const runId = await begin(twoOrders);
      await reaches(runId, 'waiting');
      expect(await subject.runtime.cancel(runId, 'changed my mind')).toBe('accepted');
      const outcome = await ended(runId);
      expect([outcome.status, outcome.reason]).toEqual(['compensated', 'changed my mind']);
      expect(asked('cancel').map(({ input }) => input['orderId'])).toEqual(['O-cake', 'O-tea']);
      expect(await subject.runtime.cancel(runId, 'again')).toBe('finished');
      expect(await subject.runtime.cancel('none', 'x')).toBe('unknown');
    });

    test('a cancelled run with nothing to undo ends cancelled', async () => {
      const runId = await begin(matched, { id: 'C' });
      expect(await subject.runtime.cancel(runId, 'x')).toBe('accepted');
      expect((await ended(runId)).status).toBe('cancelled');
    });

    test('terminating undoes nothing', async () => {
      const runId = await begin(twoOrders);
      await reaches(runId, 'waiting');
      expect(await subject.runtime.terminate(runId, 'enough')).toBe('accepted');
      expect((await ended(runId)).status).toBe('cancelled');
      expect(asked('cancel')).toEqual([]);
    });

    test('a suspended run does nothing with its signals until it is resumed', async () => {
      const runId = await begin(ordered, { sku: 'tea' });
      await reaches(runId, 'waiting');
      expect(await subject.runtime.suspend(runId)).toBe('accepted');
      expect(await subject.runtime.signal(runId, { name: 'paid', payload: 1, dedupeId: '1' })).toBe('accepted');
      expect(await statusOf(runId)).toBe('suspended');
      expect(await subject.runtime.resume(runId)).toBe('accepted');
      expect((await ended(runId)).status).toBe('completed');
    });

    test('a failed run goes on from where it failed when it is retried', async () => {
      shop.failing = 1;
      const runId = await begin({
        id: 'priced',
        start: 'order',
        nodes: { order: call('order', { sku: 'tea' }, { next: 'price' }), price: call('price', { sku: 'tea' }) },
      });
      expect((await ended(runId)).error).toMatchObject({ code: 'SERVICE_ERROR', node: 'price' });
      expect(await subject.runtime.retry(runId)).toBe('accepted');
      await reaches(runId, 'completed');
      expect(asked('order')).toHaveLength(1);
      expect(await subject.runtime.retry('none')).toBe('unknown');
    });

    test('a retried call keeps its key; each item and each visit has a key of its own', async () => {
      shop.failing = 2;
      const lines = ['tea', 'coffee', 'cake'];
      const runId = await begin({
        id: 'lines',
        start: 'each',
        nodes: {
          each: {
            type: 'forEach',
            items: lines,
            concurrency: 1,
            do: {
              start: 'price',
              nodes: { price: call('price', { sku: read('item') }, { retry: { attempts: 5, delay: '1ms' } }) },
            },
          },
        },
      });
      expect((await ended(runId)).output).toEqual([{ price: '3.20' }, { price: '4.50' }, { price: '5.00' }]);
      const keys = asked('price').map(({ idempotencyKey }) => idempotencyKey);
      expect(asked('price').map(({ attempt }) => attempt)).toEqual([1, 2, 3, 1, 1]);
      expect(new Set(keys.slice(0, 3)).size).toBe(1);
      expect(new Set(keys).size).toBe(3);
      expect(keys.every((key) => key.startsWith(`${runId}:`))).toBe(true);
    });

    test('a timer never fires early', async () => {
      const runId = await begin({ id: 'pause', start: 'p', nodes: { p: { type: 'wait', for: '40ms' } } });
      await ended(runId);
      const { notes = [] } = (await subject.runtime.inspect(runId)) ?? {};
      const at = (kind: Note['kind']) => notes.find((note) => note.kind === kind)?.at ?? 0;
      expect(at('completed') - at('entered')).toBeGreaterThanOrEqual(40);
    });

    test('waiting for a result ends with the run, or when the time is over', async () => {
      const runId = await begin(matched, { id: 'W' });
      expect(await subject.runtime.result(runId, 0)).toBe('pending');
      expect(await subject.runtime.result(runId, 10)).toBe('pending');
      const waiting = subject.runtime.result(runId, 10_000);
      await subject.runtime.signal(runId, { name: 'shipped', payload: 7, dedupeId: '1', correlation: 'W' });
      expect(await waiting).toMatchObject({ status: 'completed', output: 7 });
      expect(await subject.runtime.result(runId, 0)).toMatchObject({ status: 'completed', output: 7 });
      await expect(subject.runtime.result('none', 0)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    });

    test('the journal is gapless, and who watches sees each line once, in order', async () => {
      const release = shop.hold();
      const runId = await begin({
        id: 'watched',
        start: 'stock',
        nodes: { stock: call('stock', {}, { next: 'price' }), price: call('price', { sku: 'tea' }) },
      });
      const seen: Note[] = [];
      const stop = subject.runtime.watch(runId, (notes) => seen.push(...notes));
      release();
      await ended(runId);
      await expect.poll(() => seen.at(-1)?.kind, { interval: 5 }).toBe('finished');
      stop();
      const { run, notes } = (await subject.runtime.inspect(runId)) ?? {};
      const journal = await subject.runtime.journal(runId);
      expect(run?.sequence).toBe(1 + (journal?.events.length ?? 0));
      expect(notes?.slice(-seen.length)).toEqual(seen);
    });

    test('a draining runtime takes no new work, finishes steps in flight, and lets callers go', async () => {
      const release = shop.hold();
      const busy = await begin({ id: 'busy', start: 'stock', nodes: { stock: call('stock', {}) } });
      const waiting = await begin(matched, { id: 'D' });
      const callers = [subject.runtime.result(busy, 10_000), subject.runtime.result(waiting, 10_000)];
      const draining = subject.runtime.drain(5_000);
      expect(subject.runtime.health().ready).toBe(false);
      await expect(
        subject.runtime.start({ flow: { flowId: 'matched', version: 'latest' }, input: { id: 'E' } }),
      ).rejects.toMatchObject({ code: 'NOT_READY' });
      release();
      await draining;
      expect(await Promise.all(callers)).toMatchObject([{ status: 'completed', output: { stock: 7 } }, 'pending']);
    });
  });
}

/** Runs an example to its end: every task is answered by its first action, every event it waits for comes. */
async function play(runtime: Runtime, { flow, input }: Example): Promise<Outcome> {
  const { runId } = await runtime.start({ flow: { flowId: flow.id, version: 'latest' }, input });
  for (let turn = 0; turn < 500; turn += 1) {
    await runtime.result(runId, 20);
    const found = await runtime.inspect(runId);
    if (found?.run.result) return { runId, ...found.run.result };
    for (const note of found?.notes ?? []) if (note.kind === 'entered') await answer(runtime, runId, flow, note);
  }
  throw new Error(`example ${flow.id} does not end`);
}

async function answer(runtime: Runtime, runId: string, flow: Flow, note: Extract<Note, { kind: 'entered' }>) {
  const node = nodeOf(flow, note.node);
  if (node?.type === 'event') {
    const correlation = note.input === undefined ? {} : { correlation: note.input };
    await runtime.publish({ name: String(node['name']), payload: {}, id: `${runId}${note.id}`, ...correlation });
  }
  if (node?.type !== 'task') return;
  const [{ id: action } = { id: 'done' }] = (node['actions'] ?? []) as { id: string }[];
  const people = (Array.isArray(node['assignees']) ? node['assignees'] : ['somebody']) as string[];
  for (const by of people) await runtime.act(runId, { effectId: note.id, action, data: {}, by });
}

/** The outcome of a run that is known to end. */
async function endOf(runtime: Runtime, runId: string): Promise<Outcome> {
  const outcome = await runtime.result(runId, 5_000);
  if (outcome === 'pending') throw new Error(`run ${runId} has not ended`);
  return outcome;
}

/** What the examples that came with the engine give; others only have to complete. */
const expectations: Readonly<Record<string, Partial<Outcome>>> = {
  call: { output: { price: '3.20' } },
  choice: { outcome: 'single', output: { discount: 0 } },
  emit: { output: { told: true } },
  end: { outcome: 'priced', output: { price: '3.20' } },
  event: { output: { delivered: true } },
  fail: { outcome: 'sorry', output: { message: 'tea is not for sale' } },
  'for-each': { output: { prices: [{ price: '3.20' }, { price: '4.50' }, { price: '5.00' }] } },
  parallel: { output: { price: '3.20', stock: 7 } },
  respond: { output: { price: '3.20' } },
  script: { output: { label: 'TEA-2' } },
  set: { output: { total: '6.4' } },
  subflow: { output: { price: '3.20' } },
  task: { output: { action: 'approve' } },
  try: { outcome: 'usual', output: { code: 'SERVICE_REFUSED' } },
  wait: { output: { price: '3.20' } },
};

const read = (path: string) => ({ $: { var: path } });
const call = (operation: string, input: Json, more: { readonly [key: string]: Json } = {}) => ({
  type: 'call',
  service: 'shop',
  operation,
  input,
  ...more,
});

const ordered = {
  id: 'ordered',
  output: { orderId: read('steps.order.orderId'), paid: read('steps.paid') },
  start: 'order',
  nodes: {
    order: call('order', { sku: read('input.sku') }, { next: 'paid' }),
    paid: { type: 'event', name: 'paid' },
  },
};

const order = (id: string, sku: string, next: string) =>
  call(
    'order',
    { sku },
    { compensate: { operation: 'cancel', input: { orderId: read(`steps.${id}.orderId`) } }, next },
  );

const twoOrders = {
  id: 'two-orders',
  start: 'tea',
  nodes: { tea: order('tea', 'tea', 'cake'), cake: order('cake', 'cake', 'go'), go: { type: 'event', name: 'go' } },
};

const matched = {
  id: 'matched',
  start: 'shipped',
  nodes: { shipped: { type: 'event', name: 'shipped', correlation: read('input.id') } },
};
