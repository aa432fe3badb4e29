import { expect, test } from 'vitest';
import { completePaths, type JsonSchema } from './index.ts';

const schemas: Record<string, JsonSchema> = {
  input: {
    type: 'object',
    required: ['amount'],
    properties: { amount: { type: 'number', title: 'Amount' }, address: { $ref: '#/$defs/address' }, 'a.b': {} },
    $defs: { address: { type: 'object', properties: { city: { type: 'string' }, next: { $ref: '#/$defs/address' } } } },
  },
  steps: {
    type: 'object',
    properties: {
      cif: {
        allOf: [{ properties: { name: { type: ['string', 'null'] } } }, { $ref: '#/missing' }],
        anyOf: [
          { properties: { level: { type: 'string' } } },
          { properties: { level: { type: 'integer' }, vip: true } },
        ],
      },
      rows: { type: 'array', items: { type: 'object', properties: { id: { type: 'string' } } } },
      bag: { additionalProperties: { properties: { x: { type: 'number' } } } },
    },
  },
};

const paths = (prefix: string): string[] => completePaths(schemas, prefix).map(({ path, type }) => `${path}: ${type}`);

test.each([
  { prefix: '', expected: ['input: object', 'steps: object'] },
  { prefix: 'in', expected: ['input: object'] },
  { prefix: 'input.a', expected: ['input.amount: number', 'input.address: object'] },
  { prefix: 'input.address.next.next.c', expected: ['input.address.next.next.city: string'] },
  { prefix: 'steps.cif.', expected: ['steps.cif.name: string|null', 'steps.cif.level: string', 'steps.cif.vip: any'] },
  { prefix: 'steps.rows.', expected: ['steps.rows.0: object'] },
  { prefix: 'steps.rows.7.', expected: ['steps.rows.7.id: string'] },
  { prefix: 'steps.bag.any.', expected: ['steps.bag.any.x: number'] },
  { prefix: 'input.amount.', expected: [] },
  { prefix: 'input.constructor.', expected: [] },
])('under "$prefix" there are $expected', ({ prefix, expected }) => {
  expect(paths(prefix)).toEqual(expected);
});

test('tells what is required, and its title', () => {
  expect(completePaths(schemas, 'input.am')).toEqual([
    { path: 'input.amount', type: 'number', isRequired: true, title: 'Amount' },
  ]);
  expect(completePaths(schemas, 'input.ad')[0]).toHaveProperty('isRequired', false);
});

test('ends on schemas that hold themselves in many ways', () => {
  const self = () => ({ $ref: '#' });
  const half = () => ({ properties: { a: self(), b: { oneOf: [self(), self()] } } });
  const schema = { anyOf: [half(), half(), self()], allOf: [self(), half()] };
  expect(completePaths({ input: schema }, `input${'.a.b'.repeat(20)}.`)).toHaveLength(2);
});
