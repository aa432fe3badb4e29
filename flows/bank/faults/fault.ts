import Type, { type Static } from 'typebox';

const modes = ['delay', 'fail', 'refuse', 'hang', 'hang-after', 'drop', 'drop-after', 'nonsense'] as const;

/** One planned misbehaviour of one operation. */
export const Fault = Type.Object(
  {
    mode: Type.Enum([...modes], {
      description:
        'delay: late. fail: 503 without acting. refuse: a business refusal without acting. hang, drop: no answer and no act. ' +
        'hang-after, drop-after: acts, then no answer. nonsense: acts, then an answer that cannot be read.',
    }),
    delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000, description: 'Before the mode applies' })),
    late: Type.Optional(Type.Boolean({ description: 'delay: act even if the caller has gone away meanwhile' })),
    status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599, description: 'fail: default 503, refuse: 409' })),
    nonsense: Type.Optional(Type.Enum(['invalid-json', 'wrong-shape'])),
    times: Type.Optional(Type.Integer({ minimum: 1, description: 'Only the first calls that match' })),
    share: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'This part of the calls, drawn by seed' })),
    seed: Type.Optional(Type.Integer()),
    match: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'JSON pointer into the flat input → value that it must have',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Fault = Static<typeof Fault>;

/** `service.operation`, `service.*` or `*` → what goes wrong; of several faults the first that applies is taken. */
export const FaultPlan = Type.Record(Type.String(), Type.Union([Fault, Type.Array(Fault)]));
export type FaultPlan = Static<typeof FaultPlan>;
