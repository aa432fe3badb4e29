import TinyQueue from 'tinyqueue';

export interface TimerRow {
  readonly runId: string;
  readonly effectId: string;
  /** Epoch ms. */
  readonly dueAt: number;
}

export interface TimersOptions {
  readonly now: () => number;
  /** Durable timers due before a time, earliest first, at most `limit` of them. */
  readonly load: (before: number, limit: number) => Promise<readonly TimerRow[]>;
  readonly fire: (timer: TimerRow) => void;
  readonly onError: (error: unknown) => void;
}

/** Only timers due within this are held in memory; the others stay in the store. */
const HORIZON_MS = 60_000;
const RELOAD_MS = 20_000;
/** The longest sleep, so that a jump of the clock is noticed; also keeps `setTimeout` far from its 2^31 ms overflow. */
const MAX_SLEEP_MS = 1_000;
const LOAD_LIMIT = 20_000;

/** Fires durable timers: never early by `now`, each once while it is known, however far ahead it is set. */
export class Timers {
  private readonly options: TimersOptions;
  private readonly queue = new TinyQueue<TimerRow>([], (a, b) => a.dueAt - b.dueAt);
  /** What is scheduled, by run and effect; a queue entry that disagrees with it is stale. */
  private readonly scheduled = new Map<string, number>();
  private loadedUntil = 0;
  private nextLoadAt = 0;
  private wake: NodeJS.Timeout | undefined;
  private wakeAt = Infinity;
  private stopped = false;

  constructor(options: TimersOptions) {
    this.options = options;
  }

  /** Loads what is due soon and starts firing. */
  async start(): Promise<void> {
    await this.reload();
    this.sleep();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.wake);
  }

  set(timer: TimerRow): void {
    if (timer.dueAt > this.loadedUntil) return;
    this.put(timer);
    if (timer.dueAt < this.wakeAt) this.sleep();
  }

  cancel(runId: string, effectId: string): void {
    this.scheduled.delete(keyOf(runId, effectId));
  }

  get size(): number {
    return this.scheduled.size;
  }

  private put(timer: TimerRow): void {
    const key = keyOf(timer.runId, timer.effectId);
    if (this.scheduled.get(key) === timer.dueAt) return;
    this.scheduled.set(key, timer.dueAt);
    this.queue.push(timer);
  }

  private async reload(): Promise<void> {
    const now = this.options.now();
    const before = now + HORIZON_MS;
    const rows = await this.options.load(before, LOAD_LIMIT);
    for (const row of rows) this.put(row);
    const last = rows.at(-1);
    const full = rows.length >= LOAD_LIMIT && last !== undefined;
    this.loadedUntil = full ? last.dueAt : before;
    this.nextLoadAt = full ? now : now + RELOAD_MS;
  }

  private sleep(): void {
    if (this.stopped) return;
    clearTimeout(this.wake);
    const now = this.options.now();
    const next = Math.min(this.queue.peek()?.dueAt ?? Infinity, this.nextLoadAt);
    const ms = Math.max(0, Math.min(next - now, MAX_SLEEP_MS));
    this.wakeAt = now + ms;
    this.wake = setTimeout(() => this.run(), Math.ceil(ms));
  }

  private run(): void {
    const now = this.options.now();
    for (let top = this.queue.peek(); top !== undefined && top.dueAt <= now; top = this.queue.peek()) {
      this.queue.pop();
      const key = keyOf(top.runId, top.effectId);
      if (this.scheduled.get(key) !== top.dueAt) continue;
      this.scheduled.delete(key);
      this.options.fire(top);
    }
    if (now < this.nextLoadAt) return this.sleep();
    this.reload()
      .catch((error: unknown) => {
        this.nextLoadAt = this.options.now() + MAX_SLEEP_MS;
        this.options.onError(error);
      })
      .finally(() => this.sleep());
  }
}

const keyOf = (runId: string, effectId: string) => `${runId}:${effectId}`;
