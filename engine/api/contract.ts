import Type, { type Static, type TSchema } from 'typebox';
import {
  ABORTS,
  GroupSchema,
  type EffectivePolicy as InForce,
  type Policy,
  PolicySchema,
  type Service,
  type ServiceEndpoints as ServiceEndpointsView,
  type GroupDefinition as ServiceGroupDefinition,
} from '../services/index.ts';

/** Schemas of what the API takes and gives, shared with the designer. Times are epoch ms. */

const Time = Type.Integer({ description: 'Epoch ms' });
const AnyJson = Type.Unknown();
const closed = { additionalProperties: false };

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
  undoneAt: Type.Optional(Time),
  answeredBy: Type.Optional(
    Type.Enum(['cache', 'mock'], { description: 'In place of the service; absent when it answered itself' }),
  ),
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
  next: Type.Optional(Type.String({ description: 'Pass as `before` for the page of older runs' })),
  previous: Type.Optional(Type.String({ description: 'Pass as `after` for the page of newer runs' })),
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
  number: Type.Integer({ description: 'Of the current version' }),
  publishedAt: Time,
  publishedBy: Type.String(),
  hasDraft: Type.Boolean(),
  triggers: Type.Array(AnyJson),
});

export const Draft = Type.Object({
  flowId: Type.String(),
  definition: AnyJson,
  revision: Type.Integer(),
  updatedAt: Time,
  updatedBy: Type.String(),
});

export const DraftSummary = Type.Object({
  ...Type.Omit(Draft, ['definition']).properties,
  title: Type.Optional(AnyJson),
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

/** What a node answers in a try in place of the world. */
export const Mock = Type.Union([
  Type.Object({ output: AnyJson }, closed),
  Type.Object(
    {
      error: Type.Object(
        { code: Type.String({ minLength: 1, maxLength: 100 }), message: Type.Optional(Type.String()) },
        closed,
      ),
    },
    closed,
  ),
]);

const Mocks = Type.Record(Type.String(), Mock, { description: 'By node id' });

export const TryRequest = Type.Object(
  {
    definition: Type.Unknown({ description: 'A flow, published or not' }),
    input: Type.Optional(AnyJson),
    mocks: Type.Optional(Mocks),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 120_000, default: 30_000 })),
  },
  closed,
);

export const TryResult = Type.Object({
  ...RunDetail.properties,
  durationMs: Type.Number({ description: 'As it passed; times of the steps run ahead where waiting was skipped' }),
  mocked: Type.Array(Type.String(), { description: 'Nodes that a mock answered for' }),
  skipped: Type.Array(
    Type.Object({
      id: Type.String({ description: 'The step, or its timer such as /pay#1:retry' }),
      node: Type.String(),
      kind: Type.Enum(['timer', 'emit']),
      ms: Type.Optional(Type.Number({ description: 'Of a timer: how far time was put forward' })),
    }),
    { description: 'What was not waited for or not sent' },
  ),
  waitingFor: Type.Array(
    Type.Object({ id: Type.String(), node: Type.String(), kind: Type.Enum(['event', 'task', 'subflow']) }),
    { description: 'With status `waiting`: the nodes that a try goes past only with a mock' },
  ),
  response: Type.Optional(Type.Object({ status: Type.Integer(), body: AnyJson })),
});

/** What a test case asks of its run; a part that is absent is not compared. */
export const Expectation = Type.Object(
  {
    status: Type.Optional(RunStatus),
    outcome: Type.Optional(Type.String()),
    output: Type.Optional(Type.Unknown({ description: 'Exactly this; the order of members does not count' })),
    path: Type.Optional(Type.Array(Type.String(), { description: 'Ids of the nodes that completed, in any order' })),
  },
  closed,
);

const caseContent = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  input: AnyJson,
  mocks: Type.Optional(Mocks),
  expect: Type.Optional(Expectation),
};

export const TestCaseContent = Type.Object(caseContent, closed);

export const TestCase = Type.Object({ id: Type.String(), ...caseContent, updatedAt: Time, updatedBy: Type.String() });

