import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Flow, parse } from '../../definition/index.ts';
import { FlowError, type Json } from '../../errors.ts';
import { nodeTypes } from '../../nodes/index.ts';
import type { Append } from '../../store/sqlite/protocol.ts';
import { SqliteDatabase } from '../../store/sqlite/sqlite.ts';
import { openStore } from '../../store/store.ts';
import type { Perform, Performed } from '../perform.ts';
import { Programs } from '../programs.ts';
import { type EmbeddedOptions, EmbeddedRuntime } from './embedded.ts';
import { statements } from './statements.ts';

/** A performer that holds every call until the test answers it. */
class Services {
  readonly calls: { key: string; operation: string; attempt: number; answer: (done: Performed) => void }[] = [];
  readonly perform: Perform = (effect, { runId }) =>
    new Promise((resolve) => {
      if (effect.kind === 'script' || effect.kind === 'emit') return resolve({ ok: true, output: null });
      this.calls.push({
        key: `${runId}:${effect.id}`,
        operation: effect.operation,
        attempt: effect.attempt,
        answer: resolve,
      });
    });

  /** The call of an operation, once it has been made. */
  async called(operation: string, count = 1) {
    await until(() => this.calls.filter((call) => call.operation === operation).length >= count);
    const found = this.calls.filter((call) => call.operation === operation)[count - 1];
    if (found === undefined) throw new Error(`${operation} was not called ${count} times`);
    return found;
  }
}

async function until(holds: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`not within ${ms} ms: ${holds}`);
}

const call = (operation: string, extra: object = {}) => ({ type: 'call', service: 's', operation, ...extra });
const two = { id: 'two', start: 'first', nodes: { first: call('one', { next: 'second' }), second: call('two') } };

let dir: string;
let database: SqliteDatabase;
let services: Services;
let now: number;
const errors: string[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'heddle-runtime-'));
  database = await open();
  services = new Services();
  now = 1_800_000_000_000;
  errors.length = 0;
});
afterEach(async () => {
  await database.close();
  rmSync(dir, { recursive: true });
});

const open = () => SqliteDatabase.open({ path: join(dir, 'store.db'), statements });

