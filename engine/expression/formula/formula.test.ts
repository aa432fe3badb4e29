import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../errors.ts';
import { checkLogic } from '../check.ts';
import { operators } from '../operators/index.ts';
import { arityOf } from './functions.ts';
import { bodyContext, type Context, infixByOperator } from './grammar.ts';
import { formatFormula, formulaFunctions, normalizeLogic, parseFormula } from './index.ts';

const pairs: { text: string; logic: Json }[] = [
  {
    text: 'input.amount > 50000 && steps.bureau.score >= 650',
    logic: { and: [{ '>': [{ var: 'input.amount' }, 50000] }, { '>=': [{ var: 'steps.bureau.score' }, 650] }] },
  },
  { text: 'input.note ?? null', logic: { var: ['input.note', null] } },
  { text: '(input.rate ?? 0) * 2', logic: { '*': [{ var: ['input.rate', 0] }, 2] } },
  { text: 'input.a ?? (input.b ?? "none")', logic: { var: ['input.a', { var: ['input.b', 'none'] }] } },
  { text: 'steps["risk-check"].rows[0]["01"].客户', logic: { var: 'steps.risk-check.rows.0.01.客户' } },
  { text: 'get(cat("input.", vars.field), 0)', logic: { var: [{ cat: ['input.', { var: 'vars.field' }] }, 0] } },
  {
    text: 'filter(input.items, item.qty > input.limit)',
    logic: { filter: [{ var: 'input.items' }, { '>': [{ var: 'qty' }, { var: '$.input.limit' }] }] },
  },
  { text: 'map([1, 2], item * $.item.rate)', logic: { map: [[1, 2], { '*': [{ var: '' }, { var: '$.item.rate' }] }] } },
  { text: 'map(item.rows, item[0])', logic: { map: [{ var: 'item.rows' }, { var: '0' }] } },
  {
    text: 'reduce(input.items, accumulator + current.qty * vars.rate, 0)',
    logic: {
      reduce: [
        { var: 'input.items' },
        { '+': [{ var: 'accumulator' }, { '*': [{ var: 'current.qty' }, { var: '$.vars.rate' }] }] },
        0,
      ],
    },
  },
  {
    text: 'filter(input.items, item.current > 1)',
    logic: { filter: [{ var: 'input.items' }, { '>': [{ var: 'current' }, 1] }] },
  },
  {
    text: 'map(input.items, missing("qty", "$.input.note"))',
    logic: { map: [{ var: 'input.items' }, { missing: ['qty', '$.input.note'] }] },
  },
  { text: 'input.level in ["gold", "silver"]', logic: { in: [{ var: 'input.level' }, ['gold', 'silver']] } },
  {
    text: 'input.a ? 1 : input.b ? 2 : 3',
    logic: { '?:': [{ var: 'input.a' }, 1, { '?:': [{ var: 'input.b' }, 2, 3] }] },
  },
  {
    text: '(input.a ? 1 : 2) ? (input.b ? 3 : 4) : 5',
    logic: { '?:': [{ '?:': [{ var: 'input.a' }, 1, 2] }, { '?:': [{ var: 'input.b' }, 3, 4] }, 5] },
  },
  { text: 'if(input.a, 1, input.b, 2, 3)', logic: { if: [{ var: 'input.a' }, 1, { var: 'input.b' }, 2, 3] } },
  { text: '1 < input.x < 9', logic: { '<': [1, { var: 'input.x' }, 9] } },
  { text: 'op("<", 1, input.x) < 9', logic: { '<': [{ '<': [1, { var: 'input.x' }] }, 9] } },
  { text: '1 + 2 + 3', logic: { '+': [1, 2, 3] } },
  { text: 'op("+", 1, 2) + 3', logic: { '+': [{ '+': [1, 2] }, 3] } },
  { text: '1 + (2 + 3)', logic: { '+': [1, { '+': [2, 3] }] } },
  { text: '1 - 2 - 3', logic: { '-': [{ '-': [1, 2] }, 3] } },
  { text: '1 - (2 - -3)', logic: { '-': [1, { '-': [2, -3] }] } },
  { text: '-input.x', logic: { '-': [{ var: 'input.x' }] } },
  { text: 'op("-", 5)', logic: { '-': [5] } },
  { text: '!!input.x', logic: { '!!': [{ var: 'input.x' }] } },
  { text: '!op("!", input.x)', logic: { '!': [{ '!': [{ var: 'input.x' }] }] } },
  { text: '!(input.x || input.y)', logic: { '!': [{ or: [{ var: 'input.x' }, { var: 'input.y' }] }] } },
  { text: 'op("and", input.x)', logic: { and: [{ var: 'input.x' }] } },
  { text: 'decAdd(input.a, "0.10")', logic: { 'dec+': [{ var: 'input.a' }, '0.10'] } },
  { text: 'decDiv(input.a, 3, 2, "DOWN")', logic: { 'dec/': [{ var: 'input.a' }, 3, 2, 'DOWN'] } },
  {
    text: 'formatDate(addDuration(now(), "-30d"), "yyyy-MM-dd")',
    logic: { formatDate: [{ addDuration: [{ now: [] }, '-30d'] }, 'yyyy-MM-dd'] },
  },
  {
    text: 'isBusinessDay("2026-10-01", calendar(["2026-10-01"], null, "UTC"))',
    logic: { isBusinessDay: ['2026-10-01', { holidays: ['2026-10-01'], timeZone: 'UTC' }] },
  },
  { text: '"say \\"hi\\"\\n\\\\"', logic: 'say "hi"\n\\' },
  { text: '-1.5e-7', logic: -1.5e-7 },
  { text: '63933902892741850', logic: 63933902892741850 },
  { text: '[true, null, []]', logic: [true, null, []] },
];

