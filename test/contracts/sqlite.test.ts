import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '@heddle/engine/store/sqlite/sqlite';
import { storeContract } from './store.ts';

storeContract('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-store-'));
  const open = () => SqliteDatabase.open({ path: join(folder, 'heddle.db'), statements: {} });
  let current = await open();
  return {
    database: current,
    async reopen() {
      await current.close();
      current = await open();
      return current;
    },
    async close() {
      await current.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
