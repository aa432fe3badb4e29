import { expect, test } from 'vitest';
import { joinProblems, nodeOf, severityByNode, withinNode } from './problems.ts';

test.each([
  ['/nodes/a/input/id', 'a', '/input/id'],
  ['/nodes/items/do/nodes/debit/next', 'debit', '/next'],
  ['/nodes/a', 'a', ''],
  ['/output/x', undefined, '/output/x'],
])('%s lies in node %s at "%s"', (pointer, node, rest) => {
  expect(nodeOf(pointer)).toBe(node);
  expect(withinNode(pointer)).toBe(rest);
});

test('an error outweighs a warning at the same node', () => {
  const problems = [
    { pointer: '/nodes/a/x', code: 'c', message: 'm', severity: 'warning' as const },
    { pointer: '/nodes/a/y', code: 'c', message: 'm' },
    { pointer: '/nodes/a/z', code: 'c', message: 'm', severity: 'warning' as const },
  ];
  expect(severityByNode(problems).get('a')).toBe('error');
});

test('what both checks say is said once, errors first', () => {
  const warning = { pointer: '/a', code: 'w', message: 'm', severity: 'warning' as const };
  const error = { pointer: '/b', code: 'e', message: 'm' };
  expect(joinProblems([warning, error], [{ ...error }])).toEqual([error, warning]);
});
