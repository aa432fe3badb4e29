import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { catalogue, FlowError, pointer } from './errors.ts';

const page = readFileSync(fileURLToPath(new URL('../docs/errors.md', import.meta.url)), 'utf8');
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text] as const),
);

test.each(Object.entries(catalogue))('%s is explained: what happened, what was done, what to do', (code, facts) => {
  const text = sections.get(code) ?? '';
  expect(text).toMatch(/\*\*What happened\*\*: .+\n- \*\*What the engine has done\*\*: .+\n- \*\*What to do\*\*: .+/);
  expect(text.split('\n')[1]).toBe(`${facts.status}${facts.retryable ? ', retryable' : ''}`);
});

test('no code is explained that the engine does not have', () => {
  expect([...sections.keys()].filter((code) => !Object.hasOwn(catalogue, code))).toEqual([]);
});

describe('an error', () => {
  test('knows its status and whether trying again can help by its code', () => {
    const error = new FlowError('OVERLOADED', 'too much', { details: { retryAfterMs: 5 } });
    expect([error.name, error.status, error.retryable, error.details]).toEqual([
      'FlowError',
      503,
      true,
      { retryAfterMs: 5 },
    ]);
  });

  test('keeps its cause', () => {
    const cause = new Error('disk full');
    expect(new FlowError('STORE_UNAVAILABLE', 'no', { cause }).cause).toBe(cause);
    expect('cause' in new FlowError('STORE_UNAVAILABLE', 'no')).toBe(false);
  });
});

test.each([
  { segments: [], text: '' },
  { segments: ['nodes', 'a', 0], text: '/nodes/a/0' },
  { segments: ['a/b', 'c~d', '~1'], text: '/a~1b/c~0d/~01' },
])('$segments is the pointer $text', ({ segments, text }) => {
  expect(pointer(...segments)).toBe(text);
});
