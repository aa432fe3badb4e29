import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false };
const Milliseconds = Type.Integer({ minimum: 1, maximum: 3_600_000 });
const Off = Type.Literal(false);

const Retry = Type.Object(
  {
    attempts: Type.Integer({ minimum: 1, maximum: 20 }),
    /** Before the second try; doubles from there, with jitter. Default 100. */
    delayMs: Type.Optional(Milliseconds),
    /** Default 5,000. */
    maxDelayMs: Type.Optional(Milliseconds),
  },
  closed,
);

const RateLimit = Type.Object({ calls: Type.Integer({ minimum: 1 }), perMs: Milliseconds }, closed);

const Bulkhead = Type.Object({ concurrent: Type.Integer({ minimum: 1 }), queue: Type.Integer({ minimum: 0 }) }, closed);

const Breaker = Type.Object(
  {
    /** Default 0.5. */
    failureRatio: Type.Optional(Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
    /** Default 10,000. */
    windowMs: Type.Optional(Milliseconds),
    /** Fewer calls than this in a window never open it. Default 20. */
    minimumCalls: Type.Optional(Type.Integer({ minimum: 1 })),
    /** How long it stays open before one call is let through. Default 5,000. */
    openMs: Type.Optional(Milliseconds),
  },
  closed,
);

const Cache = Type.Object(
  {
    /** How long an answer is given again. */
    forMs: Milliseconds,
    /** The least recently used goes first. Default 1,000. */
    maxEntries: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  },
  closed,
);

/** What a service can make of a call; codes that say something of the request itself are not for a mock. */
export const SERVICE_FAILURES = [
  'SERVICE_UNAVAILABLE',
  'SERVICE_ERROR',
  'SERVICE_REFUSED',
  'SERVICE_OVERLOADED',
  'DEADLINE_EXCEEDED',
  'OUTCOME_UNKNOWN',
] as const;

const answer = {
  output: { output: Type.Unknown() },
  error: {
    error: Type.Object(
      { code: Type.Enum([...SERVICE_FAILURES]), message: Type.Optional(Type.String({ maxLength: 500 })) },
      closed,
    ),
  },
};
/** How long the mock takes to answer. Default 0. */
const delayMs = Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 }));
/** Share of the calls among the examples. Default 1. */
const weight = Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 }));

const Mock = Type.Union([
  Type.Object({ ...answer.output, delayMs }, closed),
  Type.Object({ ...answer.error, delayMs }, closed),
  Type.Object(
    {
      /** One of them answers, by chance. */
      examples: Type.Array(
        Type.Union([
          Type.Object({ ...answer.output, weight }, closed),
          Type.Object({ ...answer.error, weight }, closed),
        ]),
        { minItems: 1, maxItems: 50 },
      ),
      delayMs,
    },
    closed,
  ),
]);

/**
 * How calls are governed. What an operation sets wins over what its service sets, and that over its group, part by part;
 * `false` switches a part off that a higher level has set.
 */
export const PolicySchema = Type.Object(
  {
    /** Total time of a call, queueing and retries included. Default 10,000. */
    timeoutMs: Type.Optional(Milliseconds),
    /** Tries in this process, first one included. Default: none again. */
    retry: Type.Optional(Type.Union([Off, Retry])),
    /** Of a service or a group: for all of its calls together. */
    rateLimit: Type.Optional(Type.Union([Off, RateLimit])),
    /** Of a service or a group: for all of its calls together. */
    bulkhead: Type.Optional(Type.Union([Off, Bulkhead])),
    /** One for each operation, wherever it is set. There is one by default. */
    breaker: Type.Optional(Type.Union([Off, Breaker])),
    /** Answers of operations that only read are given again to equal calls. */
    cache: Type.Optional(Type.Union([Off, Cache])),
    /** Answers in place of the service, which is not called. */
    mock: Type.Optional(Type.Union([Off, Mock])),
  },
  closed,
);

export type Policy = Static<typeof PolicySchema>;
export type MockSettings = Static<typeof Mock>;
export type CacheSettings = Required<Static<typeof Cache>>;