test.each(pairs)('$text', ({ text, logic }) => {
  expect(parseFormula(text)).toEqual({ ok: true, logic });
  expect(formatFormula(logic)).toEqual({ ok: true, text });
});

test.each<{ text: string; logic: Json }>([
  { text: 'input.a ?? input.b ?? 0', logic: { var: ['input.a', { var: ['input.b', 0] }] } },
  { text: "input['a']", logic: { var: 'input.a' } },
  { text: 'input . a', logic: { var: 'input.a' } },
  { text: '(1 + 2) + 3', logic: { '+': [1, 2, 3] } },
  { text: 'get("input.a")', logic: { var: 'input.a' } },
  { text: 'filter(input.items, $.input.limit)', logic: { filter: [{ var: 'input.items' }, { var: '$.input.limit' }] } },
  { text: '  1\n+ 2 ', logic: { '+': [1, 2] } },
])('reads $text', ({ text, logic }) => {
  expect(parseFormula(text)).toEqual({ ok: true, logic });
});

test.each([
  { text: '', message: 'empty', index: 0 },
  { text: '1 +', message: 'Expected expression', index: 3 },
  { text: '1 2', message: 'several', index: 0 },
  { text: 'input.a && amount', message: 'does not start at', index: 11 },
  { text: 'input.a.__proto__', message: '__proto__', index: 0 },
  { text: 'decAdd(1)', message: 'decAdd(first, second, …more)', index: 0 },
  { text: '1 + foo(2)', message: 'unknown function foo', index: 4 },
  { text: '1 ** 2', message: 'unknown operator **', index: 2 },
  { text: '~1', message: 'unknown operator ~', index: 0 },
  { text: 'input?.a', message: '??', index: 5 },
  { text: 'input[input.key]', message: 'only fixed keys', index: 5 },
  { text: 'input["a.b"]', message: 'dot', index: 0 },
  { text: '(1 + 2) ?? 3', message: 'only a path can have a default', index: 8 },
  { text: '1 < 2 < 3 < 4', message: 'at most 3', index: 2 },
  { text: '12345678901234567890', message: 'loses digits', index: 0 },
  { text: '1e999', message: 'too large', index: 0 },
  { text: 'this', message: 'cannot be used', index: 0 },
  { text: '[1,,2]', message: 'missing between', index: 0 },
  { text: 'input.f(1)', message: 'cannot be called', index: 0 },
  { text: 'map(input.list, qty)', message: 'unknown name "qty"', index: 16 },
  { text: 'map(input.list, item.$.x)', message: 'cannot be reached', index: 16 },
  { text: 'addDuration(now(), "1 month")', message: 'a duration is', index: 20 },
  { text: 'op("log", 1)', message: 'op needs', index: 0 },
  { text: 'calendar(input.days)', message: 'only literals', index: 0 },
  { text: '('.repeat(9_000), message: '', index: 9_000 },
  { text: '!'.repeat(9_000), message: '', index: 0 },
  { text: `1${' - 1'.repeat(1_000)}`, message: 'too deep', index: 0 },
  { text: ' '.repeat(30_000), message: 'at most 20000', index: 20_000 },
])('refuses $text at $index', ({ text, message, index }) => {
  const parsed = parseFormula(text);
  expect(parsed).toEqual({
    ok: false,
    problem: { message: expect.stringContaining(message), index: expect.any(Number) },
  });
  if (text.length < 100) expect(parsed).toHaveProperty('problem.index', index);
});

