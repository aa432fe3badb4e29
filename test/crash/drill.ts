import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '@heddle/engine/errors';
import { type Accepted, Client, type Workload } from './client.ts';
import { type Counterparties, People } from './people.ts';
import { end, freePort, type Process, startBank, startEngine } from './processes.ts';
import { get, send } from './requests.ts';

export interface DrillOptions {
  /** How often the engine is killed. */
  readonly kills: number;
  /** Requests under way at once. */
  readonly clients: number;
  /** Flow definitions; `http://127.0.0.1:8080` in them becomes the engine's own address. */
  readonly flows: readonly Json[];
  readonly workloads: readonly Workload[];
  readonly counterparties: (bankUrl: string) => Counterparties;
  /** 0 ≤ r < 1; seeded, so that a failing drill can be repeated. */
  readonly random: () => number;
  readonly log: (line: string) => void;
}

export interface DrillReport {
  readonly kills: number;
  readonly accepted: number;
  readonly unanswered: number;
  readonly refused: number;
  /** Accepted runs that the engine does not know, or that have not ended. */
  readonly lost: readonly string[];
  /** Effects that happened in the bank under a key of no step, or more than once. */
  readonly doubled: readonly string[];
  /** Steps that completed without their effect in the bank. */
  readonly missing: readonly string[];
  readonly findings: readonly string[];
  readonly openHolds: number;
  readonly statuses: { readonly [status: string]: number };
  /** Longest time from a start to ready, in ms. */
  readonly slowestStartMs: number;
}

const UP_MS = { min: 150, spread: 1_200 };
const SETTLE_MS = 120_000;

/**
 * Kills the engine (SIGKILL) at random moments under a mixed load and starts it again, with a client that never
 * resubmits. In the end every accepted run must have ended, and the bank's books must tell of every effect once.
 */
