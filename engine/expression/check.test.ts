import { expect, test } from 'vitest';
import type { Json } from '../errors.ts';
import { checkLogic, checkValue, pathsOf, pathsOfLogic } from './index.ts';

test.each<{ rule: Json; pointer: string; message: string }>([
  { rule: { foo: [1] }, pointer: '', message: 'unknown operator "foo"' },
  { rule: { log: 'x' }, pointer: '', message: 'unknown operator "log"' },
  { rule: { method: ['x', 'y'] }, pointer: '', message: 'unknown operator "method"' },
  { rule: { '/': [1] }, pointer: '', message: '"/" takes 2 arguments, not 1' },
  { rule: { substr: ['a'] }, pointer: '', message: '"substr" takes 2 to 3 arguments, not 1' },
  { rule: { '!': [] }, pointer: '', message: '"!" takes 1 argument, not 0' },
  { rule: { and: [] }, pointer: '', message: '"and" takes at least 1 argument, not 0' },
  { rule: { '+': [1, { var: 'amount' }] }, pointer: '/+/1/var', message: 'does not start at input, steps.<nodeId>' },
  { rule: { var: ['amount', 0] }, pointer: '/var/0', message: 'does not start at' },
  { rule: { var: 'steps' }, pointer: '/var', message: 'needs a node id' },
  { rule: { var: [] }, pointer: '', message: 'does not start at' },
  { rule: { var: '' }, pointer: '/var', message: 'does not start at' },
  { rule: { var: 'input..x' }, pointer: '/var', message: 'empty part' },
  { rule: { var: '$.input.x' }, pointer: '/var', message: 'does not start at' },
  { rule: { var: 'input.__proto__' }, pointer: '/var', message: '"__proto__" cannot be part of a path' },
  { rule: { map: [[], { var: 'a.constructor' }] }, pointer: '/map/1/var', message: '"constructor"' },
  { rule: { map: [[], { var: '$.a' }] }, pointer: '/map/1/var', message: 'does not start at' },
  { rule: { missing: ['input.a', 'b'] }, pointer: '/missing/1', message: 'does not start at' },
  { rule: { missing_some: [1, ['input.a', 'b']] }, pointer: '/missing_some/1/1', message: 'does not start at' },
  { rule: { var: { var: 'input.path' } }, pointer: '/var', message: 'must start with a literal' },
  { rule: { var: { cat: ['inp', 'ut'] } }, pointer: '/var/cat/0', message: 'literal root and a dot' },
  { rule: { var: { cat: [{ var: 'input.x' }, '.a'] } }, pointer: '/var/cat/0', message: 'literal root and a dot' },
  { rule: { var: { cat: ['steps.', { var: 'input.x' }] } }, pointer: '/var/cat/0', message: 'needs a node id' },
  { rule: { var: { if: [true, 'input.a'] } }, pointer: '/var', message: 'must start with a literal' },
  { rule: { map: [[], { var: { cat: ['a.', 'b'] } }] }, pointer: '/map/1/var/cat/0', message: '"$.input."' },
  { rule: { addDuration: [{ now: [] }, '1 month'] }, pointer: '/addDuration/1', message: 'a duration is' },
  { rule: { addDuration: [{ now: [] }, 'P1M'] }, pointer: '/addDuration/1', message: 'a duration is' },
  { rule: { formatDate: [{ now: [] }, 'YYYY'] }, pointer: '/formatDate/1', message: 'a pattern is' },
  { rule: { formatDate: [{ now: [] }, 'yyyy', 'Mars'] }, pointer: '/formatDate/2', message: 'time zone' },
  { rule: { dateDiff: [1, 2, 'fortnights'] }, pointer: '/dateDiff/2', message: 'the unit is' },
  {
    rule: { isBusinessDay: ['2026-10-01', { holidays: ['1 Oct'] }] },
    pointer: '/isBusinessDay/1',
    message: 'a calendar is',
  },
  { rule: { decRound: ['1', -1] }, pointer: '/decRound/1', message: 'the scale is' },
  { rule: { 'dec/': ['1', '3', 2, 'NEAREST'] }, pointer: '/dec~1/3', message: 'the rounding is' },
])('reports $rule', ({ rule, pointer, message }) => {
  const problems = checkLogic(rule, '/nodes/a/if');
  expect(problems).toEqual([
    { code: 'EXPRESSION_INVALID', pointer: `/nodes/a/if${pointer}`, message: expect.stringContaining(message) },
  ]);
});

