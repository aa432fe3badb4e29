import { compile, type Program } from '@heddle/engine/compile/index';
import { parse } from '@heddle/engine/definition/index';
import { FlowError, type JsonObject } from '@heddle/engine/errors';
import { nodeTypes } from '@heddle/engine/nodes/index';
import type { Request } from '@heddle/engine/store/sqlite/protocol';
import { type Block, documentFor } from '../properties/flows.ts';
import { Bank } from './bank.ts';
import type { Case, Fault, FaultKind } from './case.ts';
import type { Disk } from './disk.ts';
import { boot, type EngineProcess } from './engine.ts';
import { Random } from './random.ts';
import { eventPaths, mustAgree } from './story.ts';
import { endedAt, endOf, must, Violation, Witness } from './witness.ts';
import { World } from './world.ts';

/** The flow that `subflow` blocks start. */
const childBlocks: readonly Block[] = [{ kind: 'call', id: 'inner', undo: true, retry: true, handled: false }];
const STARTS_AT = 1_800_000_000_000;
const RESTART_MS = 200;
const JUMP_MS = 300_000;
/** Nothing was written for so long: a run that has not ended never will. Longer than every wait and jump of the clock. */
const PATIENCE_MS = 1_800_000;
const OPERATOR_EVERY_MS = 30_000;
const MAX_STEPS = 30_000;
const ANSWERED_LATER = ['STORE_UNAVAILABLE', 'NOT_READY', 'IDEMPOTENCY_IN_PROGRESS', 'OVERLOADED'];

/**
 * Lives one life: an engine with runs of a random flow, everything that happens to it from outside, and what goes wrong.
 *
 * @throws {Violation} if anything happens that must not, or something that must does not
 */
export async function live(disk: Disk, given: Case): Promise<void> {
  disk.wipe();
  const life = new Life(disk, given);
  try {
    await life.run();
  } finally {
    life.end();
  }
}

const flowOf = (document: JsonObject): Program => {
  const parsed = parse(document, nodeTypes);
  if (!parsed.ok) throw new Violation(`a sound flow is refused: ${JSON.stringify(parsed.problems)}`);
  return compile(parsed.flow);
};
const child = flowOf({ ...documentFor(childBlocks), id: 'child' });

class Life {
  private readonly given: Case;
  private readonly disk: Disk;
  private readonly random: Random;
  private readonly world: World;
  private readonly bank: Bank;
  private readonly witness: Witness;
  private readonly programs: ReadonlyMap<string, Program>;
  private readonly faults: Map<number, Fault>;
  private readonly accepted = new Map<number, string>();
  private readonly flagsOf = new Map<string, readonly boolean[]>();
  private engine: EngineProcess;
  private writes = 0;
  private wroteAt = 0;
  private operatorAt = 0;
  /** Requests from outside that have not been answered for good. */
  private unanswered = 0;
  private violation: unknown;

  constructor(disk: Disk, given: Case) {
    this.disk = disk;
    this.given = given;
    this.random = new Random(given.seed);
    this.world = new World(this.random, STARTS_AT);
    this.bank = new Bank(this.world, this.random, given.answers);
    this.programs = new Map([
      ['random', flowOf(documentFor(given.blocks))],
      ['child', child],
    ]);
    this.witness = new Witness(disk, this.world, (flowId) => this.programs.get(flowId) ?? child);
    this.faults = new Map(given.faults.map((fault) => [fault.write, fault]));
    this.world.capture();
    this.engine = this.boot();
  }

  end(): void {
    this.world.release();
  }

  async run(): Promise<void> {
    for (let index = 0; index < this.given.runs; index += 1) this.client(index);
    if (this.given.publishes) this.publishers();
    while (this.world.now - this.wroteAt < PATIENCE_MS && !this.isOver()) {
      if (!(await this.world.step())) break;
      must(this.world.steps < MAX_STEPS, `${MAX_STEPS} things have happened, and still no end`);
      if (this.violation !== undefined) throw this.violation;
    }
    this.verify();
  }

  private boot(): EngineProcess {
    const { world, random, bank, witness, programs, disk } = this;
    const thread = {
      disk,
      world,
      random,
      fault: () => this.fault(),
      written: (requests: readonly Request[]) => this.guard(() => this.written(requests)),
      crash: () => this.crash(),
    };
    const engine = boot({
      world,
      random,
      bank,
      witness,
      programs,
      thread,
      violated: (violation) => {
        this.violation ??= violation;
      },
    });
    this.mustRemember();
    engine.runtime.recover().catch((error: unknown) => {
      // An engine that cannot read its store ends, and is started again.
      if (!(error instanceof FlowError)) this.violation ??= error;
      else if (this.engine === engine) this.crash();
    });
    return engine;
  }

  /** The process ends at once, and another one starts on what is on disk. */
  private crash(): void {
    this.world.kill();
    this.engine.die();
    this.world.later(RESTART_MS, () => {
      this.engine = this.boot();
    });
  }

