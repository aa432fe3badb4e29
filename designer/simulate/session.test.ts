import { readFileSync } from 'node:fs';
import { type Flow, parse } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { expect, test } from 'vitest';
import { type Answer, isOver, runOn, startSimulation, stepOnce, stepsOf } from './session.ts';

const none: ReadonlySet<string> = new Set();
const say =
  (outputs: { readonly [node: string]: Json }): Answer =>
  (effect) => ({
    output: outputs[effect.node] ?? {},
  });

function flowOf(nodes: Json, start = 'a'): Flow {
  const parsed = parse({ id: 'f', start, nodes } as Json, nodeTypes);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.flow;
}

const branching = flowOf({
  a: { type: 'call', service: 's', operation: 'o', next: 'pick' },
  pick: { type: 'choice', when: [{ if: { '>': [{ var: 'steps.a.n' }, 1] }, next: 'big' }], otherwise: 'small' },
  big: { type: 'end', outcome: 'big' },
  small: { type: 'end', outcome: 'small' },
});

test.each([
  [2, 'big'],
  [1, 'small'],
])('takes the way that the mocked answer %i leads to', (n, outcome) => {
  const done = runOn(startSimulation(branching, {}, 0), say({ a: { n } }), none);
  expect(done.run.result).toMatchObject({ status: 'completed', outcome });
  expect(stepsOf(done).map((step) => step.node)).toEqual(['a', 'pick', outcome]);
});

test('a mocked error goes the way of an error', () => {
  const flow = flowOf({
    a: { type: 'call', service: 's', operation: 'o', onError: [{ code: 'SERVICE_REFUSED', next: 'sorry' }] },
    sorry: { type: 'end', outcome: 'sorry' },
  });
  const done = runOn(startSimulation(flow, {}, 0), () => ({ error: { code: 'SERVICE_REFUSED' } }), none);
  expect(done.run.result).toMatchObject({ outcome: 'sorry' });
});

test('stops where a node with a breakpoint has begun, before it is answered', () => {
  const flow = flowOf({
    a: { type: 'call', service: 's', operation: 'o', next: 'b' },
    b: { type: 'call', service: 's', operation: 'o' },
  });
  const stopped = runOn(startSimulation(flow, {}, 0), say({ a: 1, b: 2 }), new Set(['b']));
  expect(isOver(stopped)).toBe(false);
  expect(stepsOf(stopped).map(({ node, status }) => [node, status])).toEqual([
    ['a', 'completed'],
    ['b', 'running'],
  ]);
  expect(stepOnce(stopped, say({ b: 2 })).run.result).toMatchObject({ status: 'completed', output: 2 });
});

test('waits pass at once on the simulated clock, events and tasks are answered by their mocks', () => {
  const flow = flowOf({
    a: { type: 'wait', for: 'PT2H', next: 'paid' },
    paid: { type: 'event', name: 'paid', timeout: '1h', next: 'approve' },
    approve: { type: 'task', assignees: ['li', 'wang'], need: 2, actions: [{ id: 'yes' }], due: '1d' },
  });
  const done = runOn(
    startSimulation(flow, {}, 0),
    say({ paid: { by: 'card' }, approve: { action: 'yes', data: {} } }),
    none,
  );
  expect(done.at).toBeGreaterThanOrEqual(7_200_000);
  expect(done.run.result).toMatchObject({ status: 'completed', output: { action: 'yes' } });
  expect(stepsOf(done).map((step) => step.status)).toEqual(['completed', 'completed', 'completed']);
});

test.each(['account-360', 'bill-discount', 'corp-payment', 'credit-watch', 'online-loan', 'payroll'])(
  'the sample flow %s comes to an end, right or wrong, whatever is answered',
  (name) => {
    const path = new URL(`../../flows/${name}/flow.json`, import.meta.url);
    const parsed = parse(JSON.parse(readFileSync(path, 'utf8')) as Json, nodeTypes);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const input = { customerId: 'C0001', amount: '10.00' };
    const done = runOn(startSimulation(parsed.flow, input, 0), () => ({ output: {} }), none);
    expect(isOver(done)).toBe(true);
  },
);
