import { contentHash, type Flow } from '../definition/index.ts';
import { FlowError, type Json } from '../errors.ts';
import type { Database } from './database.ts';

export interface Draft {
  readonly flowId: string;
  /** As the author left it: any JSON, sound or not. */
  readonly definition: unknown;
  /** Goes up with every save; the next save must name it. */
  readonly revision: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

export interface DraftSummary extends Omit<Draft, 'definition'> {
  /** As the definition has it, if it has one. */
  readonly title?: Json;
}

/** What stands behind the current version of a flow. */
export interface Publication {
  readonly version: string;
  readonly number: number;
  readonly publishedAt: number;
  readonly publishedBy: string;
  readonly hasDraft: boolean;
}

export interface VersionInfo {
  readonly flowId: string;
  readonly version: string;
  /** 1 for the first version of the flow. */
  readonly number: number;
  readonly note: string;
  readonly publishedAt: number;
  readonly publishedBy: string;
  readonly current: boolean;
}

/** Published definitions (immutable) and drafts. What is current is also kept in memory, because every start asks. */
export class Definitions {
  private readonly database: Database;
  private readonly now: () => number;
  private readonly current = new Map<string, Flow>();
  private readonly versions = new Map<string, string>();
  private readonly listeners = new Set<(flow: Flow) => void>();

  private constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  static async open(database: Database, now: () => number): Promise<Definitions> {
    const definitions = new Definitions(database, now);
    const rows = await database.query
      .selectFrom('flows')
      .innerJoin('versions', (join) =>
        join.onRef('versions.flow_id', '=', 'flows.flow_id').onRef('versions.version', '=', 'flows.current_version'),
      )
      .select(['flows.flow_id', 'versions.version', 'versions.definition'])
      .execute();
    for (const row of rows) definitions.remember(row.flow_id, row.version, JSON.parse(row.definition) as Flow);
    return definitions;
  }

  currentVersion(flowId: string): string | undefined {
    return this.versions.get(flowId);
  }

  currentFlow(flowId: string): Flow | undefined {
    return this.current.get(flowId);
  }

