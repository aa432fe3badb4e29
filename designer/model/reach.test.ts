import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '@heddle/engine/errors';
import { completePaths, pathsOf, pathsOfLogic } from '@heddle/engine/expression/index';
import { describe, expect, test } from 'vitest';
import { fieldsOfNode, placesOf } from './data-place.ts';
import { bankCatalogue, drafted } from './fixture.ts';
import { outputAt, reachAt, schemaOfPath, schemaOfValue, typeAt } from './reach.ts';

const call = (operation: string, more: JsonObject = {}): JsonObject => ({
  type: 'call',
  service: 'bank',
  operation,
  input: {},
  ...more,
});

const flow = drafted({
  input: {
    type: 'object',
    required: ['customerId'],
    properties: { customerId: { type: 'string' }, items: { type: 'array', items: { $ref: '#/$defs/item' } } },
    $defs: { item: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } } },
  },
  start: 'facts',
  nodes: {
    facts: {
      type: 'parallel',
      branches: {
        a: { start: 'customer', nodes: { customer: call('getCustomer') } },
        b: { start: 'score', if: true, nodes: { score: call('score') } },
      },
      next: 'pick',
    },
    pick: { type: 'choice', when: [{ if: true, next: 'note' }], otherwise: 'each' },
    note: {
      type: 'set',
      values: { text: { $: { cat: ['a', 'b'] } }, again: { $: { var: 'steps.score.score' } } },
      next: 'each',
    },
    each: {
      type: 'forEach',
      items: { $: { var: 'input.items' } },
      do: {
        start: 'one',
        nodes: {
          one: call('getCustomer', { onError: [{ code: '*', next: 'lost' }] }),
          lost: { type: 'set', values: { x: 1 } },
        },
      },
      next: 'last',
    },
    last: call('score', { onError: [{ code: '*', next: 'sorry' }], compensate: { operation: 'score' } }),
    sorry: { type: 'end' },
  },
});

const keys = (nodeId: string | undefined, prefix: string) =>
  completePaths(reachAt(flow, nodeId, bankCatalogue).schemas, prefix).map(
    ({ path, isRequired }) => `${path}${isRequired ? '' : '?'}`,
  );

describe('what is in reach', () => {
  test('the first step reads the input and the run alone', () => {
    expect(keys('facts', '')).toEqual(['input', 'steps', 'vars', 'run']);
    expect(keys('facts', 'steps.')).toEqual([]);
    expect(keys('facts', 'input.')).toEqual(['input.customerId', 'input.items?']);
  });

  test('a branch does not read its neighbour', () => {
    expect(keys('score', 'steps.')).toEqual([]);
  });

  test('after a parallel its nodes are read by their own ids, those of a conditional branch perhaps', () => {
    expect(keys('pick', 'steps.')).toEqual(['steps.facts', 'steps.customer', 'steps.score?']);
    expect([...reachAt(flow, 'pick', bankCatalogue).maybe]).toEqual(['steps.score']);
  });

  test('what one way alone has set is there perhaps, and a choice puts nothing out', () => {
    expect(keys('each', 'steps.')).toContain('steps.note?');
    expect(keys('each', 'vars.')).toEqual(['vars.text?', 'vars.again?']);
    expect(keys('each', 'steps.').join()).not.toContain('pick');
  });

  test('steps are given nearest first', () => {
    expect(reachAt(flow, 'last', bankCatalogue).steps.slice(0, 3)).toEqual(['each', 'note', 'facts']);
  });

  test('inside a forEach there are the item with its type, the index and what was before', () => {
    const reach = reachAt(flow, 'one', bankCatalogue);
    expect(typeAt(reach, 'item.sku')).toBe('string');
    expect(typeAt(reach, 'index')).toBe('integer');
    expect(reach.steps).toContain('customer');
  });

  test('outside it there is only the list of outputs', () => {
    const reach = reachAt(flow, 'last', bankCatalogue);
    expect(reach.steps).not.toContain('one');
    expect(typeAt(reach, 'steps.each')).toBe('array');
    expect(typeAt(reach, 'item')).toBeUndefined();
  });

  test('`error` stands behind an error route and nowhere else', () => {
    expect(keys('sorry', '')).toContain('error');
    expect(keys('lost', 'error.')).toContain('error.code');
    expect(keys('last', '').join()).not.toContain('error');
  });

  test('an error that was handled inside a region is not seen after it', () => {
    const handled = drafted({
      start: 'region',
      nodes: {
        region: {
          type: 'try',
          do: {
            start: 'risky',
            nodes: {
              risky: call('score', { onError: [{ code: '*', next: 'mend' }] }),
              mend: { type: 'set', values: { x: 1 } },
            },
          },
          next: 'after',
        },
        after: call('score'),
      },
    });
    expect(reachAt(handled, 'mend', bankCatalogue).schemas).toHaveProperty('error');
    expect(reachAt(handled, 'after', bankCatalogue).schemas).not.toHaveProperty('error');
  });

  test('undoing reads the node’s own answer', () => {
    expect(reachAt(flow, 'last', bankCatalogue, 'compensate').steps[0]).toBe('last');
    expect(reachAt(flow, 'last', bankCatalogue).steps).not.toContain('last');
  });

  test('a node that nothing leads to reads the input', () => {
    const loose = drafted({ start: 'a', nodes: { a: call('score'), b: call('score') } });
    expect(reachAt(loose, 'b', bankCatalogue).steps).toEqual([]);
  });
});