export const CaseResult = Type.Object({
  caseId: Type.String(),
  name: Type.String(),
  passed: Type.Boolean(),
  differences: Type.Array(
    Type.Object({
      what: Type.Enum(['status', 'outcome', 'output', 'path', 'input']),
      expected: Type.Optional(AnyJson),
      actual: Type.Optional(AnyJson),
    }),
  ),
  run: Type.Optional(TryResult),
});

export const OperationTried = Type.Union([
  Type.Object({ ok: Type.Literal(true), output: AnyJson, durationMs: Type.Number() }),
  Type.Object({
    ok: Type.Literal(false),
    error: Type.Object({ code: Type.String(), message: Type.String(), details: Type.Optional(AnyJson) }),
    durationMs: Type.Number(),
  }),
]);

/** What the last finished run of a flow took and gave; empty when none has finished. */
export const Samples = Type.Object({
  runId: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  at: Type.Optional(Time),
  input: Type.Optional(AnyJson),
  steps: Type.Record(Type.String(), AnyJson, { description: 'Outputs by node id, the last visit of each' }),
});

const Window = Type.Object({
  overMs: Type.Integer({ description: 'How much time the figures span' }),
  calls: Type.Integer({ description: 'Calls that ended in that time' }),
  callsPerSecond: Type.Number(),
  errorRate: Type.Number({ description: 'From 0 to 1' }),
  p50Ms: Type.Optional(Type.Number({ description: 'Absent if no call ended; at most 5 % off' })),
  p95Ms: Type.Optional(Type.Number()),
  p99Ms: Type.Optional(Type.Number()),
});

const FaultCode = Type.Enum([...ABORTS]);
const faultParts = {
  delayMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 600_000, description: 'How long calls are held back before they are sent' }),
  ),
  abort: Type.Optional(FaultCode),
  share: Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'Of the tries' }),
};

/** A failure to rehearse: a delay, an abort, or an abort after a delay. */
export const FaultRequest = Type.Object(
  {
    ...faultParts,
    forMs: Type.Integer({ minimum: 1, maximum: 3_600_000, description: 'It ends by itself' }),
  },
  { ...closed, anyOf: [{ required: ['delayMs'] }, { required: ['abort'] }] },
);

export const Fault = Type.Object({
  service: Type.String(),
  operation: Type.String(),
  ...faultParts,
  startedBy: Type.String(),
  endsAt: Time,
});

const EndpointStats = Type.Object({
  id: Type.String(),
  address: Type.String({ description: 'Where its calls go' }),
  weight: Type.Number({ description: 'Now, while it warms up too' }),
  tags: Type.Array(Type.String()),
  isUp: Type.Boolean({ description: 'False while it is left out after lost connections' }),
  outUntil: Type.Optional(Time),
  inFlight: Type.Integer(),
  calls: Type.Integer(),
  failures: Type.Integer({ description: 'Tries that found no connection, lost it, or had no answer in time' }),
  lastFailure: Type.Optional(Type.String()),
});

export const ServiceEndpoints = Type.Unsafe<ServiceEndpointsView>(
  Type.Object({
    service: Type.String(),
    endpoints: Type.Array(EndpointStats),
    discovery: Type.Optional(
      Type.Object({
        kind: Type.String(),
        state: Type.Enum(['starting', 'ok', 'failing', 'empty']),
        at: Type.Optional(Time),
        message: Type.Optional(Type.String({ description: 'Why the last answer was not taken' })),
      }),
    ),
  }),
);

export const OperationStats = Type.Object({
  service: Type.String(),
  operation: Type.String(),
  inFlight: Type.Integer(),
  calls: Type.Integer(),
  errors: Type.Integer(),
  breaker: Type.Enum(['closed', 'half-open', 'open', 'none']),
  rateLimited: Type.Integer({ description: 'Calls that a rate limit refused' }),
  mocked: Type.Integer({ description: 'Calls that a mock answered' }),
  isMocked: Type.Boolean({ description: 'A mock answers now' }),
  last10s: Window,
  last60s: Window,
  cache: Type.Optional(
    Type.Object({
      hits: Type.Integer(),
      misses: Type.Integer(),
      hitRatio: Type.Number(),
      entries: Type.Integer(),
    }),
  ),
  fault: Type.Optional(Fault),
});

