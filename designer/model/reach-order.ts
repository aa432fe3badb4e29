import { fieldsOfNode, nodesOf, placesOf, scopesOfNode } from './data-place.ts';
import type { FlowDocument, ScopeDraft } from './flow-document.ts';

/**
 * Puts steps in the order in which an author thinks of them: those just before a node first, then those before the
 * container that it stands in. What stands in a container comes right after it.
 *
 * @param nodeId undefined: seen from the end of the flow
 */
export function nearestFirst(
  document: FlowDocument,
  nodeId: string | undefined,
  steps: ReadonlySet<string>,
): readonly string[] {
  const places = placesOf(document);
  const place = nodeId === undefined ? undefined : places.get(nodeId);
  const found = new Set<string>();
  const add = (id: string) => {
    if (steps.has(id)) found.add(id);
    const node = places.get(id)?.node;
    for (const { scope } of node === undefined ? [] : scopesOfNode(node))
      for (const inner of backwards(scope, lastOf(scope))) add(inner);
  };
  const scopes: { scope: ScopeDraft; from: readonly string[] }[] =
    place === undefined || nodeId === undefined
      ? [{ scope: document, from: lastOf(document) }]
      : [{ scope: place.scope, from: before(place.scope, [nodeId]) }];
  for (const { id } of place?.around ?? []) {
    const outer = places.get(id)?.scope;
    if (outer !== undefined) scopes.push({ scope: outer, from: before(outer, [id]) });
  }
  for (const { scope, from } of scopes) for (const id of backwards(scope, from)) if (id !== nodeId) add(id);
  return [...found, ...[...steps].filter((id) => !found.has(id))];
}

/** Nodes by their distance, going against the arrows. */
function backwards(scope: ScopeDraft, from: readonly string[]): readonly string[] {
  const found = new Set(from);
  // A set may grow while it is walked: what is added is visited too.
  for (const id of found) for (const earlier of before(scope, [id])) found.add(earlier);
  return [...found];
}

function before(scope: ScopeDraft, ids: readonly string[]): readonly string[] {
  const { sources } = linksOf(scope);
  return ids.flatMap((id) => sources.get(id) ?? []);
}

const lastOf = (scope: ScopeDraft): readonly string[] => linksOf(scope).last;

interface Links {
  /** Who leads to a node. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** Nodes that lead nowhere. */
  readonly last: readonly string[];
}

const linksByScope = new WeakMap<ScopeDraft, Links>();

function linksOf(scope: ScopeDraft): Links {
  const known = linksByScope.get(scope);
  if (known !== undefined) return known;
  const sources = new Map<string, string[]>();
  const last: string[] = [];
  for (const [id, node] of nodesOf(scope)) {
    const targets = fieldsOfNode(node).flatMap(({ kind, value }) => (kind === 'node' ? [String(value)] : []));
    if (targets.length === 0) last.push(id);
    for (const target of targets) sources.set(target, [...(sources.get(target) ?? []), id]);
  }
  const links = { sources, last };
  linksByScope.set(scope, links);
  return links;
}
