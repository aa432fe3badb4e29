import type { Step } from '@heddle/engine/api/contract';
import type { NodeMark } from '../canvas/index.ts';
import { nodeIds } from './event-names.ts';

/** The status of a step as people see it: what waits for the world or for time does not run. */
export function stateOf(step: Pick<Step, 'status' | 'type'>): string {
  return step.status === 'running' && ['event', 'task', 'wait', 'subflow'].includes(step.type)
    ? 'waiting'
    : step.status;
}

/** How a node of a run stands, over all its visits. */
export interface NodeStatus {
  readonly status: string;
  readonly visits: number;
  readonly attempts: number;
  /** Of a choice: the exit last taken. */
  readonly port?: string;
  /** Of the visit that failed last. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** What matters most among the visits of a node comes first. */
const weight = [
  'incident',
  'running',
  'waiting',
  'retrying',
  'asking',
  'undoing',
  'failed',
  'cancelled',
  'undone',
  'completed',
];
const weightOf = (status: string) => (weight.includes(status) ? weight.indexOf(status) : weight.length);

export function nodeStatuses(steps: readonly Step[]): { readonly [nodeId: string]: NodeStatus } {
  const nodes: Record<string, NodeStatus> = {};
  for (const step of steps) {
    const before = nodes[step.node];
    const port = step.port ?? before?.port;
    const error = step.error ?? before?.error;
    const status = stateOf(step);
    nodes[step.node] = {
      status: before && weightOf(before.status) < weightOf(status) ? before.status : status,
      visits: (before?.visits ?? 0) + 1,
      attempts: Math.max(before?.attempts ?? 0, step.attempts),
      ...(port === undefined ? {} : { port }),
      ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    };
  }
  return nodes;
}

const MARKS: { readonly [status: string]: NonNullable<NodeMark['status']> } = {
  running: 'running',
  retrying: 'running',
  asking: 'running',
  undoing: 'running',
  waiting: 'waiting',
  completed: 'completed',
  failed: 'failed',
  incident: 'failed',
  cancelled: 'cancelled',
  undone: 'compensated',
};

/** What the canvas shows at each node; with `isOver` also where the run did not go. */
export function marksOf(
  statuses: { readonly [nodeId: string]: NodeStatus },
  document: object,
  isOver: boolean,
): { readonly [nodeId: string]: NodeMark } {
  const marks: Record<string, NodeMark> = {};
  for (const id of isOver ? nodeIds(document) : []) marks[id] = { status: 'skipped' };
  for (const [id, { status, attempts, port }] of Object.entries(statuses)) {
    const mark = MARKS[status];
    marks[id] = {
      ...(mark === undefined ? {} : { status: mark }),
      ...(attempts > 1 ? { attempts } : {}),
      ...(port === undefined ? {} : { exit: exitOf(port) }),
    };
  }
  return marks;
}

/** `when:0` as a JSON pointer into the node. */
function exitOf(port: string): string {
  const [list, at] = port.split(':');
  return at === undefined ? `/${port}` : `/${list}/${at}/next`;
}

/** The step that went wrong first: what a person should look at. */
export function firstFailure(steps: readonly Step[]): Step | undefined {
  return steps
    .filter((step) => ['failed', 'incident', 'asking', 'retrying'].includes(step.status) && step.error !== undefined)
    .sort((a, b) => (a.endedAt ?? a.startedAt) - (b.endedAt ?? b.startedAt))[0];
}
