import { expect, test } from 'vitest';
import { membersOf, preview, SLICE, shapeOf, sizeOf, truncated } from './slices.ts';

test('of a long list only the first slice is touched', () => {
  const list = Array.from({ length: 1_000_000 }, (_, index) => index);
  expect([sizeOf(list), membersOf(list, SLICE).length, membersOf(list, SLICE)[99]]).toEqual([
    1_000_000,
    100,
    ['99', 99],
  ]);
});

test.each([
  { value: null, shape: 'null' },
  { value: [], shape: 'array' },
  { value: {}, shape: 'object' },
  { value: '', shape: 'string' },
  { value: 0, shape: 'number' },
  { value: false, shape: 'boolean' },
])('$value is shown as $shape', ({ value, shape }) => {
  expect(shapeOf(value)).toBe(shape);
});

test('a folded value says what is in it, in one line', () => {
  expect(preview({ a: 1, b: 2 })).toBe('{ a, b }');
  expect(preview([1, 2, 3])).toBe('[3]');
  expect(preview(Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`name${index}`, 1])))).toContain('…');
});

test('a value that the engine has cut is known by its mark', () => {
  expect(truncated({ $truncated: { bytes: 5, beginning: '[1' } })).toEqual({ bytes: 5, beginning: '[1' });
  expect(truncated({ $truncated: 'no' })).toBeUndefined();
  expect(truncated('text')).toBeUndefined();
});
