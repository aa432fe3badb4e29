import type { Clock } from './clock.ts';
import { Ledger } from './ledger/ledger.ts';
import { Receipts } from './receipts.ts';
import type { Database } from './store/database.ts';
import { Effects } from './store/effects.ts';
import { GroupCommit } from './store/group-commit.ts';
import { openRecords } from './store/records.ts';
import { tables } from './store/schema.ts';

/** Everything that an execution needs, opened once over one database. */
export interface Core {
  readonly clock: Clock;
  readonly writer: GroupCommit;
  readonly effects: Effects;
  readonly ledger: Ledger;
  readonly records: ReturnType<typeof openRecords>;
  readonly receipts: Receipts;
  /** Aborted when the bank closes: whoever sleeps or hangs stops. */
  readonly closing: AbortSignal;
}

/** Prepares all statements, and seeds the books of a new database. */
export async function openCore(options: { database: Database; clock: Clock; closing: AbortSignal }): Promise<Core> {
  const { database, clock, closing } = options;
  const writer = new GroupCommit(database);
  const ledger = new Ledger(database);
  await writer.submit(() => {
    if (ledger.accounts.byOwner('BANK').length === 0) ledger.seed(clock.now());
  });
  const receipts = new Receipts({ database, writer, clock });
  return { clock, writer, effects: new Effects(database), ledger, records: openRecords(database), receipts, closing };
}

/** Back to the seed, in one transaction. */
export async function resetCore(database: Database, { writer, ledger, clock }: Core): Promise<void> {
  await writer.submit(() => {
    for (const table of tables) database.exec(`DELETE FROM ${table}`);
    ledger.seed(clock.now());
  });
}
