import { describe, expect, test } from 'vitest';
import { inForce, safetyOf } from './policy-in-force.ts';
import { membersOf, rangeOf, resolved, typesOf } from './schema-lines.ts';
import { usesOf } from './uses.ts';

test('what an operation sets wins over its service, and that over the default', () => {
  const operation = { request: true, response: true, binding: {}, policy: { timeoutMs: 500 } };
  const service = {
    id: 's',
    title: 'S',
    connector: 'http',
    config: {},
    operations: { operation },
    policy: { timeoutMs: 900, breaker: false as const },
  };
  expect(inForce('timeoutMs', service, operation)).toEqual({ value: 500, from: 'operation' });
  expect(inForce('breaker', service, operation)).toEqual({ value: false, from: 'service' });
  expect(inForce('retry', service, operation)).toEqual({ value: { attempts: 1 }, from: 'default' });
  expect([safetyOf(operation), safetyOf({ ...operation, readOnly: true })]).toEqual(['once', 'idempotent']);
});

test('an operation is found where it is called, undone by or asked about, in whatever scope', () => {
  const call = { type: 'call', service: 'pay', operation: 'send' };
  const flow = {
    id: 'f',
    nodes: {
      fork: { type: 'parallel', branches: { a: { start: 'x', nodes: { x: call } } } },
      undo: { ...call, operation: 'other', compensate: { operation: 'send' } },
      ask: { ...call, service: 'else', onUnknown: { query: { service: 'pay', operation: 'send' } } },
      none: { ...call, service: 'else' },
    },
  };
  expect(usesOf([flow], 'pay', 'send')).toEqual([
    { flowId: 'f', node: 'x' },
    { flowId: 'f', node: 'undo' },
    { flowId: 'f', node: 'ask' },
  ]);
});

describe('a schema', () => {
  const root = {
    type: 'object',
    required: ['id'],
    properties: { id: { $ref: '#/$defs/id' }, rows: { type: 'array', items: { $ref: '#/$defs/row' } } },
    $defs: {
      id: { type: 'string' },
      row: { properties: { qty: { type: 'integer' } } },
      loop: { $ref: '#/$defs/loop' },
    },
  };

  test('is shown by its members, through references and lists', () => {
    const members = membersOf(root, root);
    expect(members.map(({ name, required, schema }) => [name, required, typesOf(schema)])).toEqual([
      ['id', true, ['string']],
      ['rows', false, ['array']],
    ]);
    expect(membersOf(members[1]?.schema ?? {}, root).map(({ name }) => name)).toEqual(['qty']);
  });

  test('that refers to itself, or to nothing, does not hang', () => {
    expect(resolved({ $ref: '#/$defs/loop' }, root)).toHaveProperty('$ref');
    expect(typesOf(resolved({ $ref: '#/none' }, root))).toEqual(['any']);
  });

  test('that only names its values has their types', () => {
    expect(typesOf({ enum: ['open', 'closed', null] })).toEqual(['string', 'null']);
  });

  test.each([
    { least: 3, most: 34, text: '3–34' },
    { least: 1, most: undefined, text: '≥ 1' },
    { least: undefined, most: 9, text: '≤ 9' },
    { least: 4, most: 4, text: '4' },
    { least: undefined, most: undefined, text: undefined },
  ])('between $least and $most reads $text', ({ least, most, text }) => {
    expect(rangeOf(least, most)).toBe(text);
  });
});
