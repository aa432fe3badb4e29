import { expect, test } from 'vitest';
import { pointerTo } from './pointer.ts';

test('a pointer leads by names that have slashes and tildes, too', () => {
  expect(pointerTo('headers', 'a/b~c', 0)).toBe('/headers/a~1b~0c/0');
  expect(pointerTo()).toBe('');
});
