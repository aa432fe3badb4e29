import Type from 'typebox';

/** Settings that `parallel` and `forEach` share: how many must succeed, and what becomes of the rest. */
export const joining = {
  need: Type.Optional(
    Type.Union([Type.Enum(['all', 'any']), Type.Integer({ minimum: 1, maximum: 10_000 })], { default: 'all' }),
  ),
  losers: Type.Optional(Type.Enum(['cancel', 'absorb'], { default: 'cancel' })),
};
