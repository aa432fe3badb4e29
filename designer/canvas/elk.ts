import type { ElkNode as Answer } from 'elkjs/lib/elk-api.js';
import type { ArrangeGraph, ElkNode } from '../model/layout-arrange.ts';

interface Elk {
  layout(graph: Answer): Promise<Answer>;
}

let elk: Promise<Elk> | undefined;

/** ELK is large and slow to start, so it is loaded when something is first arranged, and works in a worker of its own. */
async function started(): Promise<Elk> {
  const [{ default: Elk }, { default: ElkWorker }] = await Promise.all([
    import('elkjs/lib/elk-api.js'),
    import('elkjs/lib/elk-worker.min.js?worker'),
  ]);
  return new Elk({ workerFactory: () => new ElkWorker() });
}

const MAX_REMEMBERED = 500;
const remembered = new Map<string, Promise<ElkNode>>();

/** Arranges one graph. The same question is answered from memory, so that an edit costs only the scopes that it touched. */
export const arrangeByElk: ArrangeGraph = (graph) => {
  const key = JSON.stringify(graph);
  const known = remembered.get(key);
  if (known) return known;
  elk ??= started();
  // ELK's own types are mutable; it works on a copy in its worker.
  const answer = elk.then((ready) => ready.layout(JSON.parse(key) as Answer)) as Promise<unknown> as Promise<ElkNode>;
  if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
  remembered.set(key, answer);
  answer.catch(() => remembered.delete(key));
  return answer;
};