test('reports all problems of a value at once', () => {
  const value = {
    a: { $: { var: 'x' } },
    'b/c': [{ $: { foo: [{ var: 'y' }, { '/': [1] }] } }],
    ok: { $: { var: 'input.z' } },
  };
  const pointers = checkValue(value, '/input').map(({ pointer }) => pointer);
  expect(pointers).toEqual(['/input/a/$/var', '/input/b~1c/0/$', '/input/b~1c/0/$/foo/0/var', '/input/b~1c/0/$/foo/1']);
});

test.each<{ rule: Json }>([
  { rule: { var: 'input' } },
  { rule: { map: [{ var: 'input.list' }, { var: '' }] } },
  { rule: { map: [[1], { var: [] }] } },
  { rule: { var: { if: [{ var: 'input.x' }, 'input.a', 'input.b'] } } },
  { rule: { missing: { merge: ['input.a', { if: [{ var: 'input.x' }, ['input.b'], []] }] } } },
  { rule: { isBusinessDay: ['2026-10-01', { holidays: ['2026-10-01'] }] } },
  { rule: { isBusinessDay: ['2026-10-01', { var: 'vars.calendar' }] } },
  { rule: { a: 1, b: { unknown: 1 } } },
])('accepts $rule', ({ rule }) => {
  expect(checkLogic(rule, '')).toEqual([]);
});

test('lists the paths that a rule uses, with defaults and pointers, without those of elements', () => {
  const rule = {
    and: [
      { var: 'steps.cif.name' },
      { var: ['input.note', { var: 'vars.note' }] },
      { missing: ['input.a', 'input.b'] },
      { missing_some: [1, ['input.c']] },
      { filter: [{ var: 'input.items' }, { '>': [{ var: 'qty' }, { var: '$.steps.limit.max' }] }] },
      { var: { cat: ['steps.cif.accounts.', { var: 'index' }, '.no'] } },
    ],
  };
  expect(pathsOfLogic(rule)).toEqual([
    { path: ['steps', 'cif', 'name'], hasDefault: false, pointer: '/and/0/var' },
    { path: ['input', 'note'], hasDefault: true, pointer: '/and/1/var/0' },
    { path: ['vars', 'note'], hasDefault: false, pointer: '/and/1/var/1/var' },
    { path: ['input', 'a'], hasDefault: true, pointer: '/and/2/missing/0' },
    { path: ['input', 'b'], hasDefault: true, pointer: '/and/2/missing/1' },
    { path: ['input', 'c'], hasDefault: true, pointer: '/and/3/missing_some/1/0' },
    { path: ['input', 'items'], hasDefault: false, pointer: '/and/4/filter/0/var' },
    { path: ['steps', 'limit', 'max'], hasDefault: false, pointer: '/and/4/filter/1/>/1/var' },
    { path: ['steps', 'cif', 'accounts'], hasDefault: false, pointer: '/and/5/var/cat/0' },
    { path: ['index'], hasDefault: false, pointer: '/and/5/var/cat/1/var' },
  ]);
});

test('lists the paths of all expressions in a value', () => {
  expect(pathsOf({ a: [{ $: { var: 'input.x' } }], b: { var: 'input.literal' } })).toEqual([
    { path: ['input', 'x'], hasDefault: false, pointer: '/a/0/$/var' },
  ]);
});