async function runtimeOf(flows: object[], options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedRuntime> {
  const store = await openStore(database, () => now);
  for (const document of flows) {
    const parsed = parse(document as Json, nodeTypes);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    await store.definitions.publish(parsed.flow as Flow, { note: '', by: 'test' });
  }
  const runtime = new EmbeddedRuntime({
    database,
    programs: new Programs(store.definitions),
    perform: services.perform,
    safety: () => 'idempotent',
    now: () => now,
    random: () => 0,
    maxActiveRuns: 100,
    log: { warn: (message) => errors.push(message), error: (message) => errors.push(message) },
    ...options,
  });
  await runtime.recover();
  return runtime;
}

const startOf = (flowId: string, input: Json = {}) => ({ flow: { flowId, version: 'latest' }, input });

/** A crash: nothing is drained; a new engine opens what is on disk. */
async function crash(): Promise<void> {
  await database.close();
  database = await open();
  services = new Services();
}

/** Lets the test decide when, and whether, an append reaches the disk. */
function interceptAppends(decide: (ops: Append) => Promise<void>): void {
  const append = database.append.bind(database);
  database.append = async (ops) => {
    await decide(ops);
    return append(ops);
  };
}

test('no effect is performed before the step that asks for it is on disk', async () => {
  const runtime = await runtimeOf([two]);
  const gates: (() => void)[] = [];
  interceptAppends(() => new Promise((resolve) => gates.push(resolve)));
  const started = runtime.start(startOf('two'));
  await until(() => gates.length === 1);
  expect(services.calls).toEqual([]);
  gates[0]?.();
  await started;
  (await services.called('one')).answer({ ok: true, output: {} });
  await until(() => gates.length === 2);
  expect(services.calls.map((made) => made.operation)).toEqual(['one']);
  gates[1]?.();
  await services.called('two');
});

test('after a crash a call in flight is made again under the same key, and completed steps are not', async () => {
  const first = await runtimeOf([two]);
  const { runId } = await first.start(startOf('two'));
  (await services.called('one')).answer({ ok: true, output: { n: 1 } });
  const { key } = await services.called('two');
  await crash();
  const second = await runtimeOf([]);
  const again = await services.called('two');
  expect(again.key).toBe(key);
  expect(services.calls.map((made) => made.operation)).toEqual(['two']);
  again.answer({ ok: true, output: { n: 2 } });
  expect(await second.result(runId, 5_000)).toMatchObject({ status: 'completed', output: { n: 2 } });
});

test('after a crash a call that must not be repeated waits for an operator, who may say what became of it', async () => {
  const first = await runtimeOf([two], { safety: () => 'once' });
  const { runId } = await first.start(startOf('two'));
  await services.called('one');
  await crash();
  const second = await runtimeOf([], { safety: () => 'once' });
  await until(async () => (await second.inspect(runId))?.run.status === 'needs-operator');
  expect(services.calls).toEqual([]);
  expect(await second.retry(runId, { decision: 'succeeded', output: { n: 1 } })).toBe('accepted');
  (await services.called('two')).answer({ ok: true, output: { n: 2 } });
  expect(await second.result(runId, 5_000)).toMatchObject({ status: 'completed' });
});

test('while the disk refuses, starts are refused, answers are kept, and everything goes on without repair', async () => {
  const runtime = await runtimeOf([two]);
  const { runId } = await runtime.start(startOf('two'));
  const one = await services.called('one');
  let full = true;
  interceptAppends(async () => {
    if (full) throw new FlowError('STORE_UNAVAILABLE', 'database or disk is full');
  });
  one.answer({ ok: true, output: { n: 1 } });
  await until(() => !runtime.health().ready);
  await expect(runtime.start(startOf('two'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect((await runtime.inspect(runId))?.run.status).toBe('running');
  expect(services.calls.map((made) => made.operation)).toEqual(['one']);
  full = false;
  await until(() => runtime.health().ready);
  (await services.called('two')).answer({ ok: true, output: { n: 2 } });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'completed', output: { n: 2 } });
  expect(services.calls.map((made) => made.operation)).toEqual(['one', 'two']);
});

test('a write that was refused but reached the disk is neither lost nor applied twice', async () => {
  const runtime = await runtimeOf([two]);
  const { runId } = await runtime.start(startOf('two'));
  const one = await services.called('one');
  const append = database.append.bind(database);
  let failing = true;
  database.append = async (ops) => {
    await append(ops);
    if (!failing) return;
    failing = false;
    throw new FlowError('STORE_UNAVAILABLE', 'the fsync failed');
  };
  one.answer({ ok: true, output: { n: 1 } });
  (await services.called('two')).answer({ ok: true, output: { n: 2 } });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'completed', output: { n: 2 } });
  expect((await runtime.journal(runId))?.events.map((event) => event.kind)).toEqual(['result', 'result']);
});

test('a start that was refused but reached the disk runs, because its caller may come back with the same key', async () => {
  const runtime = await runtimeOf([two]);
  const append = database.append.bind(database);
  let failing = true;
  database.append = async (ops) => {
    await append(ops);
    if (!failing) return;
    failing = false;
    throw new FlowError('STORE_UNAVAILABLE', 'the fsync failed');
  };
  const dedupe = { key: 'k1', bodyHash: 'h' };
  await expect(runtime.start({ ...startOf('two'), dedupe })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  (await services.called('one')).answer({ ok: true, output: {} });
  await until(() => runtime.health().ready);
  const { runId, created } = await runtime.start({ ...startOf('two'), dedupe });
  expect(created).toBe(false);
  (await services.called('two')).answer({ ok: true, output: { n: 2 } });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'completed' });
});

test('beyond the limit starts are refused before anything is stored', async () => {
  const runtime = await runtimeOf([two], { maxActiveRuns: 1 });
  await runtime.start(startOf('two'));
  await expect(runtime.start(startOf('two'))).rejects.toMatchObject({
    code: 'OVERLOADED',
    details: { retryAfterMs: 1_000 },
  });
  expect(await database.query.selectFrom('runs').select('run_id').execute()).toHaveLength(1);
});

