import { emptyScope, newDraft } from './edit-draft.ts';
import { type ExitRef, exitOf, openEnds, retarget, scopeOfExit } from './edit-exit.ts';
import { type Chunk, chunkOf, graft } from './edit-graft.ts';
import { freshId, type NewNode, newNode } from './edit-id.ts';
import { changeNode, changeScope, setAt } from './edit-path.ts';
import { movePlace, setPlaces } from './edit-place.ts';
import type { FlowDocument, NodeDraft, Place, ScopeAddress, ScopeDraft } from './flow-document.ts';
import { START_EXIT } from './graph.ts';
import { asJson, isRecord, partsOf } from './graph-node.ts';
import { indexOf } from './graph-scope.ts';

/** Where something comes into a flow. */
export type Spot =
  /** Between an exit and the node to which it leads. */
  | { readonly kind: 'exit'; readonly at: ExitRef }
  /** After a node; before it, if nothing can come after. */
  | { readonly kind: 'after'; readonly node: string }
  /** At the same time as a node. */
  | { readonly kind: 'beside'; readonly node: string }
  /** Somewhere in a scope: at its only open end, if it has just one. */
  | { readonly kind: 'scope'; readonly scope: ScopeAddress; readonly place?: Place };

/** Puts a new node where the spot says. Nothing changes where that is not possible. */
export function insert(document: FlowDocument, spot: Spot, node: NewNode): FlowDocument {
  if (spot.kind === 'beside') return addBeside(document, spot.node, node);
  if (spot.kind === 'scope') return addNode(document, { ...spot, node });
  const at = spot.kind === 'exit' ? spot.at : exitAfter(document, spot.node);
  return at ? insertOnExit(document, at, node) : document;
}

/** Puts a node into a scope. It becomes the start of an empty one, and follows the open end if there is just one. */
export function addNode(
  document: FlowDocument,
  { scope, node, place }: { readonly scope: ScopeAddress; readonly node: NewNode; readonly place?: Place },
): FlowDocument {
  const added = addChunk(document, scope, chunkOf(node.id, node.draft));
  return place && added !== document ? setPlaces(added, { [node.id]: place }) : added;
}

export function addChunk(document: FlowDocument, scope: ScopeAddress, chunk: Chunk): FlowDocument {
  const [end, ...others] = openEnds(document, scope);
  const at = others.length === 0 || end?.exit === START_EXIT ? end : undefined;
  return changeScope(document, scope, (draft) => graft(draft, chunk, at));
}

/** Splices a node in: the exit leads to it, and it leads to where the exit led before. */
function insertOnExit(document: FlowDocument, at: ExitRef, { id, draft }: NewNode): FlowDocument {
  const scope = scopeOfExit(document, at);
  return scope === undefined
    ? document
    : changeScope(document, scope, (within) => graft(within, chunkOf(id, draft), at));
}

/** The exit at which something goes that comes after a node: an open one first. Before a node that has none. */
export function exitAfter(document: FlowDocument, nodeId: string): ExitRef | undefined {
  const entry = indexOf(document).nodes.get(nodeId);
  const scope = entry && indexOf(document).scopes.get(entry.scope);
  if (!entry || !scope) return undefined;
  const exits = partsOf(entry.draft).exits.filter(({ kind }) => kind !== 'error');
  const isOpen = (target: string | undefined) => target === undefined || !Object.hasOwn(scope.nodes, target);
  const exit = exits.find(({ target }) => isOpen(target)) ?? exits[0];
  if (exit) return { source: nodeId, exit: exit.pointer };
  const before = Object.entries(scope.nodes).flatMap(([source, node]) =>
    partsOf(node).exits.flatMap((out) => (out.target === nodeId ? [{ source, exit: out.pointer }] : [])),
  );
  return before[0] ?? openerOf(document, entry.scope);
}

function openerOf(document: FlowDocument, address: ScopeAddress): ExitRef {
  const scope = indexOf(document).scopes.get(address);
  return { source: scope?.isBranch ? address : (scope?.container ?? '$start'), exit: START_EXIT };
}

/** Whether something can run at the same time as a node: it must go on to one place only. */
export function canRunBeside(document: FlowDocument, nodeId: string): boolean {
  const node = indexOf(document).nodes.get(nodeId)?.draft;
  if (!node) return false;
  if (partsOf(node).branches) return true;
  const { exits } = partsOf(node);
  return (
    exitOf(node, '/next') !== undefined &&
    exits.every(({ pointer, path, target }) => pointer === '/next' || path[0] === 'onError' || target === undefined)
  );
}

/**
 * Runs a node at the same time as another. A parallel gets a branch more, and so does the parallel around a node that is
 * alone in its branch; any other node is wrapped into a new parallel, to which its `next` and its error routes pass.
 */
export function addBeside(document: FlowDocument, nodeId: string, added: NewNode): FlowDocument {
  const index = indexOf(document);
  const entry = index.nodes.get(nodeId);
  const scope = entry && index.scopes.get(entry.scope);
  if (!entry || !scope || !canRunBeside(document, nodeId)) return document;
  const branch = { start: added.id, nodes: { [added.id]: added.draft } };
  if (partsOf(entry.draft).branches) return addBranch(document, nodeId, branch, added.id);
  const isAlone = scope.isBranch && scope.start === nodeId && Object.keys(scope.nodes).length === 1;
  if (isAlone && scope.container !== undefined) return addBranch(document, scope.container, branch, added.id);

  const { onError } = entry.draft;
  const next = exitOf(entry.draft, '/next')?.target;
  const inner = setAt(setAt(asJson(entry.draft), ['next'], undefined), ['onError'], undefined);
  const outer = newNode(document, newDraft('parallel'));
  const id = outer.id === added.id ? freshId(new Set([...index.nodes.keys(), added.id]), outer.id) : outer.id;
  const wrapped: NodeDraft = {
    ...outer.draft,
    branches: {
      [nodeId]: { start: nodeId, nodes: { [nodeId]: inner } },
      [added.id]: asJson(branch),
    },
    ...(onError === undefined ? {} : { onError }),
    ...(next === undefined ? {} : { next: next === nodeId ? id : next }),
  };
  const changed = changeScope(document, entry.scope, (within) => replaced(within, nodeId, { id, draft: wrapped }));
  return movePlace(changed, nodeId, id);
}

/** The scope with a node in the place of another, and everything that led to that leading to it. */
function replaced(scope: ScopeDraft, nodeId: string, { id, draft }: NewNode): ScopeDraft {
  const entries = Object.entries(scope.nodes).map(([other, node]) =>
    other === nodeId ? [id, draft] : [other, retarget(node, ({ target }) => (target === nodeId ? id : target))],
  );
  return { start: scope.start === nodeId ? id : scope.start, nodes: Object.fromEntries(entries) };
}

/** Adds a branch to a parallel, empty if none is given. Its name is the hint, or a letter, made unique. */
export function addBranch(
  document: FlowDocument,
  nodeId: string,
  branch: ScopeDraft = emptyScope,
  hint?: string,
): FlowDocument {
  return changeNode(document, nodeId, (node) => {
    const property = partsOf(node).branches;
    if (property === undefined) return node;
    const branches = node[property];
    const names = new Set(isRecord(branches) ? Object.keys(branches) : []);
    const name = freshId(
      names,
      hint ?? 'abcdefghijklmnopqrstuvwxyz'.split('').find((letter) => !names.has(letter)) ?? 'z',
    );
    return { ...node, [property]: { ...(isRecord(branches) ? branches : {}), [name]: asJson(branch) } };
  });
}
