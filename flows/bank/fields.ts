import Type from 'typebox';

/** Schemas of the fields that several services share. Patterns avoid look-around, so that every regex engine reads them. */

/** A positive amount in yuan, at most two places, below one trillion. */
export const PositiveAmount = Type.String({
  pattern: '^([1-9][0-9]{0,11}(\\.[0-9]{1,2})?|0\\.(0[1-9]|[1-9][0-9]?))$',
  description: 'Decimal yuan, greater than zero',
  examples: ['100.00'],
});

/** Any amount in yuan as the bank answers it: always two places, possibly negative. */
export const Amount = Type.String({
  pattern: '^-?[0-9]+\\.[0-9]{2}$',
  description: 'Decimal yuan',
  examples: ['100.00'],
});

export const Currency = Type.Literal('CNY', { description: 'ISO 4217; the ledger keeps yuan only' });
export const AccountNo = Type.String({
  minLength: 3,
  maxLength: 34,
  pattern: '^[A-Z0-9-]+$',
  examples: ['6222020000000101'],
});
export const CustomerId = Type.String({ pattern: '^C[0-9]{4}$', examples: ['C0001'] });
export const SerialNo = Type.String({
  minLength: 4,
  maxLength: 128,
  pattern: '^[A-Za-z0-9._:/#\\[\\]@-]+$',
  description: '全局流水号',
});
export const Identifier = Type.String({ minLength: 1, maxLength: 128 });
export const ShortText = Type.String({ maxLength: 256 });
export const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', examples: ['2026-03-02'] });
export const Instant = Type.String({ description: 'ISO 8601 in UTC', examples: ['2026-03-02T01:30:00.000Z'] });
export const IdempotencyKey = Type.String({ minLength: 1, maxLength: 256 });

/** An undo that names something which never happened answers so and blocks the name, so that a late original is refused. */
export const AllowMissing = Type.Boolean({
  description: 'If the original was never executed: succeed, and refuse it should it arrive later (空回滚, 防悬挂)',
});
