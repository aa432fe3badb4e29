import type { Step } from '@heddle/engine/api/contract';
import { exitOfPort, type NodeMark, type NodeMarks } from '../canvas/marks.ts';
import type { FlowDocument, NodeDraft } from '../model/flow-document.ts';
import { indexOf } from '../model/graph-scope.ts';
import { type NodeStatus, nodeStatuses } from '../runs/node-status.ts';

const shown: Readonly<Record<string, NonNullable<NodeMark['status']>>> = {
  completed: 'completed',
  failed: 'failed',
  incident: 'failed',
  waiting: 'waiting',
  cancelled: 'cancelled',
  undone: 'compensated',
};

/**
 * How a run went, for the canvas: the state of each node and the exit by which it was left. Once the run is over, nodes
 * that it never came to are marked as skipped.
 */
export function stepMarks(document: FlowDocument, steps: readonly Step[], isOver: boolean): NodeMarks {
  const statuses = nodeStatuses(steps);
  const marks: Record<string, NodeMark> = {};
  for (const [id, { draft }] of indexOf(document).nodes) {
    const status = statuses[id];
    if (status === undefined) {
      if (isOver) marks[id] = { status: 'skipped' };
      continue;
    }
    const exit = exitOf(draft, status);
    marks[id] = {
      status: shown[status.status] ?? 'running',
      ...(status.attempts > 1 ? { attempts: status.attempts } : {}),
      ...(exit === undefined ? {} : { exit }),
    };
  }
  return marks;
}

/** JSON pointer of the exit taken: a choice tells it, an error has its route, everything else has `next`. */
function exitOf(draft: NodeDraft, { port, error, status }: NodeStatus): string | undefined {
  if (port !== undefined) return exitOfPort(port);
  if (status === 'failed' && error !== undefined) {
    for (const list of ['onError', 'catch']) {
      const routes = Array.isArray(draft[list]) ? (draft[list] as readonly { readonly code?: string }[]) : [];
      const at = routes.findIndex((route) => route.code === '*' || route.code === error.code);
      if (at >= 0) return `/${list}/${at}/next`;
    }
  }
  return undefined;
}
