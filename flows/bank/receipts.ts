import type { Clock } from './clock.ts';
import { Refusal } from './refusal.ts';
import type { Database, Statement } from './store/database.ts';
import type { GroupCommit } from './store/group-commit.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
const ATTEMPT_TIMEOUT_MS = 5_000;
const MAX_IN_FLIGHT = 32;

export interface ReceiptRequest {
  /** Unique; the receiver deduplicates by it. */
  readonly id: string;
  /** Loopback only. */
  readonly url: string;
  readonly correlation: string;
  readonly payload: object;
  readonly delayMs: number;
  /** How many times it is delivered although it was taken, default 1. */
  readonly copies?: number;
}

interface ReceiptRow {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly attempts: number;
  readonly copies: number;
}

/**
 * Delivers receipts (回执) by `POST { id, correlation, payload }`, at least once: they are rows until the receiver has
 * answered 2xx, so they survive a kill. Receipts do not come in order.
 */
export class Receipts {
  readonly #clock: Clock;
  readonly #writer: GroupCommit;
  readonly #insert: Statement<never>;
  readonly #due: Statement<ReceiptRow>;
  readonly #next: Statement<{ dueAt: number | null }>;
  readonly #delivered: Statement<never>;
  readonly #failed: Statement<never>;
  readonly #closing = new AbortController();
  readonly #inFlight = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ database, writer, clock }: { database: Database; writer: GroupCommit; clock: Clock }) {
    this.#clock = clock;
    this.#writer = writer;
    this.#insert = database.prepare(
      'INSERT INTO receipt (id, url, body, due_at, attempts, copies) VALUES (?, ?, ?, ?, 0, ?)',
    );
    this.#due = database.prepare(
      'SELECT id, url, body, attempts, copies FROM receipt WHERE delivered_at IS NULL AND due_at <= ? ORDER BY due_at LIMIT ?',
    );
    this.#next = database.prepare('SELECT min(due_at) AS dueAt FROM receipt WHERE delivered_at IS NULL');
    this.#delivered = database.prepare('UPDATE receipt SET delivered_at = ? WHERE id = ?');
    this.#failed = database.prepare('UPDATE receipt SET attempts = attempts + 1, due_at = ? WHERE id = ?');
  }

  /** Writes the receipt; belongs into the transaction of the change that it reports. */
  add({ id, url, correlation, payload, delayMs, copies = 1 }: ReceiptRequest): void {
    requireLoopback(url);
    this.#insert.run(id, url, JSON.stringify({ id, correlation, payload }), this.#clock.now() + delayMs, copies);
  }

  /** Delivers what is due and sets the timer for what is not. To be called at start and after every commit of a receipt. */
  wake(): void {
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    const now = this.#clock.now();
    for (const row of this.#due.all(now, MAX_IN_FLIGHT * 2)) {
      if (this.#inFlight.has(row.id) || this.#inFlight.size >= MAX_IN_FLIGHT) continue;
      const attempt = this.#deliver(row).finally(() => {
        this.#inFlight.delete(row.id);
        this.wake();
      });
      this.#inFlight.set(row.id, attempt);
    }
    if (this.#inFlight.size >= MAX_IN_FLIGHT) return;
    const dueAt = this.#next.get()?.dueAt ?? null;
    if (dueAt === null) return;
    // Rows that are due now are in flight: their end wakes this again, so only the future needs the timer.
    const waitMs = Math.max(dueAt - now, FIRST_RETRY_MS / 2);
    this.#timer = setTimeout(() => this.wake(), Math.min(waitMs, 60_000));
    this.#timer.unref();
  }

  /** Resolves when the attempts that have begun have ended, well or not. */
  async settle(): Promise<void> {
    await Promise.all(this.#inFlight.values());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.settle();
  }

  async #deliver({ id, url, body, attempts, copies }: ReceiptRow): Promise<void> {
    let isTaken = true;
    for (let copy = 0; copy < copies && isTaken; copy += 1) isTaken = await this.#post(url, body);
    if (this.#closing.signal.aborted) return;
    const now = this.#clock.now();
    const retryAt = now + Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts, 10), LAST_RETRY_MS);
    await this.#writer.submit(() => (isTaken ? this.#delivered.run(now, id) : this.#failed.run(retryAt, id)));
  }

  async #post(url: string, body: string): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      // A receiver that is down or slow is the normal case here: the row stays and is tried again.
      return false;
    }
  }
}

function requireLoopback(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isLoopback = parsed !== undefined && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(parsed.hostname);
  if (!isLoopback || !parsed.protocol.startsWith('http')) {
    throw new Refusal('INVALID_INPUT', 'callbackUrl must be an http address of this machine');
  }
}
