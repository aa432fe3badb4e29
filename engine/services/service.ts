import { type Static, Type } from 'typebox';

/** A text, or one per language of the designer. */
const Title = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ en: Type.String(), zh: Type.String() }, { additionalProperties: false }),
]);

const JsonSchema = Type.Union([Type.Boolean(), Type.Record(Type.String(), Type.Unknown())]);
const closed = { additionalProperties: false };
const Milliseconds = Type.Integer({ minimum: 1, maximum: 3_600_000 });
const identifier = '^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$';

/** How calls are governed. What an operation sets wins over what its service sets, part by part. */
const PolicySchema = Type.Object(
  {
    /** Total time of a call, queueing and retries included. Default 10,000. */
    timeoutMs: Type.Optional(Milliseconds),
    /** Tries in this process, first one included. Default 1, so none again. */
    retry: Type.Optional(
      Type.Object(
        {
          attempts: Type.Integer({ minimum: 1, maximum: 20 }),
          /** Before the second try; doubles from there, with jitter. Default 100. */
          delayMs: Type.Optional(Milliseconds),
          /** Default 5,000. */
          maxDelayMs: Type.Optional(Milliseconds),
        },
        closed,
      ),
    ),
    rateLimit: Type.Optional(Type.Object({ calls: Type.Integer({ minimum: 1 }), perMs: Milliseconds }, closed)),
    bulkhead: Type.Optional(
      Type.Object({ concurrent: Type.Integer({ minimum: 1 }), queue: Type.Integer({ minimum: 0 }) }, closed),
    ),
    /** `false` switches it off. */
    breaker: Type.Optional(
      Type.Union([
        Type.Literal(false),
        Type.Object(
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
        ),
      ]),
    ),
  },
  closed,
);

const OperationSchema = Type.Object(
  {
    title: Type.Optional(Title),
    description: Type.Optional(Type.String()),
    /**
     * What to do when the outcome of a call is unknown: `idempotent` call again with the same key, `query` ask first,
     * `once` stop for an operator. Required where money moves; otherwise see {@link safetyOf}.
     */
    safety: Type.Optional(Type.Union([Type.Literal('idempotent'), Type.Literal('query'), Type.Literal('once')])),
    /** The status query that flows use unless they name their own. `input` is a flow value (literal or `$`). */
    query: Type.Optional(
      Type.Object({ operation: Type.String({ pattern: identifier }), input: Type.Optional(Type.Unknown()) }, closed),
    ),
    movesMoney: Type.Optional(Type.Boolean()),
    readOnly: Type.Optional(Type.Boolean()),
    /** JSON Schema of the input. */
    request: JsonSchema,
    /** JSON Schema of the answer's body. */
    response: JsonSchema,
    /** The connector's part; its schema is the connector's `binding`. */
    binding: Type.Record(Type.String(), Type.Unknown()),
    policy: Type.Optional(PolicySchema),
  },
  closed,
);

/** A service description as it is stored and exchanged. */
export const ServiceSchema = Type.Object(
  {
    id: Type.String({ pattern: identifier }),
    title: Title,
    owner: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    /** The protocol of a registered connector. */
    connector: Type.String({ minLength: 1 }),
    /** The connector's part; its schema is the connector's `config`. */
    config: Type.Record(Type.String(), Type.Unknown()),
    policy: Type.Optional(PolicySchema),
    operations: Type.Record(Type.String({ pattern: identifier }), OperationSchema),
  },
  closed,
);

export type Policy = Static<typeof PolicySchema>;
export type Operation = Static<typeof OperationSchema>;
export type Service = Static<typeof ServiceSchema>;
export type Safety = NonNullable<Operation['safety']>;

/** The safety in force: what is declared; else reading is repeatable, and everything else is treated with most care. */
export function safetyOf(operation: Operation): Safety {
  return operation.safety ?? (operation.readOnly === true ? 'idempotent' : 'once');
}
