import { retarget } from './edit-exit.ts';
import { changeNode, changeScope, setAt } from './edit-path.ts';
import { forgetPlaces } from './edit-place.ts';
import type { FlowDocument, NodeDraft, ScopeAddress, ScopeDraft } from './flow-document.ts';
import { asJson, isRecord, partsOf } from './graph-node.ts';
import { addressOf, indexOf, nodesWithin } from './graph-scope.ts';

/** Removes nodes with all that they hold. What led to one of them leads to where it went on. */
export function removeNodes(document: FlowDocument, ids: readonly string[]): FlowDocument {
  const index = indexOf(document);
  const found = ids.filter((id) => index.nodes.has(id));
  if (found.length === 0) return document;
  const inside = new Set(found.flatMap((id) => nodesWithin(index, id)));
  const top = found.filter((id) => !inside.has(id));
  const scopes = new Set(top.map((id) => index.nodes.get(id)?.scope ?? ''));
  const removed = [...scopes].reduce(
    (changed, scope) => changeScope(changed, scope, (draft) => without(draft, new Set(top))),
    document,
  );
  return forgetPlaces(removed, new Set([...top, ...inside]));
}

/** The scope without nodes, healed. */
function without(scope: ScopeDraft, removed: ReadonlySet<string>): ScopeDraft {
  const after = (id: string | undefined, seen: readonly string[] = []): string | undefined => {
    if (id === undefined || !removed.has(id)) return id;
    const node = scope.nodes[id];
    if (node === undefined || seen.includes(id)) return undefined;
    return after(mainTarget(node, scope), [...seen, id]);
  };
  const entries = Object.entries(scope.nodes).flatMap(([id, node]): [string, NodeDraft][] => {
    if (removed.has(id)) return [];
    const healed = retarget(node, ({ target }) => {
      if (target === undefined || !removed.has(target)) return target;
      const next = after(target);
      // To lead a node to itself would make it run for ever.
      return next === id ? undefined : next;
    });
    return [[id, healed]];
  });
  const nodes = Object.fromEntries(entries);
  const start = after(Object.hasOwn(scope.nodes, scope.start) ? scope.start : undefined);
  return { start: start ?? (removed.has(scope.start) ? firstOf(nodes) : scope.start), nodes };
}

/** Where a node goes on, as far as one can say: by its first exit that leads somewhere, errors aside. */
function mainTarget(node: NodeDraft, scope: ScopeDraft): string | undefined {
  return partsOf(node).exits.find(
    ({ kind, target }) => kind !== 'error' && target !== undefined && Object.hasOwn(scope.nodes, target),
  )?.target;
}

/** A node to which no other leads, else the first; empty when there is none. */
function firstOf(nodes: ScopeDraft['nodes']): string {
  const led = new Set(Object.values(nodes).flatMap((node) => partsOf(node).exits.map(({ target }) => target)));
  const ids = Object.keys(nodes);
  return ids.find((id) => !led.has(id)) ?? ids[0] ?? '';
}

/** Removes a branch with all that it holds; with the last branch goes its parallel. */
export function removeBranch(document: FlowDocument, address: ScopeAddress): FlowDocument {
  const index = indexOf(document);
  const scope = index.scopes.get(address);
  if (!scope?.isBranch || scope.container === undefined) return document;
  const { container, path } = scope;
  const siblings = index.nodes.get(container)?.draft[String(path[0])];
  if (isRecord(siblings) && Object.keys(siblings).length <= 1) return removeNodes(document, [container]);
  const held = Object.keys(scope.nodes).flatMap((id) => [id, ...nodesWithin(index, id)]);
  const removed = changeNode(document, container, (node) => setAt(asJson(node), path, undefined) as NodeDraft);
  return forgetPlaces(removed, new Set([...held, address]));
}

/** Gives a branch another name; its order is kept. Nothing changes if the name is taken. */
export function renameBranch(document: FlowDocument, address: ScopeAddress, name: string): FlowDocument {
  const scope = indexOf(document).scopes.get(address);
  if (!scope?.isBranch || scope.container === undefined) return document;
  const [property, old] = scope.path.map(String);
  return changeNode(document, scope.container, (node) => {
    const branches = property === undefined ? undefined : node[property];
    if (property === undefined || !isRecord(branches) || Object.hasOwn(branches, name)) return node;
    const renamed = Object.entries(branches).map(([key, branch]) => [key === old ? name : key, branch] as const);
    return { ...node, [property]: Object.fromEntries(renamed) };
  });
}

/** The address that a branch has under another name. */
export function addressOfBranch(document: FlowDocument, address: ScopeAddress, name: string): ScopeAddress {
  const scope = indexOf(document).scopes.get(address);
  return scope?.container === undefined ? address : addressOf(scope.container, [...scope.path.slice(0, -1), name]);
}
