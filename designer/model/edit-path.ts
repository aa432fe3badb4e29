import type { Json } from '@heddle/engine/errors';
import type { FlowDocument, NodeDraft, ScopeAddress, ScopeDraft } from './flow-document.ts';
import { asJson, isRecord, type Path } from './graph-node.ts';
import { indexOf } from './graph-scope.ts';

/**
 * The value with `member` at `path`; undefined takes the property, or the item of a list, away. Objects on the way are
 * made where they are missing. Everything beside the path keeps its identity.
 */
export function setAt(value: Json | undefined, path: Path, member: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return member ?? null;
  if (Array.isArray(value)) {
    const items: Json[] = [...value];
    const at = Number(key);
    if (rest.length === 0 && member === undefined) items.splice(at, 1);
    else items[at] = rest.length === 0 ? (member ?? null) : setAt(items[at], rest, member);
    return items;
  }
  const owner = isRecord(value) ? value : {};
  const old = Object.hasOwn(owner, key) ? owner[key] : undefined;
  if (rest.length === 0) {
    if (old === member) return owner;
    if (member !== undefined) return { ...owner, [key]: member };
    const { [key]: _, ...others } = owner;
    return others;
  }
  return { ...owner, [key]: setAt(old, rest, member) };
}

/** The document with a node changed; the same document if there is no such node or it stays as it is. */
export function changeNode(
  document: FlowDocument,
  nodeId: string,
  change: (node: NodeDraft) => NodeDraft,
): FlowDocument {
  const entry = indexOf(document).nodes.get(nodeId);
  if (!entry) return document;
  const next = change(entry.draft);
  if (next === entry.draft) return document;
  return changeScope(document, entry.scope, (scope) => ({ ...scope, nodes: { ...scope.nodes, [nodeId]: next } }));
}

/** The document with a scope changed, well formed even if it was not before; `if` and `title` of a branch are kept. */
export function changeScope(
  document: FlowDocument,
  address: ScopeAddress,
  change: (scope: ScopeDraft) => ScopeDraft,
): FlowDocument {
  const entry = indexOf(document).scopes.get(address);
  if (!entry) return document;
  const scope: ScopeDraft = { start: entry.start, nodes: entry.nodes };
  const next = change(scope);
  if (next === scope || (next.start === scope.start && next.nodes === scope.nodes)) return document;
  const { start, nodes } = next;
  if (entry.container === undefined) return { ...document, start, nodes };
  const whole = { ...(isRecord(entry.draft) ? entry.draft : {}), start, nodes: asJson(nodes) };
  // The container is written anew by its own type's properties, so it is a node draft again.
  return changeNode(document, entry.container, (node) => setAt(asJson(node), entry.path, whole) as NodeDraft);
}
