import { Audit } from './audit.ts';
import type { Database } from './database.ts';
import { DeadLetters } from './dead-letters.ts';
import { Definitions } from './definitions.ts';
import { migrate } from './migrations/index.ts';
import { Outbox } from './outbox.ts';
import { RunIndex } from './run-index.ts';
import { Secrets } from './secrets.ts';
import { ServiceGroupDocuments } from './service-groups.ts';
import { ServiceDocuments } from './services.ts';
import { TaskInbox } from './task-inbox.ts';
import { TestCases } from './test-cases.ts';

/** Everything that the engine keeps beside the runs' own journals. The same queries serve every database. */
export interface Store {
  readonly definitions: Definitions;
  readonly services: ServiceDocuments;
  readonly serviceGroups: ServiceGroupDocuments;
  readonly runs: RunIndex;
  readonly tasks: TaskInbox;
  readonly testCases: TestCases;
  readonly deadLetters: DeadLetters;
  readonly outbox: Outbox;
  readonly secrets: Secrets;
  readonly audit: Audit;
}

/** Migrates the database and opens the store on it. @param now epoch ms */
export async function openStore(database: Database, now: () => number): Promise<Store> {
  await migrate(database);
  return {
    definitions: await Definitions.open(database, now),
    services: new ServiceDocuments(database, now),
    serviceGroups: new ServiceGroupDocuments(database, now),
    runs: new RunIndex(database),
    tasks: new TaskInbox(database),
    testCases: new TestCases(database, now),
    deadLetters: new DeadLetters(database, now),
    outbox: new Outbox(database, now),
    secrets: new Secrets(database, now),
    audit: new Audit(database, now),
  };
}

export type { AuditEntry } from './audit.ts';
export type { DeadLetter, DeadLetters, LetterFilter, LetterStatus } from './dead-letters.ts';
export type { Draft, VersionInfo } from './definitions.ts';
export type { Outbox, OutgoingMessage, QueuedMessage } from './outbox.ts';
export type { RunFilter, RunSummary } from './run-index.ts';
export type { Secrets, StoredSecret } from './secrets.ts';
export type { Task } from './task-inbox.ts';
