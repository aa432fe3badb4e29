import type { FlowDocument, NodeDraft, ScopeAddress, ScopeDraft } from './flow-document.ts';
import { isRecord, type Path, partsOf } from './graph-node.ts';

/** A scope of a document, where it stands and what it holds; what is malformed in it counts as empty. */
export interface ScopeEntry {
  readonly address: ScopeAddress;
  /** The node that holds it; undefined for the root. */
  readonly container: string | undefined;
  /** Where in that node. */
  readonly path: Path;
  readonly isBranch: boolean;
  readonly start: string;
  readonly nodes: { readonly [nodeId: string]: NodeDraft };
  /** As it stands in the document: may have `if` and `title`, or be no scope at all. */
  readonly draft: unknown;
}

export interface NodeEntry {
  readonly id: string;
  readonly scope: ScopeAddress;
  readonly draft: NodeDraft;
}

/** Every scope and node of a document by address and id. Of nodes with the same id only the first is here. */
export interface FlowIndex {
  readonly scopes: ReadonlyMap<ScopeAddress, ScopeEntry>;
  readonly nodes: ReadonlyMap<string, NodeEntry>;
}

const indexes = new WeakMap<FlowDocument, FlowIndex>();
const empty = {};

/** Worked out once for each state of a document; scopes stand before the scopes within them. */
export function indexOf(document: FlowDocument): FlowIndex {
  const known = indexes.get(document);
  if (known) return known;
  const scopes = new Map<ScopeAddress, ScopeEntry>();
  const nodes = new Map<string, NodeEntry>();
  const visit = (entry: ScopeEntry): void => {
    scopes.set(entry.address, entry);
    for (const [id, draft] of Object.entries(entry.nodes)) {
      if (nodes.has(id)) continue;
      nodes.set(id, { id, scope: entry.address, draft });
      for (const { path, isBranch } of partsOf(draft).scopes) {
        const value = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), draft);
        visit(scopeEntry(value, { address: addressOf(id, path), container: id, path, isBranch }));
      }
    }
  };
  visit(scopeEntry(document, { address: '', container: undefined, path: [], isBranch: false }));
  const index = { scopes, nodes };
  indexes.set(document, index);
  return index;
}

function scopeEntry(
  value: unknown,
  place: Pick<ScopeEntry, 'address' | 'container' | 'path' | 'isBranch'>,
): ScopeEntry {
  const scope = isRecord(value) ? (value as unknown as Partial<ScopeDraft>) : empty;
  const { start, nodes } = scope as Partial<ScopeDraft>;
  return {
    ...place,
    start: typeof start === 'string' ? start : '',
    nodes: isRecord(nodes) ? (nodes as ScopeDraft['nodes']) : empty,
    draft: value,
  };
}

/** The address of a scope in a node: its id and the path within it, each part escaped as in a JSON pointer. */
export function addressOf(container: string, path: Path): ScopeAddress {
  return [container, ...path].map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
}

/** The scopes around a scope, the nearest first and itself included. The root, `''`, is the last. */
export function scopesAround(index: FlowIndex, address: ScopeAddress): readonly ScopeAddress[] {
  const around: ScopeAddress[] = [];
  for (let at: ScopeAddress | undefined = address; at !== undefined; ) {
    around.push(at);
    const container: string | undefined = index.scopes.get(at)?.container;
    at = container === undefined ? undefined : index.nodes.get(container)?.scope;
  }
  return around;
}

/** Every node inside a node, however deep. */
export function nodesWithin(index: FlowIndex, nodeId: string): readonly string[] {
  const draft = index.nodes.get(nodeId)?.draft;
  if (!draft) return [];
  return partsOf(draft).scopes.flatMap(({ path }) =>
    Object.keys(index.scopes.get(addressOf(nodeId, path))?.nodes ?? {}).flatMap((id) => [
      id,
      ...nodesWithin(index, id),
    ]),
  );
}
