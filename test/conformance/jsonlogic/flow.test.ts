import { compile } from '@heddle/engine/compile/index';
import { type Flow, parse } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { begin } from '@heddle/engine/kernel/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { describe, expect, test } from 'vitest';
import { classicCases, deliberateDifferences } from './cases.ts';

/** Runs a rule as the output of a flow of one node, with the case's data as the flow's input. */
function runInFlow(rule: Json, input: Json) {
  const document = { id: 'rule', start: 'out', nodes: { out: { type: 'end', output: { $: rule } } } };
  const parsed = parse(document, nodeTypes);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; '));
  return begin(compile(parsed.flow as Flow), { runId: 'r', input, at: 0 }).run.result;
}

const cases = classicCases();
const differs = (candidate: (typeof cases)[number]) => deliberateDifferences.find(({ matches }) => matches(candidate.description));

test('the suite is whole', () => {
  expect(cases).toHaveLength(278);
});

describe('every classic case gives its published result through a flow', () => {
  test.each(cases.filter((candidate) => !differs(candidate)))('$description', ({ rule, data, expected }) => {
    expect(runInFlow(rule, data)).toEqual({ status: 'completed', output: expected });
  });
});

describe('a deliberate difference fails the run with the code that its reason names', () => {
  test.each(cases.filter(differs))('$description', (candidate) => {
    expect(runInFlow(candidate.rule, candidate.data)).toMatchObject({ status: 'failed', error: { code: differs(candidate)?.code } });
  });
});
