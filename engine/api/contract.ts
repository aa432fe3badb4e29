import Type, { type Static } from 'typebox';

/** Schemas of what the API takes and gives, shared with the designer. Times are epoch ms. */

const Time = Type.Integer({ description: 'Epoch ms' });
const AnyJson = Type.Unknown();

export const Problem = Type.Object({
  pointer: Type.String({ description: 'JSON pointer, RFC 6901' }),
  code: Type.String(),
  message: Type.String({ description: 'What is wrong and how to mend it' }),
  severity: Type.Optional(Type.Literal('warning')),
});

export const ProblemDocument = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable; listed in docs/errors.md' }),
    problems: Type.Optional(Type.Array(Problem)),
    runId: Type.Optional(Type.String()),
    node: Type.Optional(Type.String()),
  },
  { description: 'RFC 9457' },
);

const ErrorInfo = Type.Object({
  code: Type.String(),
  message: Type.String(),
  node: Type.Optional(Type.String()),
  effectId: Type.Optional(Type.String()),
  details: Type.Optional(AnyJson),
});

export const RunStatus = Type.Enum([
  'running',
  'waiting',
  'compensating',
  'needs-operator',
  'suspended',
  'completed',
  'failed',
  'compensated',
  'cancelled',
]);

export const StartedRun = Type.Object({
  runId: Type.String(),
  status: Type.String(),
  outcome: Type.Optional(Type.String({ description: 'Named by the `end` that was reached' })),
  output: Type.Optional(AnyJson),
});

export const RunSummary = Type.Object({
  id: Type.String(),
  flowId: Type.String(),
  version: Type.String(),
  status: RunStatus,
  businessKey: Type.Optional(Type.String()),
  parentRun: Type.Optional(Type.String()),
  outcome: Type.Optional(Type.String()),
  error: Type.Optional(ErrorInfo),
  startedAt: Time,
  updatedAt: Type.Optional(Time),
  finishedAt: Type.Optional(Time),
});

export const Step = Type.Object({
  id: Type.String({ description: 'Scope path, node and visit, for instance /items[3]/debit#2' }),
  node: Type.String(),
  type: Type.String(),
  status: Type.String(),
  startedAt: Time,
  endedAt: Type.Optional(Time),
  attempts: Type.Integer(),
  input: Type.Optional(AnyJson),
  output: Type.Optional(AnyJson),
  error: Type.Optional(ErrorInfo),
  port: Type.Optional(Type.String({ description: 'Of a choice: the exit taken' })),
});

export const RunDetail = Type.Object({
  ...RunSummary.properties,
  input: AnyJson,
  output: Type.Optional(AnyJson),
  reason: Type.Optional(Type.String()),
  sequence: Type.Integer({ description: 'Events taken so far' }),
  steps: Type.Array(Step),
});

export const RunPage = Type.Object({
  runs: Type.Array(RunSummary),
  next: Type.Optional(Type.String({ description: 'Pass as `before` for the next page' })),
});

export const VersionInfo = Type.Object({
  flowId: Type.String(),
  version: Type.String({ description: 'SHA-256 of the definition without its layout' }),
  number: Type.Integer(),
  note: Type.String(),
  publishedAt: Time,
  publishedBy: Type.String(),
  current: Type.Boolean(),
});

export const FlowSummary = Type.Object({
  id: Type.String(),
  title: Type.Optional(AnyJson),
  mode: Type.Optional(Type.String()),
  version: Type.String(),
  triggers: Type.Array(AnyJson),
});

export const Draft = Type.Object({
  flowId: Type.String(),
  definition: AnyJson,
  revision: Type.Integer(),
  updatedAt: Time,
  updatedBy: Type.String(),
});

export const Task = Type.Object({
  id: Type.String(),
  runId: Type.String(),
  effectId: Type.String(),
  flowId: Type.String(),
  node: Type.String(),
  title: AnyJson,
  form: Type.Optional(AnyJson),
  data: Type.Optional(AnyJson),
  assignees: Type.Array(Type.String()),
  groups: Type.Array(Type.String()),
  actions: Type.Array(Type.Object({ id: Type.String(), title: Type.Optional(AnyJson), need: Type.Integer() })),
  responses: Type.Array(AnyJson),
  status: Type.Enum(['open', 'claimed', 'closed', 'cancelled']),
  claimedBy: Type.Optional(Type.String()),
  dueAt: Type.Optional(Time),
  createdAt: Time,
  closedAt: Type.Optional(Time),
});

export const Accepted = Type.Object({ result: Type.Enum(['accepted', 'duplicate']) });

export type RunDetail = Static<typeof RunDetail>;
