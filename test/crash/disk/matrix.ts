import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Clients } from './clients.ts';
import { type CaseReport, type FaultCase, FaultLane } from './fault-case.ts';
import { compileInterposer, type Fault } from './interposer.ts';
import { memoryFolder } from './place.ts';
import { seeded } from './random.ts';
import { type Shape, shapes } from './shapes.ts';
import { Subject } from './subject.ts';
import { canFail, readTrace } from './trace.ts';
import { Witness } from './witness.ts';

const faults: readonly Fault[] = ['kill-before', 'kill-after', 'torn', 'eio', 'enospc', 'full', 'sync-fails'];
/** Cases at once: each waits most of its time. */
const LANES = 3;

export interface MatrixReport {
  readonly cases: number;
  readonly struck: number;
  readonly accepted: number;
  readonly refused: number;
  readonly unacknowledged: number;
  readonly operations: { readonly [shape: string]: number };
  readonly findings: readonly string[];
}

export interface MatrixOptions {
  /** Default: all shapes. */
  readonly shapes?: readonly string[];
  /** How many cases, drawn at random; default: all of them. */
  readonly sample?: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

/** Every operation on the store's files × every way in which it can fail, for every shape of flow. */
export async function matrix({
  shapes: names = Object.keys(shapes),
  sample,
  seed,
  log,
}: MatrixOptions): Promise<MatrixReport> {
  const folder = mkdtempSync(join(memoryFolder(), 'heddle-disk-'));
  try {
    const library = compileInterposer(folder);
    const template = join(folder, 'template');
    await makeTemplate(template);
    const operations: Record<string, number> = {};
    for (const name of names) operations[name] = await countOperations(folder, library, template, name);
    const all = names.flatMap((shape) =>
      faults.flatMap((fault) =>
        Array.from({ length: operations[shape] ?? 0 }, (_, index) => ({ shape, fault, number: index + 1 })),
      ),
    );
    const cases = sample === undefined ? all : draw(all, sample, seeded(seed));
    log(`${cases.length} of ${all.length} cases`);
    return { ...(await performAll({ library, folder, template }, cases, log)), operations };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function draw(all: readonly FaultCase[], count: number, random: () => number): FaultCase[] {
  const left = [...all];
  return Array.from({ length: Math.min(count, all.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

async function performAll(
  settings: { readonly library: string; readonly folder: string; readonly template: string },
  cases: readonly FaultCase[],
  log: (line: string) => void,
): Promise<Omit<MatrixReport, 'operations'>> {
  const reports: CaseReport[] = [];
  const findings: string[] = [];
  const waiting = [...cases];
  const lanes = Array.from({ length: LANES }, () => new FaultLane(settings));
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const report = await lane.perform(next);
        reports.push(report);
        const named = report.findings.map((finding) => `${next?.shape} ${next?.fault} ${next?.number}: ${finding}`);
        for (const line of named) log(line);
        findings.push(...named);
        if (reports.length % 100 === 0) log(`${reports.length} cases`);
      }
    }),
  );
  await Promise.all(lanes.map((lane) => lane.close()));
  const sum = (of: (report: CaseReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  return {
    cases: reports.length,
    struck: sum(({ struck }) => (struck ? 1 : 0)),
    accepted: sum(({ accepted }) => accepted),
    refused: sum(({ refused }) => refused),
    unacknowledged: sum(({ unacknowledged }) => unacknowledged),
    findings,
  };
}

async function makeTemplate(folder: string): Promise<void> {
  const subject = new Subject();
  const flows = Object.values(shapes).flatMap((shape) => shape.flows);
  await subject.ask('open', { folder, flows, recover: true });
  await subject.ask('close', null);
  await subject.kill();
}

/** How many operations a shape's runs take when nothing fails, closing included. */
async function countOperations(folder: string, library: string, template: string, name: string): Promise<number> {
  const shape: Shape | undefined = shapes[name];
  if (shape === undefined) throw new Error(`there is no shape ${name}; there are ${Object.keys(shapes).join(', ')}`);
  const trace = join(folder, `${name}.trace`);
  const store = join(folder, `${name}-count`);
  cpSync(template, store, { recursive: true });
  const subject = new Subject({ LD_PRELOAD: library, DISK_FOLDER: `${folder}/`, DISK_TRACE: trace });
  subject.answer = new Witness().answer;
  await subject.ask('open', { folder: store, flows: [], recover: true });
  const before = readTrace(trace).length;
  const clients = new Clients(shape);
  const runs = await Promise.all([0, 1, 2].map((index) => clients.start(subject, `count-${index}`)));
  for (const runId of runs) if (runId !== undefined) await subject.ask('ended', { runId, waitMs: 10_000 });
  await subject.ask('close', null);
  await subject.kill();
  return readTrace(trace).slice(before).filter(canFail).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , which, sample, seed] = process.argv;
  const report = await matrix({
    ...(which === undefined || which === 'all' ? {} : { shapes: which.split(',') }),
    ...(sample === undefined || sample === 'all' ? {} : { sample: Number(sample) }),
    seed: Number(seed ?? 4711),
    log: console.log,
  });
  console.log(JSON.stringify({ ...report, findings: report.findings.length }, null, 2));
  if (report.findings.length > 0) process.exitCode = 1;
}