export async function drill(options: DrillOptions): Promise<DrillReport> {
  const dir = mkdtempSync(join(tmpdir(), 'heddle-drill-'));
  const bank = await startBank(join(dir, 'bank'));
  const port = await freePort();
  const start = () => startEngine({ port, dataDir: join(dir, 'data'), env: { HEDDLE_MAX_ACTIVE_RUNS: '100000' } });
  let engine = await start();
  const client = new Client(engine.url, options.workloads);
  const people = new People(engine.url, options.counterparties(bank.url));
  try {
    await prepare(engine, bank, options.flows);
    people.start();
    let loading = true;
    const load = Array.from({ length: options.clients }, async () => {
      while (loading) {
        await client.send();
        await pause(20 + options.random() * 60);
      }
    });
    let slowestStartMs = 0;
    for (let kill = 1; kill <= options.kills; kill += 1) {
      await pause(UP_MS.min + options.random() * UP_MS.spread);
      await end(engine, 'SIGKILL');
      const begun = performance.now();
      engine = await start();
      slowestStartMs = Math.max(slowestStartMs, performance.now() - begun);
      if (kill % 20 === 0) options.log(`${kill} kills, ${client.accepted.length} runs accepted`);
    }
    loading = false;
    await Promise.all(load);
    await settled(engine);
    return {
      ...(await verify(engine, bank, client.accepted)),
      kills: options.kills,
      accepted: client.accepted.length,
      unanswered: client.unanswered,
      refused: client.refused,
      slowestStartMs,
    };
  } finally {
    await people.stop();
    await end(engine, 'SIGTERM');
    await end(bank, 'SIGTERM');
    rmSync(dir, { recursive: true, force: true });
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function prepare(engine: Process, bank: Process, flows: readonly Json[]): Promise<void> {
  const services = await get<{ id: string }[]>(`${bank.url}/_bank/services`);
  for (const service of services) await send('PUT', `${engine.url}/services/${service.id}`, service);
  for (const flow of flows) {
    const definition = JSON.parse(JSON.stringify(flow).replaceAll('http://127.0.0.1:8080', engine.url)) as {
      id: string;
    };
    await send('POST', `${engine.url}/flows/${definition.id}/versions`, { definition });
  }
}

const OPEN = ['running', 'waiting', 'compensating', 'needs-operator', 'suspended'];

async function settled(engine: Process): Promise<void> {
  for (const deadline = Date.now() + SETTLE_MS; Date.now() < deadline; await pause(200)) {
    const pages = await Promise.all(
      OPEN.map((status) => get<{ runs: unknown[] }>(`${engine.url}/runs?status=${status}&limit=1`)),
    );
    if (pages.every((page) => page.runs.length === 0)) return;
  }
}

interface RunView {
  readonly id: string;
  readonly flowId: string;
  readonly status: string;
  readonly steps: readonly {
    readonly id: string;
    readonly node: string;
    readonly type: string;
    readonly status: string;
  }[];
}
interface EffectView {
  readonly service: string;
  readonly operation: string;
  readonly key: string;
  readonly executions: number;
}

async function verify(engine: Process, bank: Process, accepted: readonly Accepted[]) {
  const runs = new Map<string, RunView>();
  for (let before: string | undefined; ; ) {
    const page = await get<{ runs: { id: string }[]; next?: string }>(
      `${engine.url}/runs?limit=200${before === undefined ? '' : `&before=${before}`}`,
    );
    for (const { id } of page.runs) runs.set(id, await get<RunView>(`${engine.url}/runs/${id}`));
    if (page.next === undefined) break;
    before = page.next;
  }
  const { items } = await get<{ items: EffectView[] }>(`${bank.url}/_bank/effects?limit=1000000`);
  const audit = await get<{ ok: boolean; findings: string[]; openHolds: unknown[]; executedMoreThanOnce: unknown[] }>(
    `${bank.url}/_bank/audit`,
  );
  const known = new Set(
    [...runs.values()].flatMap((run) =>
      run.steps.flatMap(({ id }) => [`${run.id}:${id}`, `${run.id}:${id}~undo`, `${run.id}:${id}~query`]),
    ),
  );
  const executed = new Map(items.map((effect) => [effect.key, effect]));
  const finals = new Set(['completed', 'failed', 'compensated', 'cancelled']);
  const statuses: Record<string, number> = {};
  for (const run of runs.values()) statuses[run.status] = (statuses[run.status] ?? 0) + 1;
  return {
    lost: accepted
      .filter(({ runId }) => !finals.has(runs.get(runId)?.status ?? 'unknown'))
      .map(({ runId, flowId }) => `${flowId} ${runId} ${whereabouts(runs.get(runId))}`),
    doubled: items
      .filter((effect) => effect.executions > 1 || !(known.has(effect.key) || effect.key.startsWith('customer/')))
      .map(({ service, operation, key }) => `${service}.${operation} ${key}`),
    missing: await missingEffects(engine, bank, runs, executed),
    findings: audit.findings,
    openHolds: audit.openHolds.length,
    statuses,
  };
}

/** A run's status and the steps it is at. */
function whereabouts(run: RunView | undefined): string {
  if (run === undefined) return 'unknown';
  const at = run.steps.filter((step) => !['completed', 'failed', 'cancelled', 'undone'].includes(step.status));
  return `${run.status} at ${at.map((step) => `${step.node} (${step.status})`).join(', ')}`;
}

/** Calls of changing operations that a run believes completed although the bank has no record of them. */
async function missingEffects(
  engine: Process,
  bank: Process,
  runs: ReadonlyMap<string, RunView>,
  executed: ReadonlyMap<string, EffectView>,
): Promise<string[]> {
  const services = await get<{ id: string; operations: Record<string, { readOnly?: boolean }> }[]>(
    `${bank.url}/_bank/services`,
  );
  const isChange = (name: string) => {
    const [service = '', operation = ''] = name.split('.');
    return services.find(({ id }) => id === service)?.operations[operation]?.readOnly === false;
  };
  const operations = new Map<string, Map<string, string>>();
  const missing: string[] = [];
  for (const run of runs.values()) {
    const called =
      operations.get(run.flowId) ?? new Map(callNodes(await get<Json>(`${engine.url}/flows/${run.flowId}`)));
    operations.set(run.flowId, called);
    for (const step of run.steps) {
      const name = called.get(step.node);
      if (name === undefined || step.status !== 'completed' || !isChange(name)) continue;
      if (executed.get(`${run.id}:${step.id}`)?.executions !== 1) missing.push(`${name} ${run.id}:${step.id}`);
    }
  }
  return missing;
}

/** Node ids of a flow's calls, with what they call. */
function callNodes(value: Json): [string, string][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]): [string, string][] => {
    const node = member as { type?: Json; service?: Json; operation?: Json } | null;
    if (node !== null && typeof node === 'object' && node.type === 'call')
      return [[key, `${node.service}.${node.operation}`]];
    return callNodes(member as Json);
  });
}
