import type { Reply, Request } from '@heddle/engine/store/sqlite/protocol';
import type { DatabaseThread } from '@heddle/engine/store/sqlite/sqlite';
import type { FaultKind } from './case.ts';
import type { Disk } from './disk.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

export interface ThreadOptions {
  readonly disk: Disk;
  readonly world: World;
  readonly random: Random;
  /** What goes wrong with the write that is about to be made. */
  readonly fault: () => FaultKind | undefined;
  /** Something was written. */
  readonly written: (requests: readonly Request[]) => void;
  readonly crash: () => void;
}

const FULL_MS = 2_000;

/**
 * The database's thread as the engine sees it: takes whatever is waiting together, as soon as it has done what was
 * before, and answers in order. When, and whether, is up to the seed and the faults of the case.
 */
export class SimulatedThread implements DatabaseThread {
  private readonly options: ThreadOptions;
  private readonly process: number;
  private waiting: Request[] = [];
  private replies: Reply[] = [];
  private isAwake = false;
  private isDead = false;
  private fullUntil = 0;
  private hear: (reply: Reply) => void = () => {};
  private fail: (error: Error) => void = () => {};

  constructor(options: ThreadOptions) {
    this.options = options;
    this.process = options.world.process;
  }

  postMessage(request: Request): void {
    if (this.isDead || this.process !== this.options.world.process) return;
    // As a message port does, so that nobody changes what has been handed over.
    this.waiting.push(structuredClone(request));
    this.wake();
  }

  on(event: 'message' | 'error', listener: ((reply: Reply) => void) & ((error: Error) => void)): void {
    if (event === 'message') this.hear = listener;
    else this.fail = listener;
  }

  async terminate(): Promise<void> {
    this.isDead = true;
  }

  private wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    const { world, random } = this.options;
    world.within(random.latencyMs(2), () => this.work());
  }

  private work(): void {
    this.isAwake = false;
    const batch = this.waiting;
    this.waiting = [];
    const writes = batch.filter(({ kind }) => kind === 'append' || kind === 'atomic');
    if (writes.length === 0) return this.answer(this.options.disk.execute(batch));
    const { world } = this.options;
    const fault = this.options.fault();
    if (fault === 'crash-before') return this.options.crash();
    if (fault === 'full') this.fullUntil = world.now + FULL_MS;
    if (fault === 'dead') return this.die();
    if (fault === 'refused' || world.now < this.fullUntil) return this.answer(batch.map(refusal));
    const replies = this.options.disk.execute(batch);
    this.options.written(writes);
    if (fault === 'crash-committed') return this.options.crash();
    if (fault === 'dead-committed') return this.die();
    if (fault === 'refused-committed') return this.answer(batch.map(refusal));
    this.answer(replies);
  }

  private die(): void {
    this.isDead = true;
    this.options.world.within(1, () => this.fail(new Error('the thread has ended')));
  }

  private answer(replies: readonly Reply[]): void {
    const { world, random } = this.options;
    this.replies.push(...replies);
    // Whichever of these comes first hands over the oldest reply.
    for (const _ of replies) {
      world.within(random.latencyMs(1), () => {
        const reply = this.replies.shift();
        if (reply) this.hear(reply);
      });
    }
  }
}

const refusal = ({ id }: Request): Reply => ({
  kind: 'failed',
  id,
  failure: { code: 'STORE_UNAVAILABLE', message: 'disk I/O error' },
});
