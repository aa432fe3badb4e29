import { changeNode, changeScope, setAt } from './edit-path.ts';
import type { FlowDocument, NodeDraft, ScopeAddress, ScopeDraft } from './flow-document.ts';
import { START, START_EXIT } from './graph.ts';
import { asJson, type Exit, isRecord, partsOf } from './graph-node.ts';
import { addressOf, indexOf } from './graph-scope.ts';

/** An exit of a node, or with the exit `start` the entry of the flow, of a container or of a lane. */
export interface ExitRef {
  /** A node, `$start`, or a lane's address. */
  readonly source: string;
  readonly exit: string;
}

/** The scope within which an exit leads; undefined if there is no such exit. */
export function scopeOfExit(document: FlowDocument, { source, exit }: ExitRef): ScopeAddress | undefined {
  const index = indexOf(document);
  const node = index.nodes.get(source);
  if (exit !== START_EXIT) {
    return node && partsOf(node.draft).exits.some(({ pointer }) => pointer === exit) ? node.scope : undefined;
  }
  if (source === START) return '';
  if (index.scopes.get(source)?.isBranch) return source;
  const only = node && partsOf(node.draft).scopes.find(({ isBranch }) => !isBranch);
  return only && addressOf(source, only.path);
}

/** The node to which an exit leads; undefined if it is open or leads to a node that is not there. */
export function targetOf(document: FlowDocument, ref: ExitRef): string | undefined {
  const scope = indexOf(document).scopes.get(scopeOfExit(document, ref) ?? '?');
  if (!scope) return undefined;
  const target = ref.exit === START_EXIT ? scope.start : exitOf(scope.nodes[ref.source], ref.exit)?.target;
  return target !== undefined && Object.hasOwn(scope.nodes, target) ? target : undefined;
}

export function exitOf(node: NodeDraft | undefined, pointer: string): Exit | undefined {
  return node && partsOf(node).exits.find((exit) => exit.pointer === pointer);
}

/** The nodes to which an exit may be connected: those of its scope, without its own node. */
export function validTargets(document: FlowDocument, ref: ExitRef): ReadonlySet<string> {
  const scope = indexOf(document).scopes.get(scopeOfExit(document, ref) ?? '?');
  return new Set(Object.keys(scope?.nodes ?? {}).filter((id) => id !== ref.source));
}

/** Leads an exit to a node. Nothing changes where that is not allowed. */
export function connect(document: FlowDocument, ref: ExitRef, target: string): FlowDocument {
  const scope = scopeOfExit(document, ref);
  if (scope === undefined || !validTargets(document, ref).has(target)) return document;
  return changeScope(document, scope, (draft) => ledTo(draft, ref, target));
}

/** Opens an exit. A route for errors that leads nowhere would mean nothing, so it is removed. */
export function disconnect(document: FlowDocument, { source, exit }: ExitRef): FlowDocument {
  if (exit === START_EXIT) return document;
  return changeNode(document, source, (node) => retarget(node, (at) => (at.pointer === exit ? undefined : at.target)));
}

/** The scope with one of its exits leading to a node of it. */
export function ledTo(scope: ScopeDraft, { source, exit }: ExitRef, target: string): ScopeDraft {
  if (exit === START_EXIT) return { ...scope, start: target };
  const node = scope.nodes[source];
  const at = exitOf(node, exit);
  if (!node || !at) return scope;
  return { ...scope, nodes: { ...scope.nodes, [source]: setAt(asJson(node), at.path, target) as NodeDraft } };
}

/** The node with each exit leading where `next` says; undefined opens it, and removes a route for errors. */
export function retarget(node: NodeDraft, next: (exit: Exit) => string | undefined): NodeDraft {
  // From the last to the first, so that removing an item does not move those still to come.
  return partsOf(node).exits.reduceRight((draft, exit) => {
    const target = next(exit);
    if (target === exit.target) return draft;
    if (target !== undefined || exit.kind !== 'error') return setAt(asJson(draft), exit.path, target) as NodeDraft;
    const [list = '', item = 0] = exit.path;
    const without = setAt(asJson(draft), [list, item], undefined);
    const rest = isRecord(without) ? without[list] : undefined;
    return (Array.isArray(rest) && rest.length === 0 ? setAt(without, [list], undefined) : without) as NodeDraft;
  }, node);
}

/** The exits of a scope that lead nowhere, its start included; routes for errors are none. */
export function openEnds(document: FlowDocument, address: ScopeAddress): readonly ExitRef[] {
  const scope = indexOf(document).scopes.get(address);
  if (!scope) return [];
  const isOpen = (target: string | undefined) => target === undefined || !Object.hasOwn(scope.nodes, target);
  const opener = scope.isBranch ? address : (scope.container ?? START);
  const start = isOpen(scope.start) ? [{ source: opener, exit: START_EXIT }] : [];
  const exits = Object.entries(scope.nodes).flatMap(([source, node]) =>
    partsOf(node)
      .exits.filter((exit) => exit.kind !== 'error' && isOpen(exit.target))
      .map((exit) => ({ source, exit: exit.pointer })),
  );
  return [...start, ...exits];
}