/** A group of services. `revision` 0: services name it, and nobody has described it. */
export const ServiceGroup = Type.Unsafe<ServiceGroupDefinition & { id: string; revision: number; services: string[] }>(
  Type.Object({
    id: Type.String(),
    ...GroupSchema.properties,
    revision: Type.Integer(),
    services: Type.Array(Type.String(), { description: 'Ids of the services in it' }),
  }),
);

const inForce = (value: TSchema, description: string) =>
  Type.Object(
    {
      value: Type.Union([Type.Literal(false), value]),
      from: Type.Enum(['default', 'group', 'service', 'operation']),
      leftOut: Type.Optional(
        Type.Enum(['not-repeatable', 'not-read-only'], { description: 'Why the part does nothing here' }),
      ),
    },
    { description },
  );

/** The policy of one operation, part by part, and what each level says. */
export const EffectivePolicy = Type.Unsafe<{
  service: string;
  operation: string;
  revision: number;
  group?: string;
  policy: InForce;
  levels: { group?: Policy; service: Policy; operation: Policy };
}>(
  Type.Object({
    service: Type.String(),
    operation: Type.String(),
    revision: Type.Integer({ description: 'Of the service' }),
    group: Type.Optional(Type.String()),
    policy: Type.Object({
      timeoutMs: Type.Object({
        value: Type.Integer(),
        from: Type.Enum(['default', 'group', 'service', 'operation']),
      }),
      retry: inForce(Type.Object({}), 'attempts, delayMs, maxDelayMs'),
      rateLimit: inForce(Type.Object({}), 'calls, perMs; shared by all calls of the level that it comes from'),
      bulkhead: inForce(Type.Object({}), 'concurrent, queue; shared by all calls of the level that it comes from'),
      breaker: inForce(Type.Object({}), 'failureRatio, windowMs, minimumCalls, openMs'),
      cache: inForce(Type.Object({}), 'forMs, maxEntries'),
      mock: inForce(Type.Object({}), 'output, error or examples; delayMs'),
    }),
    levels: Type.Object({
      group: Type.Optional(PolicySchema),
      service: PolicySchema,
      operation: PolicySchema,
    }),
  }),
);

export const Breaks = Type.Array(Type.Object({ flowId: Type.String(), problems: Type.Array(Problem) }), {
  description: 'Published flows that no longer fit this service; they stay published, and their calls may fail',
});

const importedId = Type.String({
  pattern: '^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$',
  description: 'Default: made of the title of what is imported',
});

export const ImportRequest = Type.Object(
  {
    text: Type.Optional(
      Type.String({ minLength: 1, description: 'An OpenAPI document of 2.0, 3.0 or 3.1, JSON or YAML' }),
    ),
    url: Type.Optional(
      Type.String({
        maxLength: 2_000,
        description: 'In place of `text`: where the document is; of an origin that HEDDLE_IMPORT_ORIGINS names',
      }),
    ),
    id: Type.Optional(importedId),
    baseUrl: Type.Optional(
      Type.String({
        maxLength: 2_000,
        description: 'Default: of the registered service with this id, else of the document’s first server',
      }),
    ),
    dryRun: Type.Optional(Type.Boolean({ default: true, description: 'Saves nothing, unless it is false' })),
  },
  closed,
);

export const DiscoverRequest = Type.Object(
  {
    connector: Type.String({ description: 'A protocol of `GET /connectors` that has `discoverFrom`' }),
    from: Type.Record(Type.String(), AnyJson, { description: 'As the connector’s `discoverFrom` describes it' }),
    id: Type.Optional(importedId),
    dryRun: Type.Optional(Type.Boolean({ default: true, description: 'Saves nothing, unless it is false' })),
  },
  closed,
);

