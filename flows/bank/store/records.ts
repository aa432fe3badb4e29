import type { Database, Statement } from './database.ts';

/** What a service other than the ledger keeps: documents by kind and id, optionally found again by their owner. */
export interface RecordReader {
  get<T>(kind: string, id: string): T | undefined;
  /** In the order of their ids. */
  listByOwner<T>(kind: string, owner: string): T[];
}

export interface Records extends RecordReader {
  put(kind: string, id: string, data: object, owner?: string): void;
}

/** Opens the document store; `of` gives each service its own part, which no other service can see. */
export function openRecords(database: Database): { of(service: string): Records } {
  const get: Statement<{ data: string }> = database.prepare(
    'SELECT data FROM record WHERE service = ? AND kind = ? AND id = ?',
  );
  const list: Statement<{ data: string }> = database.prepare(
    'SELECT data FROM record WHERE service = ? AND kind = ? AND owner = ? ORDER BY id',
  );
  const put: Statement<never> = database.prepare(
    `INSERT INTO record (service, kind, id, owner, data) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET owner = excluded.owner, data = excluded.data`,
  );
  return {
    of: (service) => ({
      // Only the service itself writes its kinds, so the type that it asks for is the type that it stored.
      get: <T>(kind: string, id: string): T | undefined => {
        const row = get.get(service, kind, id);
        return row === undefined ? undefined : (JSON.parse(row.data) as T);
      },
      listByOwner: <T>(kind: string, owner: string) =>
        list.all(service, kind, owner).map(({ data }) => JSON.parse(data) as T),
      put: (kind, id, data, owner = '') => {
        put.run(service, kind, id, owner, JSON.stringify(data));
      },
    }),
  };
}