  private fault(): FaultKind | undefined {
    const fault = this.faults.get(this.writes++);
    if (fault === undefined) return undefined;
    const { world, engine } = this;
    const again = (delayMs: number) =>
      world.later(delayMs, () => {
        if (this.engine === engine) this.crash();
      });
    if (fault.kind === 'crash-later') this.crashAfter(fault.after, engine);
    if (fault.kind.startsWith('dead')) again(3_000);
    if (fault.kind === 'ahead') world.jump(JUMP_MS);
    if (fault.kind === 'back') world.jump(-JUMP_MS);
    if (fault.kind === 'stop') this.stop(engine);
    return fault.kind;
  }

  private crashAfter(happenings: number, engine: EngineProcess): void {
    const wait = () => {
      if (this.engine !== engine) return;
      if (happenings === 0) return this.crash();
      happenings -= 1;
      this.world.later(0, wait);
    };
    wait();
  }

  /** SIGTERM: what is in flight ends first, then the process does. */
  private stop(engine: EngineProcess): void {
    this.world.later(0, () => {
      if (this.engine !== engine) return;
      engine.runtime.drain(Infinity).then(
        () => this.world.later(0, () => this.engine === engine && this.crash()),
        (error: unknown) => {
          this.violation ??= error;
        },
      );
    });
  }

  private written(requests: readonly Request[]): void {
    this.wroteAt = this.world.now;
    const runIds = new Set(
      requests.flatMap((request) =>
        request.kind === 'append'
          ? request.appends.flatMap((ops) => ops.flatMap(([name, runId]) => (name === 'event' ? [String(runId)] : [])))
          : [],
      ),
    );
    for (const runId of runIds) this.witness.read(runId);
  }