/** A connector, with the JSON Schemas that forms are drawn from. */
export const ConnectorInfo = Type.Object({
  protocol: Type.String(),
  title: Type.Object({ en: Type.String(), zh: Type.String() }),
  config: Type.Unknown({ description: 'Of a service' }),
  binding: Type.Unknown({ description: 'Of an operation' }),
  source: Type.Optional(Type.Unknown({ description: 'Of what to listen to; absent if it cannot listen' })),
  discoverFrom: Type.Optional(
    Type.Unknown({ description: 'Of `from`; absent if services cannot be asked to describe themselves' }),
  ),
});

export const ImportDiff = Type.Object(
  {
    added: Type.Array(Type.String()),
    removed: Type.Array(Type.String()),
    changed: Type.Array(Type.Object({ operation: Type.String(), parts: Type.Array(Type.String()) })),
  },
  { description: 'Operations that differ from the registered service of the same id; absent if there is none' },
);

export const ImportedParts = {
  operations: Type.Integer({ description: 'How many operations there are' }),
  skipped: Type.Array(
    Type.Object({
      pointer: Type.String({ description: 'Into the document' }),
      what: Type.String(),
      reason: Type.String(),
    }),
    { description: 'What was left out or taken more loosely' },
  ),
  warnings: Type.Array(Type.String()),
  diff: Type.Optional(ImportDiff),
  breaks: Breaks,
  revision: Type.Optional(Type.Integer({ description: 'Of the saved service' })),
};

export type Problem = Static<typeof Problem>;
export type ProblemDocument = Static<typeof ProblemDocument>;
export type ErrorInfo = Static<typeof ErrorInfo>;
export type RunStatus = Static<typeof RunStatus>;
export type StartedRun = Static<typeof StartedRun>;
export type RunSummary = Static<typeof RunSummary>;
export type Step = Static<typeof Step>;
export type RunDetail = Static<typeof RunDetail>;
export type RunPage = Static<typeof RunPage>;
export type VersionInfo = Static<typeof VersionInfo>;
export type FlowSummary = Static<typeof FlowSummary>;
export type Draft = Static<typeof Draft>;
export type DraftSummary = Static<typeof DraftSummary>;
export type Task = Static<typeof Task>;
export type Mock = Static<typeof Mock>;
export type TryRequest = Static<typeof TryRequest>;
export type TryResult = Static<typeof TryResult>;
export type Expectation = Static<typeof Expectation>;
export type TestCaseContent = Static<typeof TestCaseContent>;
export type TestCase = Static<typeof TestCase>;
export type CaseResult = Static<typeof CaseResult>;
export type OperationTried = Static<typeof OperationTried>;
export type Samples = Static<typeof Samples>;
export type OperationStats = Static<typeof OperationStats>;
export type FaultRequest = Static<typeof FaultRequest>;
export type Fault = Static<typeof Fault>;
export type ServiceEndpoints = Static<typeof ServiceEndpoints>;
export type ServiceGroup = Static<typeof ServiceGroup>;
export type EffectivePolicy = Static<typeof EffectivePolicy>;
export type Breaks = Static<typeof Breaks>;

export type ImportRequest = Static<typeof ImportRequest>;
export type DiscoverRequest = Static<typeof DiscoverRequest>;
export type ConnectorInfo = Static<typeof ConnectorInfo>;
export type ImportDiff = Static<typeof ImportDiff>;
/** What an import made, or would make. */
export type ImportResult = Static<Type.TObject<typeof ImportedParts>> & { readonly service: Service };

export type { Operation, Policy, Service } from '../services/index.ts';
/** An entry of the catalogue; a higher revision is newer, also across services. */
export type ServiceEntry = Service & { readonly revision: number };
/** One service with the flows that call it. */
export type ServiceDetail = ServiceEntry & { readonly usedBy: readonly string[] };

