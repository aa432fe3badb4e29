import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Clients, pause } from './clients.ts';
import { type Fault, Plan } from './interposer.ts';
import type { Verified } from './protocol.ts';
import { type Shape, shapes } from './shapes.ts';
import { Refusal, Subject } from './subject.ts';
import { Witness } from './witness.ts';

export interface FaultCase {
  readonly shape: string;
  readonly fault: Fault;
  /** Which operation on the store's files it strikes, from 1 once the engine is ready. */
  readonly number: number;
}

export interface CaseReport {
  /** False: the engine did fewer operations than that. */
  readonly struck: boolean;
  readonly accepted: number;
  readonly refused: number;
  /** Runs that are there although nobody was told so. */
  readonly unacknowledged: number;
  /** What does not hold; empty when everything does. */
  readonly findings: readonly string[];
}

export interface CaseSettings {
  /** The compiled library (interposer.ts). */
  readonly library: string;
  /** Where folders of stores are made, and those of plans. */
  readonly folder: string;
  /** A store with the flows, closed: each case begins with a copy of it. */
  readonly template: string;
}

const LASTING: readonly Fault[] = ['full', 'sync-fails'];
/** How long a disk stays as it is when it does not fail once only, in ms. */
const OUTAGE_MS = 150;
/** How long is waited for it to begin to. */
const MOMENT_MS = 400;
const READY_MS = 15_000;
const END_MS = 15_000;
const RUNS = 3;

/** Performs cases one after the other, each on a store of its own; processes that were not killed are used again. */
export class FaultLane {
  private readonly settings: CaseSettings;
  private readonly folder: string;
  private readonly plan: Plan;
  private striking: Subject;
  private readonly sound = new Subject();

  constructor(settings: CaseSettings) {
    this.settings = settings;
    this.folder = mkdtempSync(join(settings.folder, 'lane-'));
    this.plan = new Plan(join(this.folder, 'plan'));
    this.striking = this.fresh();
  }

