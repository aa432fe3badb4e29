import { type Static, Type } from 'typebox';
import { EndpointSchema } from './endpoints/schema.ts';
import { DiscoverySchema } from './instances/index.ts';
import { PolicySchema } from './policy-schema.ts';

/** A text, or one per language of the designer. */
export const Title = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ en: Type.String(), zh: Type.String() }, { additionalProperties: false }),
]);

const JsonSchema = Type.Union([Type.Boolean(), Type.Record(Type.String(), Type.Unknown())]);
const closed = { additionalProperties: false };
export const identifier = '^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$';

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
    /** Places where the service is, in place of the one that `config` names. */
    endpoints: Type.Optional(Type.Array(EndpointSchema, { minItems: 1, maxItems: 200 })),
    /** Looks up places where the service is, beside those listed. */
    discovery: Type.Optional(DiscoverySchema),
    /** Whose policy it inherits. A group that nobody has described has none. */
    group: Type.Optional(Type.String({ pattern: identifier })),
    policy: Type.Optional(PolicySchema),
    operations: Type.Record(Type.String({ pattern: identifier }), OperationSchema, closed),
  },
  closed,
);

export type Operation = Static<typeof OperationSchema>;
export type Service = Static<typeof ServiceSchema>;
export type Safety = NonNullable<Operation['safety']>;

/** The safety in force: what is declared; else reading is repeatable, and everything else is treated with most care. */
export function safetyOf(operation: Operation): Safety {
  return operation.safety ?? (operation.readOnly === true ? 'idempotent' : 'once');
}