/** A reader of a message trigger. */
export const Consumer = Type.Object({
  flowId: Type.String(),
  service: Type.String(),
  source: AnyJson,
  state: Type.Enum(['connecting', 'listening', 'lost', 'stopped']),
  since: Time,
  reason: Type.Optional(Type.String({ description: 'Why it is not listening' })),
  prefetch: Type.Integer(),
  inHand: Type.Integer({ description: 'Taken, not yet acknowledged' }),
  accepted: Type.Integer({ description: 'Became runs or signals' }),
  duplicates: Type.Integer({ description: 'Came again; acknowledged without effect' }),
  dead: Type.Integer({ description: 'Became dead letters' }),
  returned: Type.Integer({ description: 'Given back to the broker, because the engine could not take them then' }),
  perSecond: Type.Number(),
  backlog: Type.Optional(Type.Integer({ description: 'What the broker still holds for it, where it tells' })),
  lastMessageAt: Type.Optional(Time),
});

export const Topic = Type.Object({
  service: Type.String({ description: 'Empty: the engine’s own events' }),
  topic: Type.String(),
  published: Type.Integer(),
  failed: Type.Integer(),
  perSecond: Type.Number(),
});

export const ScheduledMessage = Type.Object({
  id: Type.String(),
  service: Type.Optional(Type.String()),
  topic: Type.String(),
  key: Type.Optional(Type.String()),
  preview: Type.String(),
  dueAt: Time,
  attempts: Type.Integer(),
  lastError: Type.Optional(Type.String()),
});

export const PeekedMessage = Type.Object({
  id: Type.Optional(Type.String()),
  topic: Type.String(),
  key: Type.Optional(Type.String()),
  headers: Type.Record(Type.String(), Type.String()),
  delivery: Type.Integer(),
  publishedAt: Type.Optional(Time),
  bytes: Type.Integer(),
  preview: Type.String({ description: 'Long numbers masked' }),
});

const letterParts = {
  id: Type.Integer(),
  direction: Type.Enum(['in', 'out']),
  service: Type.String(),
  topic: Type.String(),
  flowId: Type.Optional(Type.String()),
  source: Type.Optional(AnyJson),
  messageId: Type.Optional(Type.String()),
  key: Type.Optional(Type.String()),
  code: Type.String({ description: 'Of the reason' }),
  reason: Type.String(),
  status: Type.Enum(['dead', 'redriven', 'discarded']),
  at: Time,
  settledAt: Type.Optional(Time),
  settledBy: Type.Optional(Type.String()),
};

/** A message that could not be taken or sent. */
export const Letter = Type.Object({ ...letterParts, preview: Type.String({ description: 'Long numbers masked' }) });

export const LetterDetail = Type.Object({
  ...letterParts,
  headers: Type.Record(Type.String(), Type.String()),
  encoding: Type.Enum(['utf8', 'base64']),
  body: Type.String(),
});

/** A secret without its value. */
export const Secret = Type.Object({
  name: Type.String(),
  suite: Type.Optional(Type.String({ description: 'Absent: it has not been entered' })),
  updatedAt: Type.Optional(Time),
  updatedBy: Type.Optional(Type.String()),
  uses: Type.Array(
    Type.Object({
      service: Type.String(),
      destination: Type.String(),
      state: Type.Enum(['ready', 'missing', 'locked'], {
        description: '`locked`: it was entered for another destination; enter it again to send it to this one',
      }),
    }),
  ),
});

/** A call of an operation, leased to a worker. */
export const WorkerJob = Type.Object({
  id: Type.String(),
  token: Type.String({ description: 'To be given with every answer' }),
  queue: Type.String(),
  operation: Type.String(),
  input: AnyJson,
  idempotencyKey: Type.String({
    description: 'The same on every attempt of the same step: what was done under it must not be done again',
  }),
  attempt: Type.Integer(),
  traceparent: Type.Optional(Type.String({ description: 'W3C Trace Context' })),
  leaseMs: Type.Integer({ description: 'Answer or extend within this time' }),
  remainingMs: Type.Integer({ description: 'How long the caller waits in all' }),
});

export type MessageConsumer = Static<typeof Consumer>;
export type MessageTopic = Static<typeof Topic>;
export type MessageScheduled = Static<typeof ScheduledMessage>;
export type MessagePeeked = Static<typeof PeekedMessage>;
export type DeadLetterRow = Static<typeof Letter>;
export type DeadLetterWhole = Static<typeof LetterDetail>;
export type SecretEntry = Static<typeof Secret>;
