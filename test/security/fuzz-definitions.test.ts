import { parse } from '@heddle/engine/definition/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { expect, test } from 'vitest';
import { Random } from '../simulation/random.ts';
import { faultOf, fuzzDefinitions } from './fuzz-definitions.ts';
import { mutate } from './mutate.ts';

/** More by `node test/dist/security/fuzz-definitions.js 1000000 [seed]`. */
const COUNT = 5_000;

test('whatever a damaged definition says, it is refused with problems, or compiles and runs, in no time', {
  timeout: 60_000,
}, () => {
  const { finding, tried, sound } = fuzzDefinitions(COUNT, 4_711);
  expect(finding).toBeUndefined();
  expect(tried).toBe(COUNT);
  // Else it would only be the parser that is tried.
  expect(sound).toBeGreaterThan(COUNT / 20);
});

test('the same seed damages a definition in the same way', () => {
  const document = JSON.stringify({ id: 'a', start: 'b', nodes: { b: { type: 'end', output: [1, { x: 'y' }] } } });
  const made = (seed: number) => Array.from({ length: 20 }, (_, index) => mutate(document, new Random(seed + index)));
  expect(made(1)).toEqual(made(1));
  expect(new Set(made(1).map((each) => JSON.stringify(each))).size).toBeGreaterThan(15);
});

test('what is no flow is told from what is one', () => {
  expect(faultOf({ id: 'a', start: 'b', nodes: { b: { type: 'end' } } })).toBe('sound');
  expect(faultOf({ id: 'a', start: 'c', nodes: { b: { type: 'end' } } })).toBe('refused');
});

/** Each was accepted once, or ended parsing or compiling with a TypeError. */
test.each([
  ['a wrong duration beside words', '/nodes/a/buffer', { a: { type: 'event', name: 'x', buffer: '0.1' } }],
  [
    'a branch that is a text, by a name that none may have',
    '/nodes/a/branches/$',
    { a: { type: 'parallel', branches: { $: 'b' } } },
  ],
  [
    'a branch by the name of an effect of another one',
    '/nodes/a/branches/b~1c#1',
    { a: { type: 'parallel', branches: { 'b/c#1': { start: 'd', nodes: { d: { type: 'end' } } } } } },
  ],
  ['a variable that no path could read', '/nodes/a/values/x.y', { a: { type: 'set', values: { 'x.y': 1 } } }],
  ['a title that is no text', '/nodes/a/title', { a: { type: 'end', title: { 'no language': { x: 1 } } } }],
])('a definition with %s is refused', (_what, place, nodes) => {
  const parsed = parse({ id: 'a', start: 'a', nodes }, nodeTypes);
  expect(parsed.ok ? [] : parsed.problems.map(({ pointer }) => pointer)).toContain(place);
});
