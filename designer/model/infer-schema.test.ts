import { shapeProblems } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { expect, test } from 'vitest';
import { inferSchema, withExamples } from './infer-schema.ts';
import { sampleOf } from './sample.ts';

test.each<[string, Json, object]>([
  ['whole numbers and others', { a: 1, b: 1.5 }, { properties: { a: { type: 'integer' }, b: { type: 'number' } } }],
  ['every property as required', { a: 1 }, { type: 'object', required: ['a'] }],
  ['elements taken together', [1, 2.5], { type: 'array', items: { type: 'number' } }],
  ['elements that may be null', ['a', null], { items: { type: ['string', 'null'] } }],
  [
    'as required what all elements have',
    [{ a: 1, b: 1 }, { a: 2 }],
    { items: { required: ['a'], properties: { a: { type: 'integer' }, b: { type: 'integer' } } } },
  ],
  ['nothing of a null', { a: null }, { properties: { a: {} } }],
  ['no items of an empty list', { a: [] }, { properties: { a: { type: 'array' } } }],
])('reads %s', (_, sample, expected) => expect(inferSchema(sample)).toMatchObject(expected));

test('a sample always fits what was made of it', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const made = (depth: number): Json => {
    const kind = random(depth > 3 ? 5 : 7);
    if (kind === 5) return Array.from({ length: random(4) }, () => made(depth + 1));
    if (kind === 6)
      return Object.fromEntries(Array.from({ length: random(4) }, () => [`k${random(5)}`, made(depth + 1)]));
    return ([null, true, 'text', random(9), random(9) + 0.5] as const)[kind] ?? null;
  };
  for (let round = 0; round < 500; round += 1) {
    const sample = made(0);
    expect(shapeProblems(inferSchema(sample), sample, ''), JSON.stringify(sample)).toEqual([]);
  }
});

test('its plain values become examples, so that they come back as a sample', () => {
  const sample = { id: 'C1', rows: [{ n: 5 }, { n: 6 }], nothing: null };
  const schema = withExamples(inferSchema(sample), sample);
  expect(schema).toMatchObject({ properties: { id: { type: 'string', examples: ['C1'] } } });
  expect(sampleOf(schema)).toEqual({ id: 'C1', rows: [{ n: 5 }], nothing: null });
});
