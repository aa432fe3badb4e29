import type { Problem } from '@heddle/engine/errors';

/** The node that a problem's pointer lies in, the innermost: `/nodes/a/do/nodes/b/input` is in `b`. */
export function nodeOf(pointer: string): string | undefined {
  const found = /^.*\/nodes\/([^/]+)/.exec(pointer)?.[1];
  return found?.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** What of a pointer lies within its node: `/input/id`; the whole pointer when it lies in none. */
export function withinNode(pointer: string): string {
  return pointer.replace(/^.*\/nodes\/[^/]+/, '');
}

export const isError = (problem: Problem): boolean => problem.severity !== 'warning';

/** The worst that is wrong with each node. */
export function severityByNode(problems: readonly Problem[]): ReadonlyMap<string, 'error' | 'warning'> {
  const worst = new Map<string, 'error' | 'warning'>();
  for (const problem of problems) {
    const node = nodeOf(problem.pointer);
    if (node !== undefined && (isError(problem) || !worst.has(node)))
      worst.set(node, isError(problem) ? 'error' : 'warning');
  }
  return worst;
}

/** Two lists as one, what both say once, errors first. */
export function joinProblems(a: readonly Problem[], b: readonly Problem[]): Problem[] {
  const all = new Map(
    [...a, ...b].map((problem) => [`${problem.pointer} ${problem.code} ${problem.message}`, problem]),
  );
  return [...all.values()].sort((x, y) => Number(isError(y)) - Number(isError(x)));
}