  /** Every flow in its current version, by id. */
  list(): Flow[] {
    return [...this.current.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** What stands behind each published flow, by flow id. */
  async publications(): Promise<ReadonlyMap<string, Publication>> {
    const rows = await this.database.query
      .selectFrom('flows')
      .innerJoin('versions', (join) =>
        join.onRef('versions.flow_id', '=', 'flows.flow_id').onRef('versions.version', '=', 'flows.current_version'),
      )
      .leftJoin('drafts', 'drafts.flow_id', 'flows.flow_id')
      .select(['flows.flow_id', 'versions.version', 'number', 'published_at', 'published_by', 'drafts.revision'])
      .execute();
    return new Map(
      rows.map((row) => [
        row.flow_id,
        {
          version: row.version,
          number: row.number,
          publishedAt: row.published_at,
          publishedBy: row.published_by,
          hasDraft: row.revision !== null,
        },
      ]),
    );
  }

  /** Called with every flow that is published from now on. */
  onPublish(listener: (flow: Flow) => void): void {
    this.listeners.add(listener);
  }

  async definition(flowId: string, version: string): Promise<Flow | undefined> {
    if (this.versions.get(flowId) === version) return this.current.get(flowId);
    const row = await this.database.query
      .selectFrom('versions')
      .select('definition')
      .where('flow_id', '=', flowId)
      .where('version', '=', version)
      .executeTakeFirst();
    return row && (JSON.parse(row.definition) as Flow);
  }

  /** Makes a checked flow the current version. The same content again makes the existing version current. */
  async publish(flow: Flow, { note, by }: { readonly note: string; readonly by: string }): Promise<VersionInfo> {
    const version = contentHash(flow as never);
    const at = this.now();
    const { query } = this.database;
    const numbers = await query
      .selectFrom('versions')
      .select(['number', 'version'])
      .where('flow_id', '=', flow.id)
      .orderBy('number', 'desc')
      .execute();
    const existing = numbers.find((row) => row.version === version);
    const number = existing?.number ?? (numbers[0]?.number ?? 0) + 1;
    const pointer = { flow_id: flow.id, current_version: version, updated_at: at };
    const definition = JSON.stringify(flow);
    await this.database.atomic([
      ...(existing
        ? [
            query
              .updateTable('versions')
              .set({ definition })
              .where('flow_id', '=', flow.id)
              .where('version', '=', version)
              .compile(),
          ]
        : [
            query
              .insertInto('versions')
              .values({ flow_id: flow.id, version, number, definition, note, published_at: at, published_by: by })
              .compile(),
          ]),
      query
        .insertInto('flows')
        .values(pointer)
        .onConflict((conflict) => conflict.column('flow_id').doUpdateSet(pointer))
        .compile(),
      this.audit(by, 'flow.publish', flow.id, { version, number, note }),
    ]);
    this.remember(flow.id, version, flow);
    for (const listener of this.listeners) listener(flow);
    return { flowId: flow.id, version, number, note, publishedAt: at, publishedBy: by, current: true };
  }

  async versionsOf(flowId: string): Promise<VersionInfo[]> {
    const rows = await this.database.query
      .selectFrom('versions')
      .select(['version', 'number', 'note', 'published_at', 'published_by'])
      .where('flow_id', '=', flowId)
      .orderBy('number', 'desc')
      .execute();
    const current = this.versions.get(flowId);
    return rows.map((row) => ({
      flowId,
      version: row.version,
      number: row.number,
      note: row.note,
      publishedAt: row.published_at,
      publishedBy: row.published_by,
      current: row.version === current,
    }));
  }

  async draft(flowId: string): Promise<Draft | undefined> {
    const row = await this.database.query
      .selectFrom('drafts')
      .selectAll()
      .where('flow_id', '=', flowId)
      .executeTakeFirst();
    return (
      row && {
        flowId,
        definition: JSON.parse(row.definition),
        revision: row.revision,
        updatedAt: row.updated_at,
        updatedBy: row.updated_by,
      }
    );
  }

  async drafts(): Promise<DraftSummary[]> {
    const rows = await this.database.query.selectFrom('drafts').selectAll().orderBy('flow_id').execute();
    return rows.map((row) => {
      const title = (JSON.parse(row.definition) as { readonly title?: Json } | null)?.title;
      return {
        flowId: row.flow_id,
        ...(title === undefined ? {} : { title }),
        revision: row.revision,
        updatedAt: row.updated_at,
        updatedBy: row.updated_by,
      };
    });
  }

  /**
   * Saves a draft over the revision that the editor had open (0: a new one).
   *
   * @throws {FlowError} `DRAFT_CONFLICT` if somebody else has saved since; nothing was overwritten, and
   *   `details.revision` says what is there now.
   */
  async saveDraft(flowId: string, definition: unknown, revision: number, by: string): Promise<Draft> {
    const { query } = this.database;
    const at = this.now();
    const row = { definition: JSON.stringify(definition), revision: revision + 1, updated_at: at, updated_by: by };
    const statement =
      revision === 0
        ? query
            .insertInto('drafts')
            .values({ flow_id: flowId, ...row })
            .onConflict((conflict) => conflict.column('flow_id').doNothing())
        : query.updateTable('drafts').set(row).where('flow_id', '=', flowId).where('revision', '=', revision);
    const [result] = await this.database.atomic([statement.compile()]);
    if (result?.changes !== 1) {
      const there = await this.draft(flowId);
      throw new FlowError(
        'DRAFT_CONFLICT',
        `the draft of ${flowId} was saved by ${there?.updatedBy ?? 'somebody'} meanwhile; load it, merge, and save again`,
        {
          details: { revision: there?.revision ?? 0, updatedBy: there?.updatedBy ?? '' },
        },
      );
    }
    return { flowId, definition, revision: revision + 1, updatedAt: at, updatedBy: by };
  }

  /** Whether there was one. */
  async deleteDraft(flowId: string): Promise<boolean> {
    const [result] = await this.database.atomic([
      this.database.query.deleteFrom('drafts').where('flow_id', '=', flowId).compile(),
    ]);
    return (result?.changes ?? 0) > 0;
  }

  private audit(actor: string, action: string, subject: string, details: object) {
    return this.database.query
      .insertInto('audit')
      .values({ at: this.now(), actor, action, subject, details: JSON.stringify(details) })
      .compile();
  }

  private remember(flowId: string, version: string, flow: Flow): void {
    this.current.set(flowId, flow);
    this.versions.set(flowId, version);
  }
}