describe('types', () => {
  const reach = reachAt(flow, 'each', bankCatalogue);

  test.each([
    ['steps.customer.name', 'string'],
    ['steps.facts.a.name', 'string'],
    ['steps.note.text', 'string'],
    ['vars.again', 'integer'],
    ['steps.customer.nothing', undefined],
    ['input.items.0.sku', 'string'],
    ['steps.unknown', undefined],
  ])('%s is %s', (path, type) => expect(typeAt(reach, path)).toBe(type));

  test('a reference is looked up in the schema that it stands in', () => {
    expect(schemaOfPath(reach, 'input.items.0')).toMatchObject({ properties: { sku: { type: 'string' } } });
  });

  test.each<[Json, unknown]>([
    [{ $: { '>': [1, 2] } }, { type: 'boolean' }],
    [{ $: { var: ['steps.score.score', null] } }, { anyOf: [{ type: 'integer' }, { type: 'null' }] }],
    [{ $: { if: [true, 'a', 'b'] } }, { type: 'string' }],
    [{ a: 1 }, { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } }],
  ])('%j gives its schema', (value, schema) => expect(schemaOfValue(reach, value)).toEqual(schema));
});

describe('drafts', () => {
  test.each<[string, Json]>([
    ['a parallel without branches', { p: { type: 'parallel' } }],
    ['a set without values', { p: { type: 'set', next: 'q' } }],
    ['a forEach without anything', { p: { type: 'forEach', do: null } }],
    ['a scope without nodes', { p: { type: 'try', do: { start: 'x' } } }],
    ['nodes that are none', { p: null, q: { type: 7 }, r: 'x' }],
    ['an unknown type', { p: { type: 'teleport', next: 'q' } }],
    ['a next that leads nowhere', { p: { type: 'set', values: {}, next: 7 } }],
    [
      'a branch that is no scope',
      { p: { type: 'parallel', branches: { a: 1, b: { start: 's', nodes: { s: null } } } } },
    ],
  ])('%s does no harm', (_, nodes) => {
    const draft = drafted({ start: 'p', nodes: { ...(nodes as JsonObject), z: call('score') } });
    expect(reachAt(draft, 'z', bankCatalogue).schemas).toHaveProperty('input');
    expect(reachAt(draft, undefined, bankCatalogue).schemas).toHaveProperty('run');
    expect(() => outputAt(draft, 'p', bankCatalogue)).not.toThrow();
  });

  test('steps that read each other in a circle come to an end', () => {
    const round = drafted({
      start: 'a',
      nodes: {
        a: { type: 'set', values: { x: { $: { var: 'vars.y' } } }, next: 'b' },
        b: { type: 'set', values: { y: { $: { var: 'vars.x' } } }, next: 'a' },
      },
    });
    expect(outputAt(round, 'a', bankCatalogue)).toMatchObject({ properties: { x: {} } });
  });

  test.each(['account-360', 'bill-discount', 'corp-payment', 'credit-watch', 'online-loan', 'payroll'])(
    'every step that %s reads is in reach where it reads it',
    (name) => {
      const file = new URL(`../../flows/${name}/flow.json`, import.meta.url);
      const document = JSON.parse(readFileSync(file, 'utf8'));
      const unseen = [...placesOf(document)].flatMap(([id, { node }]) =>
        fieldsOfNode(node).flatMap(({ kind, path, value }) => {
          const section = path[0] === 'compensate' || path[0] === 'onUnknown' ? path[0] : undefined;
          const { steps } = reachAt(document, id, bankCatalogue, section);
          const uses = kind === 'condition' ? pathsOfLogic(value) : kind === 'value' ? pathsOf(value) : [];
          return uses.filter((use) => use.path[0] === 'steps' && !steps.includes(use.path[1] ?? ''));
        }),
      );
      expect(unseen).toEqual([]);
    },
  );
});