  private guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.violation ??= error;
    }
  }

  /** Asks until there is an answer; a request that is not answered, or refused for now, is sent again. */
  private async ask<Answer>(request: (runtime: EngineProcess['runtime']) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const { engine } = this;
      try {
        return await Promise.race([request(engine.runtime), engine.died]);
      } catch (error) {
        if (
          error instanceof FlowError ? !ANSWERED_LATER.includes(error.code) : this.engine === engine && !isLost(error)
        )
          throw error;
        await new Promise<void>((resolve) => this.world.later(50 + this.random.below(500), resolve));
      }
    }
  }

  /** Something from outside that goes on until it has got what it wants. */
  private actor(delayMs: number, act: () => Promise<void>): void {
    this.unanswered += 1;
    this.world.later(delayMs, () => {
      act().then(
        () => {
          this.unanswered -= 1;
        },
        (error: unknown) => {
          this.violation ??= error;
        },
      );
    });
  }

  private get times(): readonly number[] {
    return this.given.twice ? [1, 2] : [1];
  }

  private client(index: number): void {
    const flags = this.given.flags.map((flag) => (index === 0 ? flag : !flag));
    const input = Object.fromEntries(flags.map((flag, number) => [`f${number}`, flag]));
    const request = {
      flow: { flowId: 'random', version: 'latest' },
      input,
      dedupe: { key: `request-${index}`, bodyHash: 'hash' },
    };
    for (const time of this.times) {
      this.actor(this.random.below(100) * time, async () => {
        const { runId } = await this.ask((runtime) => runtime.start(request));
        const before = this.accepted.get(index);
        must(before === undefined || before === runId, `one request has made two runs, ${before} and ${runId}`);
        must(this.witness.read(runId) !== undefined, `${runId} is accepted, and not on disk`);
        this.accepted.set(index, runId);
        this.flagsOf.set(runId, flags);
        if (before === undefined) this.attend(runId, index);
      });
    }
  }

  /** What is done to a run from outside once its id is known. */
  private attend(runId: string, index: number): void {
    const { cancelAfterMs, suspendAfterMs, publishes } = this.given;
    if (!publishes) for (const name of this.eventNames) this.signals(runId, name);
    if (index > 0) return;
    if (suspendAfterMs !== null)
      this.actor(suspendAfterMs, async () => {
        await this.ask((runtime) => runtime.suspend(runId));
        await new Promise<void>((resolve) => this.world.later(this.random.below(10_000), resolve));
        await this.ask((runtime) => runtime.resume(runId));
      });
    if (cancelAfterMs === null) return;
    for (const time of this.times)
      this.actor(cancelAfterMs * time, async () => {
        const result = await this.ask((runtime) => runtime.cancel(runId, 'by request'));
        if (result === 'accepted')
          must(
            this.witness.read(runId)?.events.some(({ kind }) => kind === 'cancel') === true,
            `cancelling ${runId} is accepted, and not on disk`,
          );
      });
  }

  private get eventNames(): Iterable<string> {
    return eventPaths(this.given.blocks).keys();
  }

  private signals(runId: string, name: string): void {
    for (const time of this.times) {
      this.actor(this.random.latencyMs(500) * time, async () => {
        const result = await this.ask((runtime) => runtime.signal(runId, { name, payload: name, dedupeId: name }));
        must(['accepted', 'duplicate', 'finished'].includes(result), `signal ${name} to ${runId} is ${result}`);
        const isThere = this.witness
          .read(runId)
          ?.events.some((event) => event.kind === 'signal' && event.name === name);
        must(isThere === true || result === 'finished', `signal ${name} to ${runId} is ${result}, and not on disk`);
      });
    }
  }

  /** One event of each name for each run, whoever takes it. */
  private publishers(): void {
    for (const name of this.eventNames) {
      for (let number = 0; number < this.given.runs; number += 1) {
        const id = `${name}-${number}`;
        for (const time of this.times) {
          this.actor(this.random.latencyMs(500) * time, async () => {
            await this.ask((runtime) => runtime.publish({ name, payload: name, id }));
            const [row] = this.disk.read('SELECT message_id FROM received WHERE message_id = ?', id);
            must(row !== undefined, `event ${id} is accepted, and not on disk`);
          });
        }
      }
    }
  }

  /** Everything has ended; where somebody has to act first, he does. */
  private isOver(): boolean {
    if (!this.world.isIdle || this.unanswered > 0) return false;
    const open = this.disk.read(
      "SELECT run_id, status FROM runs WHERE status NOT IN ('completed', 'failed', 'compensated', 'cancelled')",
    );
    if (open.length === 0) return true;
    if (this.world.now < this.operatorAt) return false;
    this.operatorAt = this.world.now + OPERATOR_EVERY_MS;
    for (const { run_id: runId, status } of open)
      if (status === 'needs-operator')
        this.actor(1_000, async () => {
          await this.ask((runtime) => runtime.retry(String(runId)));
        });
    return false;
  }

  /** What an engine remembers of a run is what its journal says. */
  private mustRemember(): void {
    for (const row of this.disk.read(
      'SELECT run_id, snapshot, snapshot_sequence FROM runs WHERE snapshot IS NOT NULL',
    )) {
      const runId = String(row['run_id']);
      const told = this.witness.read(runId);
      const state = told?.states[Number(row['snapshot_sequence']) - 1];
      must(state !== undefined, `the snapshot of ${runId} is of a line that its journal does not have`);
      must(
        JSON.stringify(state) === JSON.stringify(JSON.parse(String(row['snapshot']))),
        `the snapshot of ${runId} is not what its journal says`,
      );
    }
  }

  private verify(): void {
    this.mustRemember();
    const rows = this.disk.read('SELECT run_id, status, parent_run FROM runs');
    for (const { run_id: runId } of rows) this.witness.read(String(runId));
    must(this.unanswered === 0, `${this.unanswered} requests were never answered`);
    const roots = rows.filter((row) => row['parent_run'] === null).map((row) => String(row['run_id']));
    must(
      roots.sort().join() === [...this.accepted.values()].sort().join(),
      `the runs are ${roots.join()}, accepted were ${[...this.accepted.values()].join()}`,
    );
    for (const { run_id: id, status } of rows) this.mustHaveEnded(String(id), String(status));
    this.mustHaveKeys();
    for (const table of ['timers', 'waits', 'cancellations'])
      must(this.disk.read(`SELECT * FROM ${table}`).length === 0, `there are ${table} left of runs that have ended`);
  }

  private mustHaveEnded(runId: string, status: string): void {
    const told = this.witness.read(runId);
    must(told !== undefined, `${runId} has no journal`);
    const end = endOf(told);
    must(
      end !== undefined,
      `${runId} is ${told.states.at(-1)?.status} and nothing happens any more: ${this.whereabouts(runId)}`,
    );
    must(end === status, `${runId} ended ${end}, and its row says ${status}`);
    const flags = this.flagsOf.get(runId);
    // Undoing a run that has ended is asked for by its parent, and no part of the model.
    mustAgree(runId, told, flags ? this.given.blocks : childBlocks, flags ?? [], endedAt(told));
    if (endedAt(told) < told.states.length - 1) must(end === 'compensated', `${runId} was to be undone and is ${end}`);
    for (const event of told.events) {
      if (event.kind !== 'result' || !told.asked.has(`call ${event.id} 1`)) continue;
      const effect = this.bank.effects.get(`${runId}:${event.id}`);
      must(effect?.happened === true, `${runId}: ${event.id} has a result and never happened`);
      must(effect.output === event.output, `${runId}: ${event.id} has another result than it was given`);
    }
    for (const step of told.cancelled) {
      const child = this.witness.runs.get(told.given.get(step) ?? '');
      must(
        child === undefined || endOf(child) !== 'completed',
        `${runId}: sub-flow ${step} was cancelled, and is done`,
      );
    }
  }

  /** Nothing has happened under a key of which no journal knows. */
  private mustHaveKeys(): void {
    for (const key of this.bank.effects.keys()) {
      const at = key.indexOf(':');
      const asked = this.witness.runs.get(key.slice(0, at))?.asked;
      must(
        asked?.has(`call ${key.slice(at + 1)} 1`) === true,
        `something has happened under ${key}, for which nobody asked`,
      );
    }
  }

  private whereabouts(runId: string): string {
    const rows = (table: string) => JSON.stringify(this.disk.read(`SELECT * FROM ${table} WHERE run_id = ?`, runId));
    return `timers ${rows('timers')}, waits ${rows('waits')}, engine ${JSON.stringify(this.engine.runtime.health())}`;
  }
}

const isLost = (error: unknown) => error instanceof Error && error.message === 'the connection was lost';
