import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false };

/** One of several places where a service is. */
export const EndpointSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,127}$' }),
    /** In place of the address of the service's `config`. */
    address: Type.Optional(
      Type.Object(
        { host: Type.String({ minLength: 1, maxLength: 253 }), port: Type.Integer({ minimum: 1, maximum: 65_535 }) },
        closed,
      ),
    ),
    /** Or a merge patch (RFC 7396) of the service's `config`. */
    config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Its share of the calls, among the others. 0: none. Default 1. */
    weight: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
    /** A call with the attribute `tag` goes to an endpoint with that tag, if there is one. */
    tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50 })),
    /** It takes its full share only after this time. Default 0. */
    warmUpMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
    /** It takes the calls with all of these attributes, such as `tenant`, and no others. */
    when: Type.Optional(
      Type.Record(
        Type.String({ minLength: 1 }),
        Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 1_000 })]),
        { minProperties: 1 },
      ),
    ),
  },
  closed,
);

export type EndpointSettings = Static<typeof EndpointSchema>;
