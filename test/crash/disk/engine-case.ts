import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { end, freePort, type Process, startEngine } from '../processes.ts';
import { pause } from './clients.ts';
import { compileInterposer, type Fault, Plan } from './interposer.ts';
import { memoryFolder } from './place.ts';
import { type Answer, prepare, runsOf, startRun, WitnessService } from './real-engine.ts';
import { shapes } from './shapes.ts';
import { Witness } from './witness.ts';

export interface EngineCaseReport {
  readonly struck: boolean;
  readonly accepted: number;
  readonly findings: readonly string[];
}

const LOAD_MS = 400;
const READY_MS = 15_000;
const END_MS = 20_000;

/** One fault of the disk under the whole engine, with HTTP and services, while it serves runs that nobody has to help. */
export async function engineCase(fault: Fault, number: number): Promise<EngineCaseReport> {
  const folder = mkdtempSync(join(memoryFolder(), 'heddle-engine-'));
  const plan = new Plan(join(folder, 'plan'));
  const witness = new Witness();
  const service = await WitnessService.open(witness);
  const port = await freePort();
  const dataDir = join(folder, 'data');
  const disk = {
    LD_PRELOAD: compileInterposer(folder),
    DISK_FOLDER: `${folder}/`,
    DISK_PLAN: join(folder, 'plan'),
  };
  let engine = await startEngine({ port, dataDir, env: { ...disk, HEDDLE_LOG: 'silent' } });
  try {
    await prepare(engine.url, service.url);
    plan.make(fault, number);
    const answers = await loadFor(engine.url, LOAD_MS);
    const { struck } = plan;
    plan.withdraw();
    const findings = mistakes(answers, fault);
    if (await isGone(engine)) engine = await startEngine({ port, dataDir, env: { HEDDLE_LOG: 'silent' } });
    findings.push(...(await isReady(engine.url)));
    const after = await startRun(engine.url, 'sequence', { reference: 'after' });
    const accepted = [...answers, after].flatMap((answer) => (answer.kind === 'accepted' ? [answer.runId] : []));
    if (after.kind !== 'accepted') findings.push('nothing is accepted afterwards');
    findings.push(...(await settle(engine.url, accepted, witness)));
    return { struck, accepted: accepted.length, findings };
  } finally {
    await end(engine, 'SIGKILL');
    service.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadFor(url: string, ms: number): Promise<Answer[]> {
  const flows = Object.values(shapes).filter(({ happenings }) => happenings.length === 0);
  const waiting: Promise<Answer>[] = [];
  for (const until = Date.now() + ms; Date.now() < until; await pause(15)) {
    const { flowId } = flows[waiting.length % flows.length] ?? { flowId: '' };
    waiting.push(startRun(url, flowId, { reference: `${waiting.length}` }));
  }
  return Promise.all(waiting);
}

function mistakes(answers: readonly Answer[], fault: Fault): string[] {
  const kills = fault.startsWith('kill') || fault === 'torn';
  return answers.flatMap((answer) => {
    if (answer.kind === 'unanswered') return kills ? [] : ['a start was not answered'];
    if (answer.kind === 'accepted' || (answer.status === 503 && answer.retryAfter !== null)) return [];
    return [`a start was answered ${answer.status}, Retry-After ${answer.retryAfter}`];
  });
}

/** Was it killed by the fault? Its exit is heard of a moment later. */
async function isGone({ child }: Process): Promise<boolean> {
  await pause(50);
  return child.exitCode !== null || child.signalCode !== null;
}

async function isReady(url: string): Promise<string[]> {
  for (const until = Date.now() + READY_MS; Date.now() < until; await pause(20))
    if ((await fetch(`${url}/ready`)).ok) return [];
  return ['the engine did not go on by itself'];
}

/** Waits for the end of every run that is there, then compares what happened with what should have. */
export async function settle(url: string, accepted: readonly string[], witness: Witness): Promise<string[]> {
  const expected = new Map(Object.values(shapes).map((shape) => [shape.flowId, shape]));
  const isOpen = ({ status, flowId }: { readonly status: string; readonly flowId: string }) =>
    status !== expected.get(flowId)?.status;
  let runs = await runsOf(url);
  for (const until = Date.now() + END_MS; [...runs.values()].some(isOpen) && Date.now() < until; await pause(100))
    runs = await runsOf(url);
  const open = [...runs].filter(([, run]) => isOpen(run));
  return [
    ...open.map(([runId, { status, flowId }]) => `run ${runId} of ${flowId} is ${status} in the end`),
    ...accepted.filter((runId) => !runs.has(runId)).map((runId) => `run ${runId} was accepted and is lost`),
    ...witness.compare(new Map([...runs].map(([runId, { flowId }]) => [runId, expected.get(flowId)?.calls ?? []]))),
  ];
}
