import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Clients, pause, type Sent, sendTo } from './clients.ts';
import { chooser, DiskModel } from './disk-model.ts';
import { compileInterposer, Plan } from './interposer.ts';
import { memoryFolder } from './place.ts';
import type { Verified } from './protocol.ts';
import { seeded } from './random.ts';
import { shapes } from './shapes.ts';
import { Refusal, Subject } from './subject.ts';
import { type DiskOperation, readTrace } from './trace.ts';
import { Witness } from './witness.ts';

export interface PowerCutReport {
  readonly operations: number;
  readonly images: number;
  /** Images whose runs were taken up and went on to their ends. */
  readonly wentOn: number;
  /** The most that had been acknowledged before a cut. */
  readonly accepted: number;
  /** Runs that were acknowledged and are not in the image, over all images. */
  readonly lost: number;
  /** Images in which something does not hold. */
  readonly broken: number;
  /** The first of what does not hold. */
  readonly findings: readonly string[];
}

export interface PowerCutOptions {
  readonly images: number;
  /** One image in so many goes on to the end of its runs. */
  readonly goOnEvery: number;
  /** Starts of each shape that are recorded, before the engine is closed and again after. */
  readonly starts: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

const CHECKERS = 3;
const MAX_FINDINGS = 50;
const OUTAGE_MS = 300;
const END_MS = 15_000;
const STATUSES: ReadonlySet<string> = new Set(Object.values(shapes).map(({ status }) => status));
const expected = new Map(Object.values(shapes).map((shape) => [shape.flowId, shape]));

/**
 * Records once what the engine does to its disk under a mixed load, with marks of what somebody outside was told, then cuts
 * the power at random moments: whatever was said before a cut must hold on every disk that it may have left.
 */
export async function powerCut(options: PowerCutOptions): Promise<PowerCutReport> {
  const folder = mkdtempSync(join(memoryFolder(), 'heddle-power-'));
  try {
    const { trace, sent, findings } = await recordTrace(folder, options.starts);
    options.log(`${trace.length} operations recorded`);
    const report = await checkImages(folder, trace, sent, options);
    return { ...report, findings: [...findings, ...report.findings] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Three lives of an engine: one that is closed; one in which for a while no sync succeeds, and which is killed while none
 * does again; and one that takes up what was left.
 */
async function recordTrace(folder: string, starts: number) {
  const plan = new Plan(join(folder, 'plan'));
  const disk = join(folder, 'disk');
  const store = join(disk, 'data');
  mkdirSync(disk);
  const env = {
    LD_PRELOAD: compileInterposer(folder),
    DISK_FOLDER: `${folder}/disk`,
    DISK_TRACE: join(folder, 'trace'),
    DISK_MARKS: join(disk, 'told.marks'),
    DISK_PLAN: join(folder, 'plan'),
    // Whoever acknowledges without waiting for the disk does so while the disk is still at work.
    DISK_SYNC_MS: '1',
  };
  const clients = Object.values(shapes).map((shape) => new Clients(shape));
  const flows = Object.values(shapes).flatMap((shape) => shape.flows);
  const witness = new Witness();
  const begin = async () => {
    const subject = new Subject(env);
    subject.answer = witness.answer;
    await subject.ask('open', { folder: store, flows, recover: true });
    return subject;
  };
  const first = await begin();
  const findings = await load(first, clients, starts);
  await first.ask('close', null);
  await first.kill();
  const second = await begin();
  const [more] = await Promise.all([load(second, clients, starts), failSyncs(plan)]);
  plan.make('sync-fails', 1);
  await Promise.all(clients.map((each, kind) => each.start(second, `refused-${kind}`)));
  await second.kill();
  plan.withdraw();
  const third = await begin();
  findings.push(...more, ...(await load(third, clients, starts)));
  await third.kill();
  return { trace: readTrace(join(folder, 'trace')), sent: clients.flatMap((each) => each.sent), findings };
}

/** For a moment in the middle of the load no sync succeeds. */
async function failSyncs(plan: Plan): Promise<void> {
  await pause(OUTAGE_MS);
  plan.make('sync-fails', 1);
  await pause(OUTAGE_MS);
  plan.withdraw();
}

async function load(subject: Subject, clients: readonly Clients[], starts: number): Promise<string[]> {
  const findings: string[] = [];
  const before = new Set(clients.flatMap(({ accepted }) => accepted));
  await Promise.all(
    clients.map(async (each, kind) => {
      for (let start = 0; start < starts; start += 1) {
        await each.start(subject, `recorded-${kind}`);
        await pause(5);
      }
    }),
  );
  for (const until = Date.now() + END_MS; !(await subject.ask('health', null)).ready && Date.now() < until; )
    await pause(20);
  for (const each of clients) await each.sendAgain(subject);
  for (const runId of clients.flatMap(({ accepted }) => accepted))
    if (!before.has(runId)) {
      const status = await subject.ask('ended', { runId, waitMs: END_MS }).catch((error: Refusal) => error.code);
      if (!STATUSES.has(status)) findings.push(`run ${runId} is ${status} before any power cut`);
    }
  return findings;
}

/** What somebody outside has been told by the time of a cut. */
interface Told {
  readonly accepted: Set<string>;
  /** Keys of calls that were made. */
  readonly effects: Set<string>;
  /** Ids of signals and published events. */
  readonly signals: Set<string>;
  readonly published: Set<string>;
  readonly ended: Map<string, string>;
}

function note(told: Told, text: string): void {
  const [kind, ...words] = JSON.parse(text) as [string, string, string];
  const [first, second] = words;
  if (kind === 'accepted') told.accepted.add(first);
  if (kind === 'effect') told.effects.add(second);
  if (kind === 'signalled') told.signals.add(second);
  if (kind === 'published') told.published.add(first);
  if (kind === 'ended') told.ended.set(first, second);
}

const copyOf = (told: Told): Told => ({
  accepted: new Set(told.accepted),
  effects: new Set(told.effects),
  signals: new Set(told.signals),
  published: new Set(told.published),
  ended: new Map(told.ended),
});

interface Image {
  readonly name: string;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly told: Told;
  readonly goesOn: boolean;
}

/** The disk after each of the cuts, in order. */
function* imagesOf(folder: string, trace: readonly DiskOperation[], options: PowerCutOptions): Generator<Image> {
  const random = seeded(options.seed);
  const cuts = Array.from({ length: options.images }, () => Math.floor(random() * (trace.length + 1)));
  cuts.sort((a, b) => a - b);
  const model = new DiskModel(join(folder, 'disk'));
  const told: Told = {
    accepted: new Set(),
    effects: new Set(),
    signals: new Set(),
    published: new Set(),
    ended: new Map(),
  };
  let done = 0;
  for (const [index, cut] of cuts.entries()) {
    for (const operation of trace.slice(done, cut)) {
      if (operation.kind === 'mark') note(told, operation.data.toString());
      else model.take(operation);
    }
    done = cut;
    const name = `image ${index} at operation ${cut}`;
    yield { name, files: model.image(chooser(random)), told: copyOf(told), goesOn: index % options.goOnEvery === 0 };
  }
}

async function checkImages(
  folder: string,
  trace: readonly DiskOperation[],
  sent: readonly Sent[],
  options: PowerCutOptions,
): Promise<PowerCutReport> {
  const images = imagesOf(folder, trace, options);
  const findings: string[] = [];
  const counts = { images: 0, wentOn: 0, accepted: 0, lost: 0, broken: 0 };
  const check = async (checker: Checker): Promise<void> => {
    for (let next = images.next(); !next.done; next = images.next()) {
      const image = next.value;
      const result = await checker.check(image);
      counts.images += 1;
      counts.wentOn += image.goesOn ? 1 : 0;
      counts.accepted = Math.max(counts.accepted, image.told.accepted.size);
      counts.lost += result.lost;
      counts.broken += result.findings.length > 0 ? 1 : 0;
      for (const finding of result.findings.slice(0, 3)) {
        if (findings.length < MAX_FINDINGS) findings.push(`${image.name}: ${finding}`);
      }
      if (counts.images % 500 === 0) options.log(`${counts.images} images, ${counts.broken} broken`);
    }
  };
  const checkers = Array.from({ length: CHECKERS }, (_, index) => new Checker(join(folder, `check-${index}`), sent));
  await Promise.all(checkers.map(check));
  await Promise.all(checkers.map((checker) => checker.close()));
  return { operations: trace.length, ...counts, findings };
}

/** Puts images on a disk and opens them, one after the other. */
class Checker {
  private readonly folder: string;
  private readonly sent: readonly Sent[];
  private subject = new Subject();

  constructor(folder: string, sent: readonly Sent[]) {
    this.folder = folder;
    this.sent = sent;
  }

  close(): Promise<void> {
    return this.subject.kill();
  }

  async check(image: Image): Promise<{ readonly lost: number; readonly findings: readonly string[] }> {
    rmSync(this.folder, { recursive: true, force: true });
    for (const [path, bytes] of image.files) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), bytes);
    }
    const { subject } = this;
    const witness = new Witness(image.told.effects);
    subject.answer = witness.answer;
    try {
      await subject.ask('open', { folder: join(this.folder, 'data'), flows: [], recover: false });
      const stored = await subject.ask('verify', null);
      const findings = compare(stored, image.told);
      if (findings.length === 0 && image.goesOn) findings.push(...(await this.goOn(image, witness)));
      await subject.ask('close', null);
      const lost = [...image.told.accepted].filter((runId) => !stored.runs.some((run) => run.runId === runId)).length;
      return { lost, findings };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await subject.kill();
      this.subject = new Subject();
      return { lost: image.told.accepted.size, findings: [`the store cannot be used: ${error.message}`] };
    }
  }

  /** The engine takes the image up; whoever was not acknowledged sends again. */
  private async goOn({ told }: Image, witness: Witness): Promise<string[]> {
    const { subject } = this;
    await subject.ask('recover', null);
    for (const each of this.sent)
      if (!told.signals.has(each.id) && !told.published.has(each.id)) await sendTo(subject, each);
    const before = await subject.ask('verify', null);
    const roots = before.runs.filter(({ parent }) => parent === null);
    const findings: string[] = [];
    for (const { runId, flowId } of roots) {
      const shape = expected.get(flowId);
      // A start that was refused and is there all the same: nobody knew its id, so nobody has sent it anything yet.
      if (shape && !this.sent.some((each) => each.runId === runId)) await new Clients(shape).adopt(subject, runId);
      const status = await subject.ask('ended', { runId, waitMs: END_MS });
      if (status !== expected.get(flowId)?.status) findings.push(`run ${runId} of ${flowId} is ${status} in the end`);
    }
    const calls = roots.map(({ runId, flowId }) => [runId, expected.get(flowId)?.calls ?? []] as const);
    return [...findings, ...witness.compare(new Map(calls))];
  }
}

/** What was said before the power went, and does not hold after it. */
function compare({ faults, runs, events }: Verified, told: Told): string[] {
  const findings = [...faults];
  const byId = new Map(runs.map((run) => [run.runId, run]));
  const asked = new Set(runs.flatMap((run) => run.asked));
  const taken = new Set(runs.flatMap((run) => run.taken));
  const kept = new Set(events);
  for (const runId of told.accepted) if (!byId.has(runId)) findings.push(`run ${runId} was accepted and is lost`);
  for (const key of told.effects)
    if (!asked.has(key)) findings.push(`the call ${key} was made, but nothing asks for it`);
  for (const id of told.signals) if (!taken.has(id)) findings.push(`signal ${id} was accepted and is lost`);
  for (const id of told.published) if (!kept.has(id)) findings.push(`event ${id} was accepted and is lost`);
  for (const [runId, status] of told.ended)
    if (byId.get(runId)?.status !== status) findings.push(`run ${runId} ended ${status} and has not any more`);
  return findings;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const images = Number(process.argv[2] ?? 3_000);
  const seed = Number(process.argv[3] ?? 4711);
  const report = await powerCut({ images, goOnEvery: 10, starts: 25, seed, log: console.log });
  console.log(JSON.stringify(report, null, 2));
  if (report.findings.length > 0) process.exitCode = 1;
}
