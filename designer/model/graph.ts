import type { FlowDocument, NodeDraft, ScopeAddress, StickyNote } from './flow-document.ts';
import { type Exit, isRecord, partsOf } from './graph-node.ts';
import { addressOf, indexOf, type ScopeEntry } from './graph-scope.ts';

export const START = '$start';
/** The exit by which a flow, a container or a lane leads to the first node of its scope. */
export const START_EXIT = 'start';

interface Placed {
  readonly id: string;
  /** The scope in which it stands. */
  readonly scope: ScopeAddress;
  /** The container or lane around it on the canvas; undefined on the canvas itself. */
  readonly parent: string | undefined;
}

export interface StartNode extends Placed {
  readonly kind: 'start';
}
export interface StepNode extends Placed {
  readonly kind: 'step' | 'container';
  readonly draft: NodeDraft;
  readonly exits: readonly Exit[];
  /** Of a container: the scopes in it, in order. */
  readonly scopes: readonly ScopeAddress[];
  /** Its scopes are drawn as lanes, side by side; else the container itself holds the nodes of its only scope. */
  readonly hasLanes: boolean;
  /** Drawn as a card; what it holds is not in the graph. */
  readonly collapsed: boolean;
}
/** A branch of a parallel. Its id is its scope's address, which also is the scope that it holds. */
export interface LaneNode extends Placed {
  readonly kind: 'lane';
  readonly name: string;
  readonly draft: unknown;
}
export interface NoteNode extends Placed {
  readonly kind: 'note';
  readonly note: StickyNote;
}
export type GraphNode = StartNode | StepNode | LaneNode | NoteNode;

export interface GraphEdge {
  /** `edge:<source>:<exit>` */
  readonly id: string;
  readonly scope: ScopeAddress;
  readonly source: string;
  /** JSON pointer of the exit, or `start`. */
  readonly exit: string;
  readonly target: string;
}

/** What the canvas draws of a document. */
export interface FlowGraph {
  /** In drawing order: a container before its lanes, a lane before its nodes. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly edges: readonly GraphEdge[];
  /** Every scope that is drawn, by address. */
  readonly scopes: ReadonlyMap<ScopeAddress, ScopeEntry>;
}

const edgeId = (source: string, exit: string): string => `edge:${source}:${exit}`;
export const noteId = (id: string): string => `note:${id}`;

/** Takes an edge's id apart; undefined for any other text. */
export function partsOfEdge(id: string): { readonly source: string; readonly exit: string } | undefined {
  if (!id.startsWith('edge:')) return undefined;
  // The exit begins at the last colon before a `/`, or is `start`; ids of drafts may hold colons of their own.
  const match = /^edge:(.*):(start|\/[^:]*)$/s.exec(id);
  return match ? { source: match[1] ?? '', exit: match[2] ?? '' } : undefined;
}

const graphs = new WeakMap<FlowDocument, FlowGraph>();

/**
 * What is to be drawn of a document, derived from the document only. Whatever the draft holds, it does not throw: exits
 * that lead nowhere have no edge, unknown types are steps, malformed scopes are empty. What an edit has left alone keeps
 * its identity.
 */
export function graphOf(document: FlowDocument): FlowGraph {
  const known = graphs.get(document);
  if (known) return known;
  const index = indexOf(document);
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  const scopes = new Map<ScopeAddress, ScopeEntry>();
  const layout = isRecord(document.layout) ? document.layout : {};

  const visitScope = (entry: ScopeEntry, parent: string | undefined): void => {
    scopes.set(entry.address, entry);
    const isHere = (id: string) => Object.hasOwn(entry.nodes, id) && index.nodes.get(id)?.scope === entry.address;
    const opener = entry.isBranch ? entry.address : (entry.container ?? START);
    if (isHere(entry.start)) edges.push(startEdge(entry.address, opener, entry.start));
    for (const [id, draft] of Object.entries(entry.nodes)) {
      if (!isHere(id)) continue;
      const place = layout[id];
      const node = stepNode({ id, draft, entry, parent, collapsed: isRecord(place) && place['collapsed'] === true });
      nodes.set(id, node);
      for (const { pointer, target } of node.exits) {
        if (target !== undefined && isHere(target)) edges.push(edgeOf(node, pointer, target));
      }
      if (node.collapsed) continue;
      for (const address of node.scopes) {
        const inner = index.scopes.get(address);
        if (inner?.container !== id) continue;
        if (inner.isBranch) nodes.set(address, laneNode(inner, node));
        visitScope(inner, inner.isBranch ? address : id);
      }
    }
  };

  nodes.set(START, startNode);
  const root = index.scopes.get('');
  if (root) visitScope(root, undefined);
  const notes = layout['$notes'];
  for (const [id, note] of Object.entries(isRecord(notes) ? notes : {})) {
    if (isRecord(note)) nodes.set(noteId(id), noteNode(id, note as unknown as StickyNote));
  }
  const graph = { nodes, edges, scopes };
  graphs.set(document, graph);
  return graph;
}

