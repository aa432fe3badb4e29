import { expect, test } from 'vitest';
import { type Flow, parse } from '../definition/index.ts';
import type { Json } from '../errors.ts';
import { begin } from '../kernel/index.ts';
import { nodeTypes } from '../nodes/index.ts';
import { compile } from './compile.ts';
import { defaultLimits } from './program.ts';

function resultOf(document: Json, input: Json, limits: Partial<typeof defaultLimits>, depth = 0) {
  const parsed = parse(document, nodeTypes);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const program = compile(parsed.flow as Flow, { limits: { ...defaultLimits, ...limits } });
  return begin(program, { runId: 'r', input, at: 0, depth }).run.result;
}

const each = {
  id: 'each',
  start: 'all',
  nodes: {
    all: { type: 'forEach', items: { $: { var: 'input' } }, do: { start: 'one', nodes: { one: { type: 'end' } } } },
  },
};

test('the bounds of runs are those that the program was compiled with', () => {
  expect(resultOf(each, [1, 2], { maxItems: 2 })).toMatchObject({ status: 'completed' });
  expect(resultOf(each, [1, 2, 3], { maxItems: 2 })).toMatchObject({
    status: 'failed',
    error: { code: 'FAN_OUT_LIMIT' },
  });
  const child = { id: 'parent', start: 'sub', nodes: { sub: { type: 'subflow', flow: 'child' } } };
  expect(resultOf(child, {}, { maxDepth: 1 }, 1)).toMatchObject({ error: { code: 'DEPTH_LIMIT' } });
});