test('a wait of thirty days holds no memory, survives a restart and fires once, not early', async () => {
  const flow = {
    id: 'monthly',
    start: 'pause',
    nodes: { pause: { type: 'wait', for: '30d', next: 'go' }, go: call('one') },
  };
  const first = await runtimeOf([flow]);
  const { runId } = await first.start(startOf('monthly'));
  await until(() => first.health().activeRuns === 0);
  await crash();
  const second = await runtimeOf([]);
  now += 30 * 86_400_000 - 1;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(services.calls).toEqual([]);
  now += 25_000;
  (await services.called('one')).answer({ ok: true, output: 'done' });
  expect(await second.result(runId, 5_000)).toMatchObject({ output: 'done' });
  expect(services.calls).toHaveLength(1);
}, 30_000);

test('a sub-flow that ended while the engine was down is not started again, and its parent hears of it', async () => {
  const child = { id: 'child', start: 'work', nodes: { work: call('inner') } };
  const parent = { id: 'parent', start: 'sub', nodes: { sub: { type: 'subflow', flow: 'child' } } };
  const first = await runtimeOf([child, parent]);
  const { runId } = await first.start(startOf('parent'));
  const inner = await services.called('inner');
  // The child's end is written, the parent's news of it is not.
  interceptAppends(async (ops) => {
    if (ops.some((op) => op[0] === 'event' && op[1] === runId)) throw new FlowError('STORE_UNAVAILABLE', 'no');
  });
  inner.answer({ ok: true, output: 42 });
  await until(async () => (await first.inspect(`${runId}~1`))?.run.status === 'completed');
  await crash();
  const second = await runtimeOf([]);
  expect(await second.result(runId, 5_000)).toMatchObject({ status: 'completed', output: 42 });
  expect(services.calls).toEqual([]);
});

test('undoing a run undoes the sub-flow that it completed', async () => {
  const child = { id: 'child', start: 'pay', nodes: { pay: call('pay', { compensate: { operation: 'refund' } }) } };
  const parent = {
    id: 'parent',
    start: 'sub',
    nodes: { sub: { type: 'subflow', flow: 'child', next: 'boom' }, boom: { type: 'fail', code: 'BOOM' } },
  };
  const runtime = await runtimeOf([child, parent]);
  const { runId } = await runtime.start(startOf('parent'));
  (await services.called('pay')).answer({ ok: true, output: {} });
  const refund = await services.called('refund');
  expect(refund.key).toBe(`${runId}~1:/pay#1~undo`);
  expect((await runtime.inspect(runId))?.run.status).toBe('compensating');
  refund.answer({ ok: true, output: {} });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'compensated', error: { code: 'BOOM' } });
});

test('an event that is published before any run waits for it is kept, and consumed once', async () => {
  const flow = {
    id: 'waits',
    start: 'receipt',
    nodes: { receipt: { type: 'event', name: 'receipt', correlation: { $: { var: 'input.ref' } } } },
  };
  const runtime = await runtimeOf([flow]);
  expect(await runtime.publish({ name: 'receipt', correlation: 'A1', payload: { ok: 1 }, id: 'm1' })).toBe('kept');
  expect(await runtime.publish({ name: 'receipt', correlation: 'A1', payload: { ok: 1 }, id: 'm1' })).toBe('duplicate');
  const other = await runtime.start(startOf('waits', { ref: 'B2' }));
  const { runId } = await runtime.start(startOf('waits', { ref: 'A1' }));
  expect(await runtime.result(runId, 5_000)).toMatchObject({ output: { ok: 1 } });
  expect(await runtime.result(other.runId, 50)).toBe('pending');
  expect(await runtime.publish({ name: 'receipt', correlation: 'B2', payload: { ok: 2 }, id: 'm2' })).toBe('delivered');
  expect(await runtime.result(other.runId, 5_000)).toMatchObject({ output: { ok: 2 } });
});

test('an event is consumed by one run only, however often it comes and whoever else waits for it', async () => {
  const flow = { id: 'any', start: 'receipt', nodes: { receipt: { type: 'event', name: 'receipt' } } };
  const runtime = await runtimeOf([flow]);
  await runtime.publish({ name: 'receipt', payload: 1, id: 'm1' });
  const runs = await Promise.all([1, 2, 3].map(() => runtime.start(startOf('any'))));
  await Promise.race(runs.map(({ runId }) => runtime.result(runId, 5_000)));
  expect(await runtime.publish({ name: 'receipt', payload: 1, id: 'm1' })).toBe('duplicate');
  const repeated = await Promise.all(
    [2, 2, 2].map((id) => runtime.publish({ name: 'receipt', payload: 2, id: `m${id}` })),
  );
  expect(repeated.sort()).toEqual(['delivered', 'duplicate', 'duplicate']);
  await expect
    .poll(async () => {
      const outcomes = await Promise.all(runs.map(({ runId }) => runtime.result(runId, 0)));
      return outcomes.flatMap((outcome) => (outcome === 'pending' ? [] : [outcome.output])).sort();
    })
    .toEqual([1, 2]);
});

