import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Bound, type Limits, type Session, SqlFault, type Table } from './session.ts';
import type { SqliteReply, SqliteRequest, SqliteSettings } from './sqlite-protocol.ts';

const isSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(`./sqlite-process.${isSource ? 'ts' : 'js'}`, import.meta.url));

/** How long to wait for another writer: not longer than this, and never up to the deadline. */
const MAX_BUSY_MS = 2_000;

/** Starts the process that holds the database. @throws {SqlFault} if the file cannot be opened */
export async function openSqlite(settings: SqliteSettings): Promise<Session> {
  const child = fork(program, {
    // From source (tests, development) a process needs the loader that understands TypeScript.
    execArgv: isSource ? ['--conditions=source', '--import', createRequire(import.meta.url).resolve('tsx')] : [],
    env: { PATH: process.env['PATH'], HEDDLE_SQLITE: JSON.stringify(settings) },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const session = new SqliteSession(child, settings);
  await session.isOpen;
  return session;
}

class SqliteSession implements Session {
  readonly #child: ChildProcess;
  readonly #settings: SqliteSettings;
  readonly #gone: Promise<void>;
  readonly isOpen: Promise<Table>;
  #waiting: { resolve(table: Table): void; reject(fault: SqlFault): void } | undefined;
  isLost = false;

  constructor(child: ChildProcess, settings: SqliteSettings) {
    this.#child = child;
    this.#settings = settings;
    child.on('message', (reply: SqliteReply) => this.#settle(reply));
    this.#gone = new Promise((resolve) => {
      const lose = () => {
        this.isLost = true;
        this.#waiting?.reject(new SqlFault('lost', 'the process of the database ended'));
        resolve();
      };
      child.on('exit', lose);
      child.on('error', lose);
    });
    this.isOpen = this.#answer().catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
  }

  ready(limits: Limits): Promise<void> {
    const busyMs = Math.min(MAX_BUSY_MS, Math.trunc(limits.timeoutMs / 2));
    return this.#command(`PRAGMA busy_timeout = ${busyMs}`);
  }

  run(statement: Bound, limits: Limits): Promise<Table> {
    return this.#ask({ kind: 'run', statement, limits });
  }

  begin(): Promise<void> {
    // A transaction that begins to write later cannot wait for another writer: it has to be given up.
    return this.#command(this.#settings.readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE');
  }

  commit(): Promise<void> {
    return this.#command('COMMIT');
  }

  rollback(): Promise<void> {
    return this.#command('ROLLBACK');
  }

  kill(): void {
    this.isLost = true;
    this.#child.kill('SIGKILL');
  }

  async close(): Promise<void> {
    this.isLost = true;
    if (this.#child.connected) this.#child.disconnect();
    await this.#gone;
  }

  async #command(text: string): Promise<void> {
    await this.#ask({ kind: 'command', text });
  }

  #ask(request: SqliteRequest): Promise<Table> {
    if (this.isLost) return Promise.reject(new SqlFault('lost', 'the process of the database ended'));
    const answer = this.#answer();
    this.#child.send(request, (error) => error && this.#waiting?.reject(new SqlFault('lost', error.message)));
    return answer;
  }

  #answer(): Promise<Table> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #settle(reply: SqliteReply): void {
    if (reply.ok) this.#waiting?.resolve(reply.table);
    else this.#waiting?.reject(new SqlFault(reply.fault, reply.message, reply.facts));
  }
}