test.each<{ logic: Json; reason: string }>([
  { logic: { a: 1, b: 2 }, reason: 'object' },
  { logic: {}, reason: 'object' },
  { logic: { unknown: 1 }, reason: 'unknown operator' },
  { logic: { var: 'amount' }, reason: 'does not start at' },
])('cannot write $logic', ({ logic, reason }) => {
  expect(formatFormula(logic)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});

test.each<{ logic: Json; normal: Json }>([
  { logic: { var: ['input.a'] }, normal: { var: 'input.a' } },
  { logic: { map: ['x', { var: 1 }] }, normal: { map: ['x', { var: '1' }] } },
  { logic: { map: ['x', { var: null }] }, normal: { map: ['x', { var: '' }] } },
  { logic: { var: [['input.a']] }, normal: { var: [['input.a']] } },
  { logic: { '!': { '!!': 1 } }, normal: { '!': [{ '!!': [1] }] } },
])('the one spelling of $logic is $normal', ({ logic, normal }) => {
  expect(normalizeLogic(logic)).toEqual(normal);
});

test('documents every operator that has no sign of its own, with the arguments that it takes', () => {
  for (const [name, operator] of operators) {
    const known = formulaFunctions.find((each) => each.operator === name);
    if (!known) {
      expect(hasSign(name), name).toBe(true);
      continue;
    }
    const [min, max] = arityOf(known);
    expect(min, name).toBeGreaterThanOrEqual(operator.args[0]);
    expect(max, name).toBe(operator.args[1]);
    expect(known.arguments[1]?.kind === 'body', name).toBe(operator.hasBody === true);
  }
});

const key = fc.oneof(
  fc.constantFrom('a', 'b1', '0', '12', '01', 'risk-check', '客户', 'in', 'this', 'true', 'a b', '"', 'item', '$'),
  fc.string({ minLength: 1, maxLength: 4 }).filter((text) => !text.includes('.')),
);
const root = fc.constantFrom('input', 'steps.x', 'vars', 'item', 'index', 'error', 'run', 'event');
const absolute = fc.tuple(root, fc.array(key, { maxLength: 3 })).map(([start, keys]) => [start, ...keys].join('.'));
const relative = fc.oneof(
  fc.constantFrom('', 'current', 'accumulator.x', 'item', 'input'),
  fc.array(key, { maxLength: 3 }).map((keys) => keys.join('.')),
);
const literal: fc.Arbitrary<Json> = fc.oneof(
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\\', '"', '\n', '\u2028', '\u0000'),
);

/** A random rule that uses any operator with any number of arguments that it takes. */
function rules(context: Context, depth: number, allowed = (_name: string) => true): fc.Arbitrary<Json> {
  const path =
    context === 'flow'
      ? absolute
      : fc.oneof(
          relative,
          absolute.map((text) => `$.${text}`),
        );
  const variable = fc.oneof(
    path.map((text) => ({ var: text })),
    path.map((text) => ({ var: [text] })),
  );
  if (depth === 0) return fc.oneof(literal, variable);
  const inner = fc.memo(() => rules(context, depth - 1, allowed))(1);
  const calls = [...operators]
    .filter(([name]) => !['var', 'missing', 'missing_some'].includes(name) && allowed(name))
    .map(([name, operator]) => {
      const [min, max] = operator.args;
      const body = operator.hasBody ? rules(bodyContext(name), depth - 1, allowed) : inner;
      return fc
        .integer({ min, max: Math.min(max, min + 3) })
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => (index === 1 ? body : inner))))
        .map((args) => ({ [name]: args }) as Json);
    });
  return fc.oneof(
    { weight: 2, arbitrary: literal },
    { weight: 3, arbitrary: variable },
    { weight: 2, arbitrary: fc.tuple(path, inner).map(([text, value]) => ({ var: [text, value] })) },
    { weight: 1, arbitrary: fc.array(path, { maxLength: 3 }).map((paths) => ({ missing: paths })) },
    { weight: 1, arbitrary: fc.array(path, { maxLength: 3 }).map((paths) => ({ missing_some: [1, paths] })) },
    { weight: 1, arbitrary: fc.array(inner, { maxLength: 3 }) },
    { weight: 1, arbitrary: inner.map((value) => ({ '!': value })).filter(({ '!': value }) => !Array.isArray(value)) },
    { weight: 20, arbitrary: fc.oneof(...calls) },
  );
}

const hasSign = (name: string): boolean => infixByOperator.has(name) || ['!', '!!', '?:'].includes(name);

test.each([
  { kind: 'any rule', logics: rules('flow', 3) },
  { kind: 'a rule of signs', logics: rules('flow', 4, hasSign) },
])('$kind written as a formula reads back as the same rule', ({ logics }) => {
  fc.assert(
    fc.property(logics, (logic) => {
      fc.pre(checkLogic(logic, '').length === 0);
      const formatted = formatFormula(logic);
      expect(formatted.ok).toBe(true);
      const text = formatted.ok ? formatted.text : '';
      expect(parseFormula(text), text).toEqual({ ok: true, logic: normalizeLogic(logic) });
    }),
    { numRuns: 1000 },
  );
});

const word = fc.constantFrom(
  'input.a',
  'item',
  '1',
  '-2',
  '"x"',
  '(',
  ')',
  '[',
  ']',
  ',',
  '+',
  '-',
  '!',
  '&&',
  '||',
  '??',
  '<',
  '==',
  '?',
  ':',
  'in',
  'map(',
  'min(',
  'op("!!",',
  'null',
  'get(',
);

test('a formula that reads is the same rule after being written and read again', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const first = parseFormula(words.join(' '));
      if (!first.ok) return;
      const written = formatFormula(first.logic);
      expect(written.ok).toBe(true);
      if (written.ok) expect(parseFormula(written.text)).toEqual(first);
    }),
    { numRuns: 5000 },
  );
});
