import { expect, test } from 'vitest';
import { compilePattern, isPlainPattern } from './pattern.ts';
import { compileSchema, type JsonSchema } from './schema.ts';

function validator(schema: JsonSchema) {
  const compiled = compileSchema(schema);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.validator;
}

test('names every fault by its pointer', () => {
  const { problems } = validator({
    type: 'object',
    properties: {
      id: { type: 'string', pattern: '^C[0-9]+$' },
      lines: { type: 'array', items: { required: ['a/b'] } },
    },
    required: ['missing'],
    additionalProperties: false,
  });
  const found = problems({ id: 'x', lines: [{}, {}], extra: 1 }, 'INPUT_INVALID');
  expect(found.map(({ pointer, code }) => [pointer, code])).toEqual(
    expect.arrayContaining([
      ['', 'INPUT_INVALID'],
      ['/id', 'INPUT_INVALID'],
      ['/lines/0', 'INPUT_INVALID'],
      ['/lines/1', 'INPUT_INVALID'],
    ]),
  );
  expect(found.map(({ message }) => message).join()).toMatch(/missing.*|extra/);
});

test.each(['^(a+)+$', '^(a|a)*$', '(.*)*x', '^([a-z]+\\d*)+$'])('the hostile pattern %s answers in time', (pattern) => {
  const startedAt = performance.now();
  expect(validator({ type: 'string', pattern }).check(`${'a'.repeat(20_000)}!`)).toBe(false);
  // The native RegExp would take longer than the universe has lasted.
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test.each([
  ['^[\\u4e00-\\u9fa5]{2,4}$', '张三', 'ab'],
  ['^\\d{4}-\\d{2}-\\d{2}$', '2024-01-31', '2024-1-31'],
  ['^(?:CNY|USD)$', 'CNY', 'EUR'],
  ['a.c', 'xabcx', 'ac'],
])('the pattern %s takes %j and not %j', (pattern, yes, no) => {
  const { check } = validator({ type: 'string', pattern });
  expect([check(yes), check(no)]).toEqual([true, false]);
});

test.each(['(?=a)b', '(a)\\1', '[', '(?<!x)y'])('the pattern %s is refused when it is compiled', (pattern) => {
  expect(compilePattern(pattern)).toHaveProperty('problem');
  expect(compileSchema({ properties: { a: { pattern } } })).toMatchObject({
    ok: false,
    problems: [{ pointer: '/properties/a/pattern' }],
  });
});

test.each([
  ['^x-', true],
  ['^[a-z]+$', true],
  ['^\\d{3}$', true],
  ['^S_[A-Z]{1,8}$', true],
  ['[a-z]+', false],
  ['^(a+)+$', false],
  ['^a*b*$', false],
  ['^a+a+$', false],
  ['^(?:a)$', false],
  ['^a|b$', false],
])('%s is plain enough for keys: %s', (pattern, isPlain) => {
  expect(isPlainPattern(pattern)).toBe(isPlain);
});

test('uniqueItems is linear, also when it fails, and looks at values, not at the order of keys', () => {
  const { check, problems } = validator({ type: 'array', uniqueItems: true });
  expect([
    check([
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ]),
    check([1, '1', [1], { a: 1 }]),
  ]).toEqual([false, true]);
  const startedAt = performance.now();
  expect(check(Array.from({ length: 100_000 }, (_, index) => ({ index })))).toBe(true);
  expect(
    problems(
      Array.from({ length: 100_000 }, () => 1),
      'INPUT_INVALID',
    ),
  ).toHaveLength(1);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test.each([
  [{ type: 'integer' }, '1234567890123456789', true],
  [{ type: 'integer' }, '12', false],
  [{ type: 'integer' }, '1234567890123456.5', false],
  [{ type: 'integer' }, 1.5, false],
  [{ type: 'integer' }, 15, true],
  [{ type: 'number' }, '12345678901234567.89', true],
  [{ type: 'number' }, '12.5', false],
  [{ type: ['integer', 'null'] }, null, true],
  [{ type: ['integer', 'null'] }, false, false],
  [{ type: 'number', minimum: 5 }, 4, false],
])('with %j, %j fits: %s', (schema, value, fits) => {
  expect(validator(schema).check(value)).toBe(fits);
});

test.each([
  [{ $ref: '#/$defs/nope' }, '/$ref'],
  [{ $ref: 'https://evil.example/schema.json' }, '/$ref'],
  [{ properties: { a: 1 } }, '/properties/a'],
  [{ allOf: {} }, '/allOf'],
  [{ patternProperties: { '(a+)+': true } }, '/patternProperties/(a+)+'],
  [{ $ref: '#' }, ''],
])('the schema %j is not usable: %s', (schema, pointer) => {
  const compiled = compileSchema(schema);
  expect(compiled.ok ? [] : compiled.problems.map((problem) => problem.pointer)).toEqual([pointer]);
});

test('references within the document work, also recursive ones', () => {
  const { check } = validator({
    $ref: '#/$defs/tree',
    $defs: {
      tree: {
        type: 'object',
        properties: { kids: { type: 'array', items: { $ref: '#/$defs/tree' } } },
        additionalProperties: false,
      },
    },
  });
  expect([check({ kids: [{ kids: [] }] }), check({ kids: [{ x: 1 }] })]).toEqual([true, false]);
});

test("TypeBox's own keywords mean nothing in an author's schema", () => {
  expect(validator({ '~refine': [{ check: 1 }], '~guard': {} }).check(1)).toBe(true);
});

test('a schema cannot smuggle code into the validator that is generated from it', () => {
  const smuggled = `'"\`\${globalThis.smuggled = true}\\u2028*/ globalThis.smuggled = true //`;
  const { check } = validator({
    type: 'object',
    required: [smuggled],
    properties: { [smuggled]: { const: smuggled }, x: { enum: [smuggled], format: smuggled, title: smuggled } },
    $defs: { [smuggled]: { $anchor: smuggled } },
  });
  expect(check({ [smuggled]: smuggled, x: smuggled })).toBe(true);
  expect('smuggled' in globalThis).toBe(false);
});

test('the same schema is compiled once; false refuses everything', () => {
  const schema = { type: 'string' };
  expect(compileSchema(schema)).toBe(compileSchema(schema));
  expect([validator(false).check(1), validator(true).check(1)]).toEqual([false, true]);
});
