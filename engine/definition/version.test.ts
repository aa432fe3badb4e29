import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { JsonObject } from '../errors.ts';
import { contentHash } from './index.ts';

const flow: JsonObject = {
  id: 'x',
  start: 'a',
  nodes: { a: { type: 'end', outcome: 'done' } },
  layout: { a: { x: 0, y: 0 } },
};

test('the layout does not change the version', () => {
  const { layout: _layout, ...bare } = flow;
  expect(contentHash(bare)).toBe(contentHash(flow));
  expect(contentHash({ ...flow, layout: { a: { x: 9, note: 'here' } } })).toBe(contentHash(flow));
});

test('the order of members does not change the version, the order of lists and every value does', () => {
  const { id, start, nodes, layout } = flow;
  const same = contentHash(flow);
  expect(contentHash({ layout, nodes, start, id } as JsonObject)).toBe(same);
  expect(contentHash({ ...flow, tags: ['a', 'b'] })).not.toBe(contentHash({ ...flow, tags: ['b', 'a'] }));
  expect(contentHash({ ...flow, nodes: { a: { type: 'end', outcome: 'other' } } })).not.toBe(same);
  expect(contentHash({ ...flow, nodes: { a: { type: 'end', outcome: 'done', layout: 1 } } })).not.toBe(same);
});

test('the version is the SHA-256 of the canonical text', () => {
  const text = '{"a":[true,null,"织"],"b":1}';
  expect(contentHash({ b: 1, a: [true, null, '织'] })).toBe(createHash('sha256').update(text).digest('hex'));
});
