import type { Json } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { expect, test } from 'vitest';
import { sampleOf } from './sample.ts';

test.each<[string, JsonSchema, Json]>([
  ['the first example', { type: 'string', examples: ['C0001'] }, 'C0001'],
  ['the default', { type: 'integer', default: 7 }, 7],
  ['the constant', { const: 'CNY' }, 'CNY'],
  ['the first of an enum', { enum: ['A', 'B'] }, 'A'],
  ['what a union names', { anyOf: [{ const: 'x' }, { const: 'y' }] }, 'x'],
  ['a date for its format', { type: 'string', format: 'date' }, '2026-01-05'],
  ['a text of a plain pattern', { type: 'string', pattern: '^C[0-9]{4}$' }, 'C0000'],
  ['the first alternative', { type: 'string', pattern: '^(cash|card)-\\d+$' }, 'cash-1'],
  [
    'a text of the least length for a pattern that is not read',
    { type: 'string', pattern: '^(?=x)', minLength: 6 },
    'textxx',
  ],
  ['a text that is not too long', { type: 'string', maxLength: 2 }, 'te'],
  ['the smallest number', { type: 'number', minimum: 5 }, 5],
  ['a whole number above a bound', { type: 'integer', exclusiveMinimum: 0 }, 1],
  ['a multiple', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
  ['a number that fits all parts', { allOf: [{ type: 'integer' }, { minimum: 5 }] }, 5],
  ['true', { type: 'boolean' }, true],
  ['one element', { type: 'array', items: { type: 'boolean' } }, [true]],
  ['nothing for what may be null alone', { type: 'null' }, null],
  ['the part of a union that is not null', { anyOf: [{ type: 'null' }, { type: 'boolean' }] }, true],
  [
    'the required properties, and others that have an example',
    {
      type: 'object',
      required: ['a'],
      properties: { a: { type: 'boolean' }, b: { type: 'string' }, c: { type: 'string', examples: ['x'] } },
    },
    { a: true, c: 'x' },
  ],
  [
    'all parts of allOf',
    {
      allOf: [
        { type: 'object', required: ['a'], properties: { a: { const: 1 } } },
        { type: 'object', required: ['b'], properties: { b: { const: 2 } } },
      ],
    },
    { a: 1, b: 2 },
  ],
])('gives %s', (_, schema, expected) => expect(sampleOf(schema)).toEqual(expected));

test('ends for a schema that holds itself', () => {
  const schema = {
    $ref: '#/$defs/tree',
    $defs: { tree: { type: 'object', required: ['left'], properties: { left: { $ref: '#/$defs/tree' } } } },
  };
  expect(sampleOf(schema)).toEqual({ left: null });
});

test('ends for a schema that nests for ever in fact', () => {
  const deep = Array.from({ length: 30 }).reduce<JsonSchema>(
    (inner) => ({ type: 'object', required: ['x'], properties: { x: inner } }),
    { type: 'boolean' },
  );
  expect(JSON.stringify(sampleOf(deep)).length).toBeLessThan(100);
});
