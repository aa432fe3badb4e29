import type { Json } from '@heddle/engine/errors';
import { describe, expect, test } from 'vitest';
import { resolveLogic, resolveValue, sampleAt } from './data-sample.ts';
import { bankCatalogue, drafted, object } from './fixture.ts';
import { reachAt } from './reach.ts';
import { entriesBelow, searchEntries } from './reach-tree.ts';
import { flowProperty, fromPointer, kindOfValue, setProperty, toPointer, withPart } from './value.ts';

const text = { type: 'string' };

describe('setting a part', () => {
  const value: Json = { a: { b: [1, 2, 3] }, c: {} };
  test.each<[string, (string | number)[], Json | undefined, Json]>([
    ['replaces it', ['a', 'b', 1], 9, { a: { b: [1, 9, 3] }, c: {} }],
    ['removes an element', ['a', 'b', 0], undefined, { a: { b: [2, 3] }, c: {} }],
    ['removes a member', ['c'], undefined, { a: { b: [1, 2, 3] } }],
    ['makes what is missing on the way', ['c', 'd', 'e'], 1, { a: { b: [1, 2, 3] }, c: { d: { e: 1 } } }],
    ['appends', ['a', 'b', 3], 4, { a: { b: [1, 2, 3, 4] }, c: {} }],
  ])('%s', (_, path, part, expected) => expect(withPart(value, path, part)).toEqual(expected));

  test('what is not on the way keeps its identity, and so does all if nothing changes', () => {
    expect((withPart(value, ['c', 'd'], 1) as { a: Json }).a).toBe((value as { a: Json }).a);
    expect(withPart(value, ['a', 'b', 1], 2)).toBe(value);
    expect(withPart(value, ['x'], undefined)).toBe(value);
  });

  test('a node is found however deep it stands; an unknown one changes nothing', () => {
    const document = drafted({
      start: 'p',
      nodes: { p: { type: 'parallel', branches: { x: { start: 'a', nodes: { a: { type: 'set', values: {} } } } } } },
    });
    const set = setProperty(document, 'a', ['values', 'y'], 1);
    expect(flowProperty(set, ['nodes', 'p', 'branches', 'x', 'nodes', 'a', 'values'])).toEqual({ y: 1 });
    expect(setProperty(document, 'nobody', ['x'], 1)).toBe(document);
  });

  test('pointers and paths say the same', () => {
    expect(fromPointer(toPointer(['a/b', '~', 0]))).toEqual(['a/b', '~', '0']);
  });

  test.each<[Json, string]>([
    ['x', 'literal'],
    [{ a: { $: { var: 'input.a' } } }, 'literal'],
    [{ $: { var: 'input.a' } }, 'path'],
    [{ $: { var: ['input.a', null] } }, 'path'],
    [{ $: { var: { cat: ['input.', 'a'] } } }, 'formula'],
    [{ $: { '+': [1, 2] } }, 'formula'],
  ])('%j is a %s', (value_, kind) => expect(kindOfValue(value_)).toBe(kind));
});

describe('trying a value with samples', () => {
  const document = drafted({
    input: object({ amount: { type: 'integer', examples: [7] }, rows: { type: 'array', items: object({ id: text }) } }),
    start: 'score',
    nodes: {
      score: { type: 'call', service: 'bank', operation: 'score', next: 'each' },
      each: {
        type: 'forEach',
        items: { $: { var: 'input.rows' } },
        do: { start: 'in', nodes: { in: { type: 'set', values: {} } } },
      },
    },
  });
  const place = (nodeId: string, samples = {}) => ({
    document,
    nodeId,
    samples,
    reach: reachAt(document, nodeId, bankCatalogue),
    nowMs: 0,
  });

  test('takes what the last run has seen', () => {
    const seen = place('each', { steps: { score: { score: 700 } } });
    expect(resolveValue({ $: { '+': [{ var: 'steps.score.score' }, 1] } }, seen)).toEqual({ ok: true, value: 701 });
  });

  test('and samples of the schemas where there was none', () => {
    expect(resolveValue({ a: { $: { var: 'input.amount' } } }, place('each'))).toEqual({ ok: true, value: { a: 7 } });
    expect(sampleAt('steps.score.band', place('each'))).toBe('A');
  });

  test('the item is the first of its list', () => {
    const seen = place('in', { input: { amount: 1, rows: [{ id: 'r1' }, { id: 'r2' }] } });
    expect(resolveValue({ $: { var: 'item.id' } }, seen)).toEqual({ ok: true, value: 'r1' });
  });

  test('says what would go wrong', () => {
    expect(resolveLogic({ '>': [{ var: 'steps.nobody.x' }, 1] }, place('each'))).toMatchObject({ ok: false });
  });

  test('the tree of what is in reach has types and says what is certain', () => {
    const { reach } = place('each');
    expect(entriesBelow(reach).map(({ path }) => path)).toEqual(['input', 'steps', 'run']);
    expect(entriesBelow(reach, 'steps.score')).toMatchObject([
      { name: 'score', type: 'integer', certain: true, hasChildren: false },
      { name: 'band', type: 'string' },
    ]);
    expect(searchEntries(reach, 'score band').map(({ path }) => path)).toEqual(['steps.score.band']);
  });
});
