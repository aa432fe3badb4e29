import { expect, test } from 'vitest';
import type { Json } from '../errors.ts';
import { dataOf, outcome } from './fixture.ts';
import { evaluate, evaluateLogic, test as holds } from './index.ts';

const data = dataOf({
  input: { amount: 5, note: null, items: [{ qty: 1 }, { qty: 3 }], limit: 2, deep: { list: ['a', ['b']] } },
  steps: { cif: { name: '王芳' }, 'risk-check': { score: 650 } },
  vars: { rate: '0.045' },
  item: { id: 7 },
  index: 0,
});

test.each<{ rule: Json; result: Json }>([
  { rule: { var: 'input.amount' }, result: 5 },
  { rule: { var: ['input.amount'] }, result: 5 },
  { rule: { var: 'input.deep.list.1.0' }, result: 'b' },
  { rule: { var: 'steps.cif.name' }, result: '王芳' },
  { rule: { var: 'steps.risk-check.score' }, result: 650 },
  { rule: { var: 'vars' }, result: { rate: '0.045' } },
  { rule: { var: 'vars.rate' }, result: '0.045' },
  { rule: { var: 'item.id' }, result: 7 },
  { rule: { var: 'index' }, result: 0 },
  { rule: { var: 'input.note' }, result: null },
  { rule: { var: ['input.note', 'none'] }, result: null },
  { rule: { var: ['input.other', 'none'] }, result: 'none' },
  { rule: { var: ['input.note.text', 'none'] }, result: 'none' },
  { rule: { var: ['input.other', { var: 'input.amount' }] }, result: 5 },
  { rule: { var: { cat: ['input.', 'am', 'ount'] } }, result: 5 },
])('$rule is $result', ({ rule, result }) => {
  expect(evaluateLogic(rule, data)).toEqual(result);
});

test.each([
  'input.other',
  'input.note.text',
  'input.deep.list.2',
  'input.deep.list.length',
  'input.amount.toString',
  'steps.other.x',
  'vars.other',
  'event',
  'error.code',
])('fails at the missing path %s and names it', (path) => {
  const act = () => evaluateLogic({ var: path }, data);
  expect(act).toThrow(expect.objectContaining({ code: 'EXPRESSION_MISSING_PATH', details: { path } }));
});

test.each<{ rule: Json; result: Json }>([
  { rule: { filter: [{ var: 'input.items' }, { '>': [{ var: 'qty' }, 1] }] }, result: [{ qty: 3 }] },
  {
    rule: { filter: [{ var: 'input.items' }, { '>': [{ var: 'qty' }, { var: '$.input.limit' }] }] },
    result: [{ qty: 3 }],
  },
  {
    rule: { map: [[1, 2], { map: [[10, 20], { '+': [{ var: '' }, { var: '$.input.amount' }] }] }] },
    result: [
      [15, 25],
      [15, 25],
    ],
  },
  {
    rule: { reduce: [{ var: 'input.items' }, { '+': [{ var: 'accumulator' }, { var: 'current.qty' }] }, 0] },
    result: 4,
  },
  {
    rule: { map: [{ var: 'input.items' }, { missing: ['qty', 'price', '$.input.note'] }] },
    result: [
      ['price', '$.input.note'],
      ['price', '$.input.note'],
    ],
  },
  { rule: { map: [{ var: 'input.items' }, { var: 'price' }] }, result: 'EXPRESSION_MISSING_PATH' },
])('$rule in bodies is $result', ({ rule, result }) => {
  expect(outcome(() => evaluateLogic(rule, data))).toEqual(result);
});

test.each<{ rule: Json }>([
  { rule: { '<': [9, '10'] } },
  { rule: { '>=': ['10', 9] } },
  { rule: { '<': [1, 2, '3'] } },
  { rule: { '<': [2, 1, '3'] } },
  { rule: { '<': [null, 5] } },
  { rule: { '>': [true, 0] } },
  { rule: { '<': [[1], [2]] } },
  { rule: { '<=': [{ var: 'input' }, 1] } },
  { rule: { '==': ['', 0] } },
  { rule: { '!=': [0, ' \t'] } },
  { rule: { '==': [[], 0] } },
  { rule: { '==': [false, ''] } },
  { rule: { '==': [[], ''] } },
  { rule: { '==': [{ var: 'input' }, { var: 'input' }] } },
  { rule: { '===': [{ var: 'input.items' }, { var: 'input.items' }] } },
  { rule: { '==': ['9007199254740993', 9007199254740992] } },
  { rule: { '/': [1, 0] } },
  { rule: { '%': [1, 0] } },
  { rule: { '*': ['abc', 1] } },
  { rule: { '+': ['12abc', 1] } },
  { rule: { '+': ['9007199254740993', 0] } },
  { rule: { '-': ['', 1] } },
  { rule: { '-': [null, 1] } },
  { rule: { '*': [1e200, 1e200] } },
  { rule: { max: [[1, 2]] } },
  { rule: { cat: ['a', { var: 'input' }] } },
  { rule: { in: [{ var: 'input.items.0' }, { var: 'input.items' }] } },
  { rule: { substr: [null, 1] } },
])('refuses to guess at $rule', ({ rule }) => {
  expect(outcome(() => evaluateLogic(rule, data))).toBe('EXPRESSION_TYPE');
});