test('draining takes nothing new, waits for calls in flight, and leaves the rest to the next engine', async () => {
  const first = await runtimeOf([two]);
  const { runId } = await first.start(startOf('two'));
  const one = await services.called('one');
  const drained = first.drain(5_000);
  await expect(first.start(startOf('two'))).rejects.toMatchObject({ code: 'NOT_READY' });
  one.answer({ ok: true, output: {} });
  (await services.called('two')).answer({ ok: true, output: 'end' });
  await drained;
  await crash();
  const second = await runtimeOf([]);
  expect(await second.result(runId, 1_000)).toMatchObject({ status: 'completed', output: 'end' });
});

test('two thousand timers due at once all fire, each run once', async () => {
  const flow = { id: 'brief', start: 'pause', nodes: { pause: { type: 'wait', until: { $: { var: 'input.at' } } } } };
  const runtime = await runtimeOf([flow], { maxActiveRuns: 100_000 });
  const count = 2_000;
  const at = new Date(now + 10_000).toISOString();
  await Promise.all(Array.from({ length: count }, () => runtime.start(startOf('brief', { at }))));
  now += 10_000;
  const ended = async () =>
    (await database.query.selectFrom('runs').select('run_id').where('status', '=', 'completed').execute()).length;
  const begun = performance.now();
  await until(async () => (await ended()) === count, 10_000);
  expect(performance.now() - begun).toBeLessThan(5_000);
}, 30_000);

test('calls carry the trace of whoever started the run, also after a crash', async () => {
  const seen: (string | undefined)[] = [];
  const perform: Perform = (_effect, { traceparent }) => {
    seen.push(traceparent);
    return new Promise(() => {});
  };
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await (await runtimeOf([two], { perform })).start({ ...startOf('two'), traceparent });
  await crash();
  await runtimeOf([], { perform });
  expect(seen).toEqual([traceparent, traceparent]);
});

const parallel = {
  id: 'parallel',
  start: 'both',
  nodes: {
    both: {
      type: 'parallel',
      branches: {
        a: { start: 'left', nodes: { left: call('left') } },
        b: { start: 'right', nodes: { right: call('right') } },
      },
    },
  },
};

test('a run that came to rest and was read again, while an answer had lingered, makes no call twice', async () => {
  const again = { attempts: 2, backoff: 'constant', delay: '1ms', jitter: false };
  const branches = {
    a: { start: 'a', nodes: { a: call('one', { retry: again }) } },
    b: { start: 'b', nodes: { b: call('two') } },
  };
  const runtime = await runtimeOf([{ id: 'both', start: 'p', nodes: { p: { type: 'parallel', branches } } }]);
  const { runId } = await runtime.start(startOf('both'));
  const one = await services.called('one');
  (await services.called('two')).answer({ ok: true, output: null });
  await new Promise((resolve) => setImmediate(resolve));
  const failure = { code: 'SERVICE_UNAVAILABLE', message: 'busy', retryable: true, mayHaveActed: false };
  one.answer({ ok: false, failure });
  const clock = setInterval(() => {
    now += 1;
  }, 1);
  const second = await services.called('one', 2).finally(() => clearInterval(clock));
  await new Promise((resolve) => setTimeout(resolve, 30));
  second.answer({ ok: true, output: null });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'completed' });
  expect(services.calls.map(({ operation, attempt }) => `${operation} ${attempt}`)).toEqual([
    'one 1',
    'two 1',
    'one 2',
  ]);
});

