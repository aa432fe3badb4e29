import Type from 'typebox';
import { IdempotencyKey } from '../fields.ts';
import { query } from '../operation.ts';
import { Refusal } from '../refusal.ts';

/** 查证: what has become of an earlier changing call to this service. Every service that can tell lists it. */
export const getOutcome = query({
  title: { en: 'Query outcome by idempotency key', zh: '按幂等键查证' },
  method: 'GET',
  path: '/outcomes',
  query: ['idempotencyKey'],
  input: Type.Object({
    idempotencyKey: Type.Optional(
      Type.String({ ...IdempotencyKey, description: 'Of the original call; default is the Idempotency-Key header' }),
    ),
  }),
  output: Type.Object({
    idempotencyKey: IdempotencyKey,
    outcome: Type.Enum(['executed', 'not-found']),
    operation: Type.Optional(Type.String()),
    answer: Type.Optional(Type.Unknown({ description: 'The original answer' })),
  }),
  handle: ({ idempotencyKey }, { headerKey, effectOf }) => {
    const key = idempotencyKey ?? headerKey;
    if (key === undefined) throw new Refusal('INVALID_INPUT', 'name the key as idempotencyKey or in the header');
    const effect = effectOf(key);
    if (effect === undefined || effect.answer === null) return { idempotencyKey: key, outcome: 'not-found' as const };
    const answer: unknown = JSON.parse(effect.answer);
    return { idempotencyKey: key, outcome: 'executed' as const, operation: effect.operation, answer };
  },
});
