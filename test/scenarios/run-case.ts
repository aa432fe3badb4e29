import { setTimeout as sleep } from 'node:timers/promises';
import { parseDuration } from '@heddle/engine/expression/index';
import type { Bank } from '@heddle/flows/bank/bank';
import { callOperation } from '@heddle/flows/bank/testing/call-operation';
import { type Answer, type Case, needsClock } from './case.ts';
import { EngineClient, type Reply, type Run } from './engine-client.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Where cases are run: any engine that serves its API, and a bank that this process can look into. */
export interface Stage {
  readonly engine: { readonly url: string };
  readonly bank: Bank;
  /** The clock of engine and bank. Without one, cases that need a certain time cannot be run. */
  readonly clock?: VirtualClock;
}

export interface FlowUnderTest {
  readonly id: string;
  readonly mode?: string;
  readonly triggers?: readonly { readonly method: string; readonly path: string }[];
}

/** What was seen of a case. */
export interface Observed {
  readonly reply: Reply;
  readonly replyMs: number;
  /** Of the same request once more. */
  readonly again: Reply | undefined;
  readonly runId: string | undefined;
  /** Absent for express flows, which leave no trace, and when no run was started. */
  readonly run: Run | undefined;
}

/** Ends that need somebody: the run is looked at there, and is then stopped. */
const resting = ['needs-operator', 'suspended', 'waiting'];
const final = ['completed', 'failed', 'compensated', 'cancelled'];
const stepStates = ['running', 'retrying', 'asking', 'incident', 'undoing'];

const POLL_MS = 20;
const PATIENCE_MS = 30_000;
const SLOW_PATIENCE_MS = 300_000;

/** Plays a case against an engine over its API, up to the status that the case expects. */
export async function runCase({ engine, bank, clock }: Stage, flow: FlowUnderTest, played: Case): Promise<Observed> {
  const client = new EngineClient(engine.url);
  if (clock === undefined && needsClock(played)) throw new Error('this case needs a clock that can be set');
  if (played.at !== undefined) clock?.advanceTo(played.at);
  bank.faults.set(played.faults ?? {});
  bank.latency.set(played.latency ?? {});
  const { path, ...request } = requestOf(flow, played);
  const before = performance.now();
  const reply = await client.call(request.method, path, request.body);
  const replyMs = performance.now() - before;
  const again = played.twice ? await client.call(request.method, path, request.body) : undefined;
  const runId = reply.headers.get('heddle-run-id') ?? undefined;
  if (flow.mode === 'express' || runId === undefined)
    return { reply, replyMs, again, runId: undefined, run: undefined };
  const patienceMs = played.slow ? SLOW_PATIENCE_MS : PATIENCE_MS;
  for (const answer of played.answers ?? []) {
    await until(patienceMs, `run ${runId} to be at ${answer.at}`, async () => isAt(await client.run(runId), answer));
    await give(answer, { client, bank, clock, runId });
  }
  await until(patienceMs, `run ${runId} to be ${played.expect.status}`, async () => {
    const found = (await client.runs()).find(({ id }) => id === runId);
    if (found === undefined) return undefined;
    return isFinal(found) || (resting.includes(found.status) && found.status === played.expect.status) || undefined;
  });
  return { reply, replyMs, again, runId, run: await client.run(runId) };
}

/** Ends what a case leaves waiting, so that it cannot disturb the next one. */
export async function stopRuns({ engine }: Stage): Promise<void> {
  const client = new EngineClient(engine.url);
  for (const run of await client.runs()) if (!isFinal(run)) await client.act(run.id, 'terminate', {});
}

const isFinal = (run: { readonly status: string }) => final.includes(run.status);

/** By the flow's own trigger; but where people must answer meanwhile, by the API, which need not wait. */
function requestOf({ id, triggers = [] }: FlowUnderTest, { input, answers }: Case) {
  const [trigger] = triggers;
  if (answers !== undefined || trigger === undefined)
    return { method: 'POST', path: `/flows/${id}?wait=0s`, body: input as unknown };
  const path = `/open${trigger.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(input[name])))}`;
  return { method: trigger.method, path, body: trigger.method === 'GET' ? undefined : (input as unknown) };
}

/** Which steps of a node there are, and what they do: changes once a timer has fired. */
const standingAt = ({ steps }: Run, at: string) =>
  steps.flatMap(({ id, node, status }) => (node === at ? [`${id} ${status}`] : [])).join();

const isAt = (run: Run, { at, is }: Answer) =>
  run.steps.some(({ node, status }) => node === at && (is === undefined ? stepStates.includes(status) : status === is))
    ? true
    : undefined;

interface Given {
  readonly client: EngineClient;
  readonly bank: Bank;
  readonly clock: VirtualClock | undefined;
  readonly runId: string;
}

async function give(answer: Answer, { client, bank, clock, runId }: Given): Promise<void> {
  const { at, task, signal, advance, heal, call, cancel, decide } = answer;
  if (task) {
    const open = await until(PATIENCE_MS, `a task at ${at}`, () => client.openTask(runId, at));
    await client.completeTask(open.id, task);
  } else if (signal) {
    await client.signal(runId, signal.name, signal.payload, signal.correlation?.replace('{run}', runId));
  } else if (advance !== undefined) {
    const standing = standingAt(await client.run(runId), at);
    clock?.advance(parseDuration(advance) ?? 0);
    await until(PATIENCE_MS, `time to move ${at} on`, async () =>
      standingAt(await client.run(runId), at) === standing ? undefined : true,
    );
  } else if (heal) {
    bank.faults.clear();
  } else if (call) {
    const reply = await callOperation(bank.url, call.operation, {
      input: withRun(call.input, runId),
      key: `somebody-else-${runId}-${call.operation}`,
    });
    if (reply.status !== 200) throw new Error(`${call.operation} answered ${JSON.stringify(reply.body)}`);
  } else if (cancel !== undefined) {
    await client.act(runId, 'cancel', { reason: cancel });
  } else if (decide) {
    await client.act(runId, 'retry', decide);
  }
}

/** `{run}` in any text of an input is the run's id. */
export function withRun(input: Readonly<Record<string, unknown>>, runId: string): Record<string, unknown> {
  return JSON.parse(JSON.stringify(input).replaceAll('{run}', runId)) as Record<string, unknown>;
}

/** Looks until there is something to see. */
async function until<T>(patienceMs: number, what: string, look: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > giveUpAt) throw new Error(`waited ${patienceMs} ms for ${what}`);
    await sleep(POLL_MS);
  }
}