  async close(): Promise<void> {
    await Promise.all([this.striking.kill(), this.sound.kill()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async perform({ shape: name, fault, number }: FaultCase): Promise<CaseReport> {
    const shape = shapes[name];
    if (shape === undefined) throw new Error(`there is no shape ${name}`);
    const store = mkdtempSync(join(this.folder, 'store-'));
    cpSync(this.settings.template, store, { recursive: true });
    const trial = new Trial(shape, this.striking, this.plan);
    try {
      await trial.strike(store, fault, number);
      await trial.recover(store, this.sound);
      return trial.report();
    } finally {
      if (this.striking.gone) this.striking = this.fresh();
      rmSync(store, { recursive: true, force: true });
    }
  }

  private fresh(): Subject {
    return new Subject({
      LD_PRELOAD: this.settings.library,
      DISK_FOLDER: `${this.folder}/`,
      DISK_PLAN: join(this.folder, 'plan'),
    });
  }
}

/** One case: the store is used while the fault strikes, then opened again by a process whose disk works. */
class Trial {
  private readonly shape: Shape;
  private readonly striking: Subject;
  private readonly plan: Plan;
  private readonly witness = new Witness();
  private readonly clients: Clients;
  private readonly findings: string[] = [];
  private struck = false;
  private stored: Verified['runs'] = [];

  constructor(shape: Shape, striking: Subject, plan: Plan) {
    this.shape = shape;
    this.striking = striking;
    this.plan = plan;
    this.clients = new Clients(shape);
  }

  async strike(folder: string, fault: Fault, number: number): Promise<void> {
    const { striking, plan, clients } = this;
    striking.answer = this.witness.answer;
    await striking.ask('open', { folder, flows: [], recover: true });
    plan.make(fault, number);
    const starts = Array.from({ length: RUNS }, (_, index) => clients.start(striking, `case-${index}`));
    if (LASTING.includes(fault)) await this.outage();
    await Promise.all(starts);
    try {
      if (!striking.gone) await this.goOn(fault);
      await striking.ask('close', null);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code !== 'GONE') {
        this.findings.push(`the engine could not go on: ${error.code} ${error.message}`);
        await striking.kill();
      } else if (!fault.startsWith('kill') && fault !== 'torn')
        this.findings.push(`the engine ended by itself after ${fault}`);
    }
    this.struck ||= plan.struck;
    plan.withdraw();
  }

  /** The disk fails for a while from its moment on; reading goes on, and nothing is accepted that is not kept. */
  private async outage(): Promise<void> {
    for (const until = Date.now() + MOMENT_MS; Date.now() < until && !this.plan.struck; ) await pause(5);
    if (!this.plan.struck) return this.plan.withdraw();
    await pause(OUTAGE_MS);
    try {
      await this.striking.ask('verify', null);
    } catch (error) {
      this.findings.push(`while the disk failed, nothing could be read: ${String(error)}`);
    }
    this.plan.withdraw();
    this.struck = true;
  }

  /** An engine that was not killed goes on by itself, without repair. */
  private async goOn(fault: Fault): Promise<void> {
    const { striking } = this;
    for (const until = Date.now() + READY_MS; !(await striking.ask('health', null)).ready; await pause(20)) {
      if (Date.now() > until) {
        this.findings.push(`the engine did not go on by itself after ${fault}`);
        return;
      }
    }
    await this.finish(striking);
    for (const code of this.clients.refused)
      if (code !== 'STORE_UNAVAILABLE' && code !== 'GONE') this.findings.push(`a start was refused with ${code}`);
  }

  /** Everything goes on to its end on a disk that works. */
  async recover(folder: string, sound: Subject): Promise<void> {
    sound.answer = this.witness.answer;
    await sound.ask('open', { folder, flows: [], recover: true });
    await this.clients.start(sound, 'after');
    await this.finish(sound);
    const { faults, runs } = await sound.ask('verify', null);
    await sound.ask('close', null);
    this.findings.push(...faults);
    this.stored = runs;
    const there = new Map(runs.filter(({ parent }) => parent === null).map((run) => [run.runId, run.status]));
    for (const runId of this.clients.accepted)
      if (!there.has(runId)) this.findings.push(`run ${runId} was accepted and is lost`);
    for (const [runId, status] of there)
      if (status !== this.shape.status) this.findings.push(`run ${runId} is ${status} instead of ${this.shape.status}`);
    this.findings.push(...this.witness.compare(new Map([...there.keys()].map((runId) => [runId, this.shape.calls]))));
  }

  report(): CaseReport {
    const roots = this.stored.filter(({ parent }) => parent === null);
    return {
      struck: this.struck,
      accepted: this.clients.accepted.length,
      refused: this.clients.refused.length,
      unacknowledged: roots.length - this.clients.accepted.length,
      findings: this.findings,
    };
  }

  /** Sends what is to be sent, and waits for the end of every run that is there. */
  private async finish(subject: Subject): Promise<void> {
    await this.clients.sendAgain(subject);
    const { runs } = await subject.ask('verify', null);
    for (const { runId, parent, status } of runs) {
      if (parent !== null || status === this.shape.status) continue;
      if (!this.clients.accepted.includes(runId)) await this.clients.adopt(subject, runId);
      const ended = await subject.ask('ended', { runId, waitMs: END_MS });
      if (ended === 'pending') this.findings.push(`run ${runId} did not end: ${await whereabouts(subject, runId)}`);
    }
  }
}

async function whereabouts(subject: Subject, runId: string): Promise<string> {
  const { runs } = await subject.ask('verify', null);
  const run = runs.find((each) => each.runId === runId);
  return run === undefined
    ? 'it is not there'
    : `${run.status}, asked ${run.asked.join(' ')}, took ${run.taken.join(', ')}`;
}
