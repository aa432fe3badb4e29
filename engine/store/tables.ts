import type { Generated } from 'kysely';

/** JSON kept as text: parsed by whoever reads the row. Times are epoch ms. */
type JsonText = string;

export interface Tables {
  meta: { key: string; value: string };
  flows: { flow_id: string; current_version: string; updated_at: number };
  versions: {
    flow_id: string;
    version: string;
    number: number;
    definition: JsonText;
    note: string;
    published_at: number;
    published_by: string;
  };
  drafts: { flow_id: string; definition: JsonText; revision: number; updated_at: number; updated_by: string };
  test_cases: { flow_id: string; case_id: string; content: JsonText; updated_at: number; updated_by: string };
  services: { service_id: string; definition: JsonText; updated_at: number };
  audit: { id: Generated<number>; at: number; actor: string; action: string; subject: string; details: JsonText };
  runs: RunsTable;
  /** One row per event of a run; sequence 1 is its start. */
  journal: { run_id: string; sequence: number; event: JsonText };
  timers: { run_id: string; effect_id: string; due_at: number };
  waits: { run_id: string; effect_id: string; name: string; correlation: string | null };
  /** Sub-flow runs that are to be cancelled, because their parents have gone on without them. */
  cancellations: { run_id: string };
  /** Events that came before any run waited for them. */
  early_events: { event_id: string; name: string; correlation: string | null; payload: JsonText; at: number };
  tasks: TasksTable;
  /** Idempotency keys of starts. */
  requests: { flow_id: string; key: string; body_hash: string; run_id: string; at: number };
  service_groups: ServiceGroupsTable;
  secrets: SecretsTable;
  dead_letters: DeadLettersTable;
  /** Messages accepted for publishing at a later time. */
  outgoing: OutgoingTable;
  /** Ids of messages that have been taken, so that none is taken twice. */
  received: { message_id: string; at: number };
}

export interface RunsTable {
  run_id: string;
  flow_id: string;
  version: string;
  status: string;
  /** 1 while effects are with a performer: such runs are taken up again at start. */
  busy: number;
  business_key: string | null;
  parent_run: string | null;
  outcome: string | null;
  error_code: string | null;
  error_message: string | null;
  error_node: string | null;
  started_at: number;
  updated_at: number;
  finished_at: number | null;
  /** The run at rest, as JSON, and the journal sequence it includes. */
  snapshot: JsonText | null;
  snapshot_sequence: number;
}

export interface TasksTable {
  task_id: string;
  run_id: string;
  effect_id: string;
  flow_id: string;
  node: string;
  title: JsonText;
  form: JsonText | null;
  data: JsonText | null;
  assignees: JsonText;
  groups: JsonText;
  actions: JsonText;
  responses: JsonText;
  status: string;
  claimed_by: string | null;
  due_at: number | null;
  created_at: number;
  closed_at: number | null;
}

export interface ServiceGroupsTable {
  group_id: string;
  /** Title and policy. */
  definition: JsonText;
  updated_at: number;
  updated_by: string;
}

export interface SecretsTable {
  name: string;
  /** Which ciphers sealed it. */
  suite: string;
  /** Which key did, by its fingerprint. */
  key_id: string;
  sealed: string;
  /** Destinations it may be sent to, by service id. */
  grants: JsonText;
  updated_at: number;
  updated_by: string;
}

export interface DeadLettersTable {
  letter_id: Generated<number>;
  direction: 'in' | 'out';
  service: string;
  topic: string;
  flow_id: string | null;
  source: JsonText | null;
  message_id: string | null;
  message_key: string | null;
  headers: JsonText;
  /** How `body` is written: as the text that it is, or in base64 where it is none. */
  encoding: 'utf8' | 'base64';
  body: string;
  code: string;
  reason: string;
  status: 'dead' | 'redriven' | 'discarded';
  at: number;
  settled_at: number | null;
  settled_by: string | null;
}

export interface OutgoingTable {
  message_id: string;
  service: string;
  topic: string;
  message_key: string | null;
  payload: JsonText;
  due_at: number;
  attempts: number;
  last_error: string | null;
  at: number;
}