test('an answer that asks for nothing shares the next record’s commit, or goes alone after a moment', async () => {
  const runtime = await runtimeOf([parallel]);
  const appends: number[] = [];
  interceptAppends(async (ops) => void appends.push(ops.filter((op) => op[0] === 'event').length));
  const { runId } = await runtime.start(startOf('parallel'));
  (await services.called('left')).answer({ ok: true, output: 1 });
  (await services.called('right')).answer({ ok: true, output: 2 });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ output: { a: 1, b: 2 } });
  expect(appends).toEqual([1, 2]);

  const slow = await runtime.start(startOf('parallel'));
  (await services.called('left', 2)).answer({ ok: true, output: 1 });
  await until(() => appends.length === 4);
  expect(appends).toEqual([1, 2, 1, 1]);
  (await services.called('right', 2)).answer({ ok: true, output: 2 });
  expect(await runtime.result(slow.runId, 5_000)).toMatchObject({ status: 'completed' });
});

test('an answer that must not be asked for again goes to disk at once', async () => {
  const runtime = await runtimeOf([parallel], { safety: () => 'once' });
  const appends: number[] = [];
  interceptAppends(async (ops) => void appends.push(ops.length));
  await runtime.start(startOf('parallel'));
  (await services.called('left')).answer({ ok: true, output: 1 });
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect(appends).toHaveLength(2);
});

test('whoever begins to watch while a step is on its way to the disk hears of it', async () => {
  const runtime = await runtimeOf([two]);
  const { runId } = await runtime.start(startOf('two'));
  const gates: (() => void)[] = [];
  interceptAppends(() => new Promise((resolve) => gates.push(resolve)));
  (await services.called('one')).answer({ ok: true, output: {} });
  await until(() => gates.length === 1);
  const heard: string[] = [];
  runtime.watch(runId, (notes) =>
    heard.push(...notes.map((note) => `${note.kind} ${'node' in note ? note.node : ''}`)),
  );
  gates[0]?.();
  await services.called('two');
  expect(heard).toEqual(['completed first', 'entered second']);
});

test('a caller who comes back after a restart gets what respond answered', async () => {
  const flow = {
    id: 'answers',
    start: 'answer',
    nodes: { answer: { type: 'respond', status: 201, body: { got: 1 }, next: 'work' }, work: call('one') },
  };
  const first = await runtimeOf([flow]);
  const { runId } = await first.start(startOf('answers'));
  expect(await first.result(runId, 5_000)).toMatchObject({ status: 'responded', response: { status: 201 } });
  await crash();
  const second = await runtimeOf([]);
  (await services.called('one')).answer({ ok: true, output: {} });
  await until(async () => (await second.inspect(runId))?.run.status === 'completed');
  expect(await second.result(runId, 5_000)).toMatchObject({ status: 'responded', response: { body: { got: 1 } } });
});

const refused = () => new FlowError('STORE_UNAVAILABLE', 'disk I/O error');
const isAbout = (ops: Append, runId: string) => ops.some((op) => op[0] === 'event' && op[1] === runId);
const child = { id: 'child', start: 'work', nodes: { work: call('inner', { compensate: { operation: 'undo' } }) } };
const parent = { id: 'parent', start: 'sub', nodes: { sub: { type: 'subflow', flow: 'child' } } };

test('a sub-flow that the store refuses for a moment is started later; its parent does not hear of a failure', async () => {
  const runtime = await runtimeOf([child, parent]);
  let times = 0;
  interceptAppends(async (ops) => {
    if (ops.some((op) => op[0] === 'runStart' && op[2] === 'child') && times++ === 0) throw refused();
  });
  const { runId } = await runtime.start(startOf('parent'));
  (await services.called('inner')).answer({ ok: true, output: 42 });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'completed', output: 42 });
  expect(times).toBe(2);
});

test('the end of a sub-flow that was refused but reached the disk reaches its parent', async () => {
  const runtime = await runtimeOf([child, parent]);
  const { runId } = await runtime.start(startOf('parent'));
  const inner = await services.called('inner');
  const append = database.append.bind(database);
  database.append = async (ops) => {
    await append(ops);
    if (!isAbout(ops, `${runId}~1`)) return;
    database.append = append;
    throw refused();
  };
  inner.answer({ ok: true, output: 42 });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'completed', output: 42 });
});

