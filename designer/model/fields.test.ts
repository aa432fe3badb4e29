import { parse } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { expect, test } from 'vitest';
import { beginningOf, fieldsOfSchema, humanised, memberSchema, nodeFields } from './fields.ts';
import { drafted } from './fixture.ts';

const shown = (type: string) =>
  nodeFields(type).map(({ name, widget, required }) => `${name}${required ? '!' : ''} ${widget}`);

test.each([
  [
    'call',
    ['service! service', 'operation! operation', 'input mapping', 'onError list', 'retry group', 'timeout duration'],
  ],
  ['choice', ['when! list']],
  ['parallel', ['branches! branches']],
  ['set', ['values! named']],
  ['task', ['form schema', 'data value', 'assignees value']],
  ['wait', ['for time', 'until date', 'days value', 'at text']],
])('the form of %s begins with what it is about', (type, expected) => {
  expect(shown(type).slice(0, expected.length)).toEqual(expected);
});

test('a scope is no field, and neither is what the head shows', () => {
  const names = Object.keys(nodeTypes).flatMap((type) => nodeFields(type).map(({ name }) => name));
  expect(names).not.toContain('do');
  expect(names).not.toContain('title');
});

test('a type that nobody has written yet gets a form of its schema alone', () => {
  const schema = {
    type: 'object',
    required: ['level'],
    properties: {
      level: { enum: ['low', 'high'] },
      isLoud: { type: 'boolean' },
      times: { type: 'integer' },
      label: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' } },
      parts: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
      inner: { type: 'object', properties: { a: { type: 'string' } } },
      free: { type: 'object' },
      either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    },
  };
  expect(fieldsOfSchema(schema).map(({ name, widget }) => `${name} ${widget}`)).toEqual([
    'level choice',
    'isLoud switch',
    'times number',
    'label text',
    'tags words',
    'parts list',
    'inner group',
    'free json',
    'either either',
  ]);
});

test('a part that is added is right but for what only the author knows', () => {
  const [retry] = nodeFields('call').filter(({ name }) => name === 'retry');
  const node = { type: 'call', service: 's', operation: 'o', retry: beginningOf(retry?.schema ?? {}) };
  expect(node.retry).toEqual({ attempts: 3 });
  const parsed = parse(drafted({ start: 'a', nodes: { a: node } }) as unknown as Json, nodeTypes);
  expect(parsed.ok).toBe(true);
});

test('a compensation begins with an operation to be chosen, a query with one thing to decide', () => {
  const field = (name: string) => nodeFields('call').find((one) => one.name === name)?.schema ?? {};
  expect(beginningOf(field('compensate'))).toEqual({ operation: '' });
  expect(beginningOf(field('onUnknown'))).toEqual({
    query: { operation: '' },
    decide: [{ if: true, then: 'succeeded' }],
  });
});

test('members whose names are free have a schema of their own', () => {
  const [values] = nodeFields('set');
  expect(memberSchema(values?.schema ?? {})).toMatchObject({ 'x-heddle': 'value' });
});

test('names are written as people write them', () => {
  expect(humanised('maxWait')).toBe('Max wait');
});
