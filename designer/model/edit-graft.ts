import { type ExitRef, exitOf, ledTo } from './edit-exit.ts';
import { setAt } from './edit-path.ts';
import type { NodeDraft, ScopeDraft } from './flow-document.ts';
import { START_EXIT } from './graph.ts';
import { asJson, partsOf } from './graph-node.ts';

/** Nodes that come into a scope together, linked among themselves only. */
export interface Chunk {
  readonly nodes: { readonly [nodeId: string]: NodeDraft };
  /** The node by which one enters it. */
  readonly head: string;
}

export const chunkOf = (id: string, draft: NodeDraft): Chunk => ({ nodes: { [id]: draft }, head: id });

/** The scope with a chunk put between an exit and the node to which it led; without an exit, just put in. */
export function graft(scope: ScopeDraft, chunk: Chunk, at: ExitRef | undefined): ScopeDraft {
  if (at === undefined) return { ...scope, nodes: { ...scope.nodes, ...chunk.nodes } };
  const isStart = at.exit === START_EXIT;
  const old = isStart ? scope.start : exitOf(scope.nodes[at.source], at.exit)?.target;
  const goesOn = old !== undefined && Object.hasOwn(scope.nodes, old);
  const nodes = goesOn ? continued(chunk, old) : chunk.nodes;
  // Beside its predecessor in the document too, where readers of the JSON and the layout look for it.
  const placed = isStart ? { ...nodes, ...scope.nodes } : putAfter(scope.nodes, at.source, nodes);
  return ledTo({ ...scope, nodes: placed }, at, chunk.head);
}

/** The chunk's nodes with the first open exit on the way from its head leading to `target`; if there is one. */
function continued({ nodes, head }: Chunk, target: string): Chunk['nodes'] {
  const seen = new Set<string>();
  const queue = [head];
  for (const id of queue) {
    const node = nodes[id];
    if (node === undefined || seen.has(id)) continue;
    seen.add(id);
    const exits = partsOf(node).exits.filter(({ kind }) => kind !== 'error');
    const open = exits.find((exit) => exit.target === undefined);
    if (open) return { ...nodes, [id]: setAt(asJson(node), open.path, target) as NodeDraft };
    queue.push(...exits.flatMap((exit) => exit.target ?? []));
  }
  return nodes;
}

function putAfter(nodes: ScopeDraft['nodes'], after: string, added: ScopeDraft['nodes']): ScopeDraft['nodes'] {
  return Object.fromEntries(
    Object.entries(nodes).flatMap((entry) => (entry[0] === after ? [entry, ...Object.entries(added)] : [entry])),
  );
}
