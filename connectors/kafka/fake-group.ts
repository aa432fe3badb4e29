import { randomUUID } from 'node:crypto';

const NONE = 0;
const ILLEGAL_GENERATION = 22;
const UNKNOWN_MEMBER = 25;
const REBALANCE_IN_PROGRESS = 27;
/** A group that was empty waits so long for others, before it begins. */
const FIRST_MS = 50;
const TICK_MS = 100;

interface Member {
  readonly id: string;
  readonly sessionMs: number;
  readonly rebalanceMs: number;
  readonly metadata: Buffer;
  seenAt: number;
  /** Answers its join, which waits for those of the others. */
  join: ((joined: Joined) => void) | undefined;
  /** Answers its sync, which waits for the leader's. */
  sync: ((synced: { readonly error: number; readonly assignment: Buffer }) => void) | undefined;
  assignment: Buffer;
}

export interface Joined {
  readonly error: number;
  readonly generation: number;
  readonly leader: string;
  readonly id: string;
  /** For the leader, who shares out the partitions. */
  readonly members: readonly { readonly id: string; readonly metadata: Buffer }[];
}

/** A consumer group as its coordinator sees it. Part of the stand-in for a broker; for tests only. */
export class FakeGroup {
  readonly offsets = new Map<string, number>();
  readonly #members = new Map<string, Member>();
  readonly #watch = setInterval(() => this.#tick(), TICK_MS);
  #generation = 0;
  #leader = '';
  #state: 'joining' | 'syncing' | 'stable' = 'stable';
  #joiningSince = 0;

  join(
    given: string,
    facts: { readonly sessionMs: number; readonly rebalanceMs: number; readonly metadata: Buffer },
  ): Promise<Joined> {
    const id = given === '' ? `member-${randomUUID()}` : given;
    if (given !== '' && !this.#members.has(given)) return Promise.resolve(this.#refusal(UNKNOWN_MEMBER, id));
    if (this.#state !== 'joining') this.#joiningSince = performance.now();
    this.#state = 'joining';
    for (const member of this.#members.values()) {
      member.sync?.({ error: REBALANCE_IN_PROGRESS, assignment: Buffer.alloc(0) });
      member.sync = undefined;
    }
    return new Promise((resolve) => {
      const known = { join: resolve, sync: undefined, assignment: Buffer.alloc(0), seenAt: performance.now() };
      this.#members.set(id, { id, ...facts, ...known });
      setTimeout(() => this.#begin(), FIRST_MS);
    });
  }

  sync(
    id: string,
    generation: number,
    given: ReadonlyMap<string, Buffer>,
  ): Promise<{ readonly error: number; readonly assignment: Buffer }> {
    const error = this.check(id, generation);
    const member = this.#members.get(id);
    if (error !== NONE || !member) return Promise.resolve({ error, assignment: Buffer.alloc(0) });
    if (this.#state === 'joining') {
      return Promise.resolve({ error: REBALANCE_IN_PROGRESS, assignment: Buffer.alloc(0) });
    }
    if (id === this.#leader) {
      this.#state = 'stable';
      for (const each of this.#members.values()) {
        each.assignment = given.get(each.id) ?? Buffer.alloc(0);
        each.sync?.({ error: NONE, assignment: each.assignment });
        each.sync = undefined;
      }
    }
    if (this.#state === 'stable') return Promise.resolve({ error: NONE, assignment: member.assignment });
    return new Promise((resolve) => {
      member.sync = resolve;
    });
  }

  heartbeat(id: string, generation: number): number {
    const error = this.check(id, generation);
    if (error !== NONE) return error;
    return this.#state === 'stable' ? NONE : REBALANCE_IN_PROGRESS;
  }

  /** Whether a member may still speak for its partitions. It is thereby heard of. */
  check(id: string, generation: number): number {
    const member = this.#members.get(id);
    if (!member) return UNKNOWN_MEMBER;
    member.seenAt = performance.now();
    return generation === this.#generation ? NONE : ILLEGAL_GENERATION;
  }

  leave(id: string): void {
    if (!this.#members.delete(id)) return;
    this.#rebalance();
  }

  close(): void {
    clearInterval(this.#watch);
    for (const id of [...this.#members.keys()]) this.leave(id);
  }

  #rebalance(): void {
    if (this.#state !== 'joining') this.#joiningSince = performance.now();
    this.#state = 'joining';
    this.#begin();
  }

  /** Throws out the dead, and those that do not come back to a group that forms anew. */
  #tick(): void {
    const now = performance.now();
    for (const member of [...this.#members.values()]) {
      const isDead = !member.join && now - member.seenAt > member.sessionMs;
      const isLate = this.#state === 'joining' && !member.join && now - this.#joiningSince > member.rebalanceMs;
      if (!isDead && !isLate) continue;
      this.#members.delete(member.id);
      this.#rebalance();
    }
  }

  #begin(): void {
    const members = [...this.#members.values()];
    if (this.#state !== 'joining' || members.length === 0 || members.some(({ join }) => !join)) return;
    this.#generation += 1;
    this.#leader = members[0]?.id ?? '';
    this.#state = 'syncing';
    for (const member of members) {
      const isLeader = member.id === this.#leader;
      member.seenAt = performance.now();
      member.join?.({
        error: NONE,
        generation: this.#generation,
        leader: this.#leader,
        id: member.id,
        members: isLeader ? members : [],
      });
      member.join = undefined;
    }
  }

  #refusal(error: number, id: string): Joined {
    return { error, generation: -1, leader: '', id, members: [] };
  }
}