test('an event that came early is taken although a crash came before the run could look for it', async () => {
  const flow = { id: 'waits', start: 'receipt', nodes: { receipt: { type: 'event', name: 'receipt' } } };
  const first = await runtimeOf([flow]);
  await first.publish({ name: 'receipt', payload: 1, id: 'm1' });
  const query = database.query;
  Object.assign(database, {
    query: new Proxy(query, {
      get: (target, key) =>
        key === 'selectFrom'
          ? (table: 'runs') => {
              if ((table as string) === 'early_events') throw new Error('the engine is gone');
              return target.selectFrom(table);
            }
          : Reflect.get(target, key),
    }),
  });
  const { runId } = await first.start(startOf('waits'));
  expect(await first.result(runId, 50)).toBe('pending');
  await crash();
  const second = await runtimeOf([]);
  expect(await second.result(runId, 5_000)).toMatchObject({ output: 1 });
});

const race = {
  id: 'race',
  start: 'both',
  nodes: {
    both: {
      type: 'parallel',
      need: 'any',
      losers: 'cancel',
      branches: {
        quick: { start: 'quick', nodes: { quick: call('quick') } },
        slow: { start: 'sub', nodes: { sub: { type: 'subflow', flow: 'child' } } },
      },
    },
  },
};
const isCancelled = (ops: Append) => ops.some((op) => op[0] === 'event' && /"kind":"cancel"/.test(String(op[3])));
const ordered = () => database.query.selectFrom('cancellations').select('run_id').execute();

test('a sub-flow that lost its parent in a crash is cancelled', async () => {
  const first = await runtimeOf([child, race]);
  const { runId } = await first.start(startOf('race'));
  await services.called('inner');
  interceptAppends(async (ops) => {
    if (isAbout(ops, `${runId}~1`)) throw refused();
  });
  (await services.called('quick')).answer({ ok: true, output: 1 });
  expect(await first.result(runId, 5_000)).toMatchObject({ status: 'completed' });
  await crash();
  const second = await runtimeOf([]);
  (await services.called('inner')).answer({ ok: true, output: 2 });
  (await services.called('undo')).answer({ ok: true, output: 3 });
  expect(await second.result(`${runId}~1`, 5_000)).toMatchObject({ status: 'compensated' });
});

test('a sub-flow that ended after its parent had gone on is undone, although a crash came before it was told', async () => {
  const first = await runtimeOf([child, race]);
  const { runId } = await first.start(startOf('race'));
  const inner = await services.called('inner');
  interceptAppends(async (ops) => {
    if (isCancelled(ops)) throw refused();
  });
  // The store refuses whatever is written with the news: the sub-flow reads itself again, and goes on as if it were wanted.
  (await services.called('quick')).answer({ ok: true, output: 1 });
  expect(await first.result(runId, 5_000)).toMatchObject({ status: 'completed' });
  await until(() => !first.health().ready);
  inner.answer({ ok: true, output: 2 });
  await until(async () => (await first.inspect(`${runId}~1`))?.run.status === 'completed');
  await crash();
  const second = await runtimeOf([]);
  (await services.called('undo')).answer({ ok: true, output: 3 });
  await until(async () => (await second.inspect(`${runId}~1`))?.run.status === 'compensated');
  expect(await ordered()).toEqual([]);
});

test('a sub-flow that is given up while its definition is being read is never started', async () => {
  await runtimeOf([child, race]);
  const programs = new Programs((await openStore(database, () => now)).definitions);
  const load = programs.load.bind(programs);
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  programs.load = async (ref) => {
    if (ref.flowId === 'child') await released;
    return load(ref);
  };
  const runtime = await runtimeOf([], { programs });
  const { runId } = await runtime.start(startOf('race'));
  (await services.called('quick')).answer({ ok: true, output: 1 });
  expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'completed' });
  await until(async () => (await ordered()).length === 0);
  release();
  await until(() => runtime.health().activeRuns === 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await runtime.inspect(`${runId}~1`)).toBeUndefined();
});

test('of two events published at once each goes to a run that waits, although one of the runs is suspended', async () => {
  const flow = { id: 'any', start: 'receipt', nodes: { receipt: { type: 'event', name: 'receipt' } } };
  const runtime = await runtimeOf([flow]);
  const first = await runtime.start(startOf('any'));
  await runtime.suspend(first.runId);
  const second = await runtime.start(startOf('any'));
  await Promise.all([1, 2].map((payload) => runtime.publish({ name: 'receipt', payload, id: `m${payload}` })));
  await runtime.resume(first.runId);
  for (const { runId } of [first, second])
    expect(await runtime.result(runId, 5_000)).toMatchObject({ status: 'completed' });
});
