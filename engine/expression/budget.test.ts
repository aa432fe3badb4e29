import { expect, test } from 'vitest';
import type { Json } from '../errors.ts';
import { dataOf, outcome } from './fixture.ts';
import { checkLogic, evaluateLogic, maxDepth } from './index.ts';

const hundred = Array.from({ length: 100 }, (_, index) => index);
const data = dataOf({
  input: {
    hundred,
    text: 'a'.repeat(100_000),
    twin: 'a'.repeat(100_000),
    needle: `b${'a'.repeat(50_000)}`,
    big: Array(10_000).fill(0),
  },
});
const list = { var: '$.input.hundred' };

function nested(depth: number, wrap: (inner: Json) => Json, inner: Json): Json {
  let rule = inner;
  for (let level = 0; level < depth; level += 1) rule = wrap(rule);
  return rule;
}

const bombs: Record<string, Json> = {
  'nested maps': { map: [{ var: 'input.hundred' }, { map: [list, { map: [list, { map: [list, 1] }] }] }] },
  'nested filters without a result': {
    none: [{ var: 'input.hundred' }, { some: [list, { some: [list, { some: [list, false] }] }] }],
  },
  'text that doubles': {
    reduce: [{ var: 'input.hundred' }, { cat: [{ var: 'accumulator' }, { var: 'accumulator' }] }, 'x'],
  },
  'lists that double': {
    reduce: [{ var: 'input.hundred' }, { merge: [{ var: 'accumulator' }, { var: 'accumulator' }] }, [1]],
  },
  'shared lists': { reduce: [{ var: 'input.hundred' }, [{ var: 'accumulator' }, { var: 'accumulator' }], 1] },
  'shared lists as text': {
    cat: { reduce: [{ merge: [hundred.slice(0, 40)] }, [{ var: 'accumulator' }, { var: 'accumulator' }], 1] },
  },
  'a text many times over': { map: [{ var: 'input.hundred' }, { var: '$.input.text' }] },
  'searches in long texts': {
    map: [{ var: 'input.hundred' }, { in: [{ var: '$.input.needle' }, { var: '$.input.text' }] }],
  },
  'comparisons of long texts': {
    all: [{ var: 'input.hundred' }, { all: [list, { '==': [{ var: '$.input.text' }, { var: '$.input.twin' }] }] }],
  },
  'long lists again and again': {
    all: [{ var: 'input.hundred' }, { none: [{ var: '$.input.big' }, false] }],
  },
  'products of long decimals': {
    all: [{ var: 'input.hundred' }, { all: [list, { 'dec*': ['7'.repeat(190), '7'.repeat(190)] }] }],
  },
  'decimals that grow': {
    reduce: [{ var: 'input.hundred' }, { 'dec*': [{ var: 'accumulator' }, { var: 'accumulator' }] }, '1.5'],
  },
  'dates in nested maps': { map: [{ var: 'input.hundred' }, { map: [list, { formatDate: [{ now: [] }, 'yyyy'] }] }] },
  'business days in a map': { map: [{ var: 'input.hundred' }, { addBusinessDays: ['2026-01-01', 10_000] }] },
};

test.each(Object.entries(bombs))('stops %s at once', (_name, rule) => {
  // Processor time, and the best of three: other work on the machine must not fail this test.
  const times = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    expect(outcome(() => evaluateLogic(rule, data))).toBe('EXPRESSION_BUDGET');
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  expect(Math.min(...times)).toBeLessThan(100);
});

test.each(['if', '?:', 'and', 'map', '!', 'cat', 'merge'])('refuses %s that nests too deeply', (name) => {
  const deep = nested(100_000, (inner) => ({ [name]: [inner] }), 1);
  expect(checkLogic(deep, '').some(({ message }) => message.includes(`deeper than ${maxDepth}`))).toBe(true);
  expect(outcome(() => evaluateLogic(deep, data))).toBe('EXPRESSION_INVALID');
});

test('refuses a path that is computed too deeply, once for each argument', () => {
  const deep = { var: nested(100_000, (inner) => ({ '?:': [true, inner, 'input.a'] }), 'input.a') };
  expect(checkLogic(deep, '')).toHaveLength(3);
});

test('lets through the deepest rule that is allowed', () => {
  const rule = nested(maxDepth, (inner) => ({ '!': [inner] }), true);
  expect(checkLogic(rule, '')).toEqual([]);
  expect(evaluateLogic(rule, data)).toBe(true);
});

test('lets through a thousand elements with some work on each', () => {
  const items = Array.from({ length: 1000 }, (_, id) => ({ id, amount: '1.10' }));
  const sum = {
    decSum: [{ map: [{ filter: [{ var: 'input.items' }, { '>': [{ var: 'id' }, 499] }] }, { var: 'amount' }] }],
  };
  expect(evaluateLogic(sum, dataOf({ input: { items } }))).toBe('550');
});
