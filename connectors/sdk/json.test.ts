import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJson } from './json.ts';

function problemOf(text: string, maxDepth?: number) {
  const result = readJson(text, maxDepth === undefined ? {} : { maxDepth });
  if (result.ok) throw new Error(`accepted: ${text}`);
  return result.problem;
}

test('reads whatever JSON.parse reads without loss, to the same value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      fc.pre(!text.includes('__proto__'));
      const result = readJson(text);
      // Random doubles with an exponent are exact by construction: JSON.stringify wrote their shortest form.
      const expected: unknown = JSON.parse(text, (_key, value) =>
        typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21
          ? String(value)
          : value,
      );
      expect(result).toEqual({ ok: true, value: expected });
    }),
  );
});

test.each(['{"a":1,"a":1}', '{"a":{"b":1,"c":[],"b":2}}', '[0,{"a":1,"\\u0061":2}]', '{"a:":":","a:":","}'])(
  'refuses a key that occurs twice: %s',
  (text) => {
    expect(problemOf(text).message).toContain('twice');
  },
);

test('names the place of the second occurrence', () => {
  expect(problemOf('{"x":[{"k":1},{"k":1,"a/b":{"c":1,"c":2}}]}')).toMatchObject({
    pointer: '/x/1/a~1b/c',
    offset: 34,
  });
});

test.each(['{"__proto__":1}', '{"a":[{"\\u005f_proto__":{"admin":true}}]}'])(
  'refuses the key __proto__: %s',
  (text) => {
    expect(problemOf(text).message).toContain('__proto__');
  },
);

test('a text that only mentions __proto__ is taken', () => {
  expect(readJson('{"note":"__proto__"}')).toEqual({ ok: true, value: { note: '__proto__' } });
});

test.each([
  ['9007199254740991', 9_007_199_254_740_991],
  ['9007199254740992', '9007199254740992'],
  ['-9007199254740993', '-9007199254740993'],
  ['1234567890123456789', '1234567890123456789'],
  ['0.1', 0.1],
  ['0.30000000000000004', 0.30000000000000004],
  ['0.3000000000000000412', '0.3000000000000000412'],
  ['12345678901234567.89', '12345678901234567.89'],
  ['1.50000000000000000000', 1.5],
  ['1e20', 1e20],
  ['1.5e300', 1.5e300],
  ['1e-400', '1e-400'],
  ['-0', -0],
  ['0.000000000000000000', 0],
])('reads %s as %j', (text, value) => {
  expect(readJson(text)).toEqual({ ok: true, value });
  expect(readJson(`{"a":[${text},"${text}"],"b":${text}}`)).toEqual({
    ok: true,
    value: { a: [value, text], b: value },
  });
});

test('two 19-digit ids that JSON.parse takes for one stay different', () => {
  const [first, second] = ['1234567890123456788', '1234567890123456789'];
  expect(JSON.parse(first)).toBe(JSON.parse(second));
  expect(readJson(first)).not.toEqual(readJson(second));
});

test.each(['1e400', '{"a":-1e309}'])('refuses %s, which would become infinite', (text) => {
  expect(problemOf(text).message).toContain('too large');
});

test('refuses nesting past the limit and takes it up to the limit', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(readJson(nested(64)).ok).toBe(true);
  expect(problemOf(nested(65))).toMatchObject({ offset: 64 });
  expect(problemOf('['.repeat(1_000_000)).message).toContain('nested');
  expect(problemOf('{"a":{}}', 1).message).toContain('1 level');
});

test.each(['', '{', '{"a":1,}', '01', '"a', 'nul', "{'a':1}", '[1 2]', '-', '1.', '"\\'])(
  'refuses malformed %j',
  (text) => {
    expect(problemOf(text).message).toContain('not JSON');
  },
);

test('an error message never repeats the text, which may be secret', () => {
  for (const text of ['{"password":"hunter2" x', 'hunter2', '{"a":hunter2}']) {
    expect(problemOf(text).message).not.toContain('hunter2');
  }
});

test('brackets, colons and digits within strings mean nothing', () => {
  const value = { 'a:{[': '{"x":1}\\"[[[[', 数字: '12345678901234567890', 'q"': '\\' };
  expect(readJson(JSON.stringify(value), { maxDepth: 1 })).toEqual({ ok: true, value });
});