test.each<{ rule: Json; result: Json }>([
  { rule: { '<': ['9', '10'] }, result: false },
  { rule: { '==': [1, '1'] }, result: true },
  { rule: { '==': ['1234567890123456789', '1234567890123456788'] }, result: false },
  { rule: { '==': [null, 0] }, result: false },
  { rule: { '==': [null, null] }, result: true },
  { rule: { '==': [{ var: 'input.items' }, null] }, result: false },
  { rule: { '===': [{ var: 'input.items' }, 1] }, result: false },
  { rule: { in: ['a', null] }, result: false },
  { rule: { cat: ['a', null, [1, [2, null]]] }, result: 'a1,2,' },
])('$rule is $result, as in JSONLogic', ({ rule, result }) => {
  expect(evaluateLogic(rule, data)).toBe(result);
});

test('keeps literals of a value and replaces its expressions', () => {
  const value = {
    id: { $: { var: 'input.amount' } },
    fixed: { a: [1] },
    list: [{ $: { '+': [1, 2] } }, { $x: 1, $: 2 }],
  };
  const result = evaluate(value, data);
  expect(result).toEqual({ id: 5, fixed: { a: [1] }, list: [3, { $x: 1, $: 2 }] });
  expect(result).toHaveProperty('fixed', value.fixed);
});

test.each<{ value: Json }>([{ value: { a: [{ var: 'input.amount' }] } }, { value: [] }, { value: 'text' }])(
  'returns the literal $value itself',
  ({ value }) => {
    expect(evaluate(value, data)).toBe(value);
  },
);

test('keeps a key __proto__ as data', () => {
  const value: Json = JSON.parse('{"__proto__": {"admin": true}, "a": {"$": 1}}');
  const result = evaluate(value, data);
  expect(Object.keys(Object(result))).toEqual(['__proto__', 'a']);
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
});

test('sees new data through a rule that it has compiled before', () => {
  const rule = { '>': [{ var: 'input.amount' }, 3] };
  expect(holds(rule, data)).toBe(true);
  expect(holds(rule, dataOf({ input: { amount: 2 } }))).toBe(false);
});

test.each<{ rule: Json; expected: boolean }>([
  { rule: [], expected: false },
  { rule: '', expected: false },
  { rule: 0, expected: false },
  { rule: null, expected: false },
  { rule: '0', expected: true },
  { rule: { var: 'input.items' }, expected: true },
])('$rule as a condition is $expected', ({ rule, expected }) => {
  expect(holds(rule, data)).toBe(expected);
});

test.each<{ rule: Json }>([
  { rule: { unknown: [] } },
  { rule: { log: 1 } },
  { rule: { method: ['a', 'b'] } },
  { rule: { constructor: ['return 1'] } },
  { rule: JSON.parse('{"__proto__": [1]}') },
  { rule: { var: 'constructor' } },
  { rule: { var: 'input.__proto__.x' } },
  { rule: { var: ['input.constructor', 1] } },
  { rule: { missing: ['input.prototype'] } },
  { rule: { map: [[1], { var: 'constructor' }] } },
  { rule: { map: [[1], { var: '$.input.constructor' }] } },
  { rule: { var: { cat: ['input.', 'constructor'] } } },
  { rule: { var: 'secrets.key' } },
  { rule: { var: '' } },
])('refuses $rule', ({ rule }) => {
  expect(outcome(() => evaluateLogic(rule, data))).toBe('EXPRESSION_INVALID');
});

test('does not see inherited properties of the data', () => {
  const inherited = dataOf({ input: Object.create({ admin: true }) });
  expect(outcome(() => evaluateLogic({ var: 'input.admin' }, inherited))).toBe('EXPRESSION_MISSING_PATH');
});
