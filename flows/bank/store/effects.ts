import { createHash } from 'node:crypto';
import type { Database, Statement } from './database.ts';

/** One changing call as the bank remembers it, by service and idempotency key. */
export interface Effect {
  readonly service: string;
  readonly operation: string;
  readonly key: string;
  readonly bodyHash: string;
  /** JSON text of the original answer; `null` while nothing has been executed under this key. */
  readonly answer: string | null;
  /** How many times the effect happened: 0 or 1, or the bank is broken. */
  readonly executions: number;
  /** How many times the call arrived, including replays, refusals and injected faults. */
  readonly calls: number;
  readonly firstAt: number;
  readonly executedAt: number | null;
}

export interface EffectCall {
  readonly service: string;
  readonly operation: string;
  readonly key: string;
  readonly bodyHash: string;
  readonly now: number;
}

const columns = `service, operation, idempotency_key AS key, body_hash AS bodyHash, answer, executions, calls,
  first_at AS firstAt, executed_at AS executedAt`;

/** The durable memory of changing calls: what makes every service idempotent, and what tests ask afterwards. */
export class Effects {
  readonly #find: Statement<Effect>;
  readonly #byKey: Statement<Effect>;
  readonly #countCall: Statement<never>;
  readonly #execute: Statement<never>;
  readonly #all: Statement<Effect>;

  constructor(database: Database) {
    this.#find = database.prepare(`SELECT ${columns} FROM effect WHERE service = ? AND idempotency_key = ?`);
    this.#byKey = database.prepare(`SELECT ${columns} FROM effect WHERE idempotency_key = ? ORDER BY service`);
    this.#all = database.prepare(`SELECT ${columns} FROM effect ORDER BY first_at, service, idempotency_key LIMIT ?`);
    this.#countCall = database.prepare(
      `INSERT INTO effect (service, idempotency_key, operation, body_hash, executions, calls, first_at)
       VALUES (?, ?, ?, ?, 0, 1, ?) ON CONFLICT DO UPDATE SET calls = calls + 1`,
    );
    // A refused call binds its key to nothing: the first execution says which operation and body the key stands for.
    this.#execute = database.prepare(
      `INSERT INTO effect (service, idempotency_key, operation, body_hash, answer, executions, calls, first_at, executed_at)
       VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + 1, executions = executions + 1,
       operation = excluded.operation, body_hash = excluded.body_hash, answer = excluded.answer,
       executed_at = excluded.executed_at`,
    );
  }

  find(service: string, key: string): Effect | undefined {
    return this.#find.get(service, key);
  }

  byKey(key: string): readonly Effect[] {
    return this.#byKey.all(key);
  }

  list(limit: number): readonly Effect[] {
    return this.#all.all(limit);
  }

  /** Counts a call that executed nothing: a replay, a refusal, an injected fault. */
  countCall({ service, key, operation, bodyHash, now }: EffectCall): void {
    this.#countCall.run(service, key, operation, bodyHash, now);
  }

  /** Records an execution with its answer; belongs into the transaction of the effect itself. */
  recordExecution({ service, key, operation, bodyHash, now }: EffectCall, answer: string): void {
    this.#execute.run(service, key, operation, bodyHash, answer, now, now);
  }
}

/** The same for inputs that differ only in the order of their members. */
export function hashInput(operation: string, input: unknown): string {
  return createHash('sha256')
    .update(`${operation}\n${canonical(input)}`)
    .digest('base64url');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
