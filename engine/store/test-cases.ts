import type { Json } from '../errors.ts';
import type { Database } from './database.ts';

export interface TestCase<Content = Json> {
  readonly id: string;
  /** What the case gives and expects; its meaning is the API's business. */
  readonly content: Content;
  /** Epoch ms. */
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** Test cases of flows. They belong to the flow's id, not to a version: a draft is tried with them too. */
export class TestCases {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  /** By case id. */
  async list(flowId: string): Promise<TestCase[]> {
    const rows = await this.database.query
      .selectFrom('test_cases')
      .selectAll()
      .where('flow_id', '=', flowId)
      .orderBy('case_id')
      .execute();
    return rows.map((row) => ({
      id: row.case_id,
      content: JSON.parse(row.content) as Json,
      updatedAt: row.updated_at,
      updatedBy: row.updated_by,
    }));
  }

  async save<Content>(flowId: string, id: string, content: Content, by: string): Promise<TestCase<Content>> {
    const updatedAt = this.now();
    const row = { content: JSON.stringify(content), updated_at: updatedAt, updated_by: by };
    await this.database.query
      .insertInto('test_cases')
      .values({ flow_id: flowId, case_id: id, ...row })
      .onConflict((conflict) => conflict.columns(['flow_id', 'case_id']).doUpdateSet(row))
      .execute();
    return { id, content, updatedAt, updatedBy: by };
  }

  /** Whether there was one. */
  async remove(flowId: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.database.query
      .deleteFrom('test_cases')
      .where('flow_id', '=', flowId)
      .where('case_id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
