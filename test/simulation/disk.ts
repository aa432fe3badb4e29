import { statements } from '@heddle/engine/runtime/embedded/index';
import type { Query, Reply, Request, SqlValue } from '@heddle/engine/store/sqlite/protocol';
import { type DatabaseThread, SqliteDatabase } from '@heddle/engine/store/sqlite/sqlite';
import { SqliteWriter } from '@heddle/engine/store/sqlite/writer';
import { openStore } from '@heddle/engine/store/store';

export type Row = { readonly [column: string]: unknown };

/** What the database has committed: the real writer and the real tables, in memory. It outlives the engine's process. */
export class Disk {
  private readonly writer: SqliteWriter;
  private replies: Reply[] = [];
  private tables: string[] = [];

  private constructor(writer: (reply: (reply: Reply) => void) => SqliteWriter | undefined) {
    const opened = writer((reply) => this.replies.push(reply));
    if (opened === undefined) throw new Error(`no database in memory: ${JSON.stringify(this.replies)}`);
    this.writer = opened;
  }

  static async open(): Promise<Disk> {
    const disk = new Disk((reply) => SqliteWriter.open({ path: ':memory:', statements }, reply));
    await openStore(new SqliteDatabase(disk.thread()), () => 0);
    disk.tables = disk
      .read("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .map(({ name }) => String(name))
      .filter((name) => !['meta', 'migrations'].includes(name));
    return disk;
  }

  /** Executes requests as the database's thread does, and returns what it replies. */
  execute(batch: readonly Request[]): Reply[] {
    this.replies = [];
    this.writer.process(batch);
    return this.replies;
  }

  /** What is committed. */
  read(sql: string, ...params: SqlValue[]): readonly Row[] {
    const query: Query = { sql, params };
    const [reply] = this.execute([{ kind: 'read', id: 0, query }]);
    if (reply?.kind !== 'done') throw new Error(`${sql}: ${JSON.stringify(reply)}`);
    return reply.results[0]?.rows ?? [];
  }

  /** Empties every table, for the next life. */
  wipe(): void {
    const queries = this.tables.map((table) => ({ sql: `DELETE FROM ${table}`, params: [] }));
    const [reply] = this.execute([{ kind: 'atomic', id: 0, queries }]);
    if (reply?.kind !== 'done') throw new Error(`the tables cannot be emptied: ${JSON.stringify(reply)}`);
  }

  /** A thread that answers at once. */
  private thread(): DatabaseThread {
    let listener: (reply: Reply) => void = () => {};
    return {
      postMessage: (request) => {
        for (const reply of this.execute([request])) listener(reply);
      },
      on: (event: string, heard: never) => {
        if (event === 'message') listener = heard;
      },
      terminate: async () => {},
    };
  }
}