const startNode: StartNode = { kind: 'start', id: START, scope: '', parent: undefined };

const steps = new WeakMap<NodeDraft, StepNode>();
/** Drafts that are no objects cannot be remembered; they are drawn as steps of no type. */
const nothing: NodeDraft = { type: '' };

function stepNode(given: {
  readonly id: string;
  readonly draft: NodeDraft;
  readonly entry: ScopeEntry;
  readonly parent: string | undefined;
  readonly collapsed: boolean;
}): StepNode {
  const { id, entry, parent } = given;
  const draft = isRecord(given.draft) ? given.draft : nothing;
  const { exits, scopes, isContainer } = partsOf(draft);
  const collapsed = isContainer && given.collapsed;
  const known = steps.get(draft);
  if (known?.id === id && known.scope === entry.address && known.parent === parent && known.collapsed === collapsed)
    return known;
  const node: StepNode = {
    kind: isContainer ? 'container' : 'step',
    id,
    scope: entry.address,
    parent,
    draft,
    exits,
    scopes: scopes.map(({ path }) => addressOf(id, path)),
    hasLanes: isContainer && !scopes.some(({ isBranch }) => !isBranch),
    collapsed,
  };
  if (draft !== nothing) steps.set(draft, node);
  return node;
}

const lanes = new WeakMap<object, LaneNode>();

function laneNode(entry: ScopeEntry, container: StepNode): LaneNode {
  const { draft, address } = entry;
  const known = isRecord(draft) ? lanes.get(draft) : undefined;
  if (known?.id === address && known.scope === container.scope) return known;
  const lane: LaneNode = {
    kind: 'lane',
    id: address,
    scope: container.scope,
    parent: container.id,
    name: String(entry.path.at(-1)),
    draft,
  };
  if (isRecord(draft)) lanes.set(draft, lane);
  return lane;
}

const notes = new WeakMap<object, NoteNode>();

function noteNode(id: string, note: StickyNote): NoteNode {
  const known = notes.get(note);
  if (known?.id === noteId(id)) return known;
  const made: NoteNode = { kind: 'note', id: noteId(id), scope: '', parent: undefined, note };
  notes.set(note, made);
  return made;
}

const edgesOfNodes = new WeakMap<StepNode, Map<string, GraphEdge>>();

/** The edge of an exit: the same for as long as its node is the same, since then its target is. */
function edgeOf(node: StepNode, exit: string, target: string): GraphEdge {
  const known = edgesOfNodes.get(node) ?? new Map<string, GraphEdge>();
  const edge = known.get(exit) ?? { id: edgeId(node.id, exit), scope: node.scope, source: node.id, exit, target };
  if (known.size === 0) edgesOfNodes.set(node, known);
  known.set(exit, edge);
  return edge;
}

const startEdges = new Map<string, GraphEdge>();
const MAX_REMEMBERED = 5_000;

/** Of the edges to the first nodes of scopes there are few; they are alike when all their parts are. */
function startEdge(scope: ScopeAddress, source: string, target: string): GraphEdge {
  const key = JSON.stringify([scope, source, target]);
  const known = startEdges.get(key);
  if (known) return known;
  if (startEdges.size > MAX_REMEMBERED) startEdges.clear();
  const edge = { id: edgeId(source, START_EXIT), scope, source, exit: START_EXIT, target };
  startEdges.set(key, edge);
  return edge;
}
