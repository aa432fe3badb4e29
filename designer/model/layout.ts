import type { FlowDocument } from './flow-document.ts';
import { type FlowGraph, type GraphNode, START, type StepNode } from './graph.ts';
import { isRecord } from './graph-node.ts';
import type { ScopeEntry } from './graph-scope.ts';
import type { Box } from './selection.ts';

/** Sizes on the canvas, in px. */
export const CARD = { width: 220, height: 64 } as const;
export const START_SIZE = { width: 240, height: 36 } as const;
export const HEAD = 40;
export const LANE_HEAD = 32;
export const PAD = 16;
/** Room above the first node of a container, for the edge that leads to it. */
export const ENTRY = 40;
/** Room below the last nodes, for their open ends. */
const EXIT = 40;
export const LAYER_GAP = 56;
export const NODE_GAP = 40;
const LANE_GAP = 12;
const EMPTY = { width: 220, height: 72 } as const;

export type Point = { readonly x: number; readonly y: number };
/** Places by node id, within the box of their scope. */
export type Places = { readonly [nodeId: string]: Point };

/** Where something is drawn. `x` and `y` are within the container or lane around it. */
export interface Frame extends Box {
  readonly absolute: Point;
}
export type Frames = ReadonlyMap<string, Frame>;
/** How far the edges of a scope reach to the right and downwards within its box; by scope. */
export type Extents = ReadonlyMap<string, { readonly width: number; readonly height: number }>;
const noExtents: Extents = new Map();

/** The usable places of a document's layout. */
export function placesOf(document: FlowDocument): Places {
  const layout: { readonly [id: string]: unknown } = isRecord(document.layout) ? document.layout : {};
  return Object.fromEntries(
    Object.entries(layout).flatMap(([id, place]) => {
      if (!isRecord(place)) return [];
      const { x, y } = place;
      return typeof x === 'number' && typeof y === 'number' && Number.isFinite(x) && Number.isFinite(y)
        ? [[id, { x, y }] as const]
        : [];
    }),
  );
}

/**
 * Where everything is drawn. Containers are as large as what they hold; lanes stand side by side and are equally high;
 * a node without a place stands below the node that leads to it.
 */
export function framesOf(graph: FlowGraph, places: Places, extents: Extents = noExtents): Frames {
  const sized = sizesOf(graph, places, extents);
  const frames = new Map<string, Frame>();
  for (const node of graph.nodes.values()) {
    const own = sized.get(node.id) ?? { x: 0, y: 0, ...CARD };
    const outer = node.parent === undefined ? { x: 0, y: 0 } : (frames.get(node.parent)?.absolute ?? { x: 0, y: 0 });
    frames.set(node.id, { ...own, absolute: { x: outer.x + own.x, y: outer.y + own.y } });
  }
  return frames;
}

export function isOverlapping(a: Box, b: Box, margin = 0): boolean {
  return (
    a.x < b.x + b.width + margin &&
    b.x < a.x + a.width + margin &&
    a.y < b.y + b.height + margin &&
    b.y < a.y + a.height + margin
  );
}

function sizesOf(graph: FlowGraph, places: Places, extents: Extents): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>();

  const measure = (node: StepNode): { readonly width: number; readonly height: number } => {
    if (node.kind === 'step' || node.collapsed) return CARD;
    if (!node.hasLanes) {
      const inside = content(graph.scopes.get(node.scopes[0] ?? ''), HEAD);
      return { width: inside.width, height: inside.height };
    }
    const lanes = node.scopes.map((address) => ({ address, ...content(graph.scopes.get(address), LANE_HEAD) }));
    const height = Math.max(EMPTY.height + LANE_HEAD, ...lanes.map((lane) => lane.height));
    let x = LANE_GAP;
    for (const { address, width } of lanes) {
      boxes.set(address, { x, y: HEAD, width, height });
      x += width + LANE_GAP;
    }
    return { width: Math.max(x, CARD.width + 2 * PAD), height: HEAD + height + LANE_GAP };
  };

  /** Places what a scope holds and tells how large it is, its head included. */
  const content = (
    scope: ScopeEntry | undefined,
    head: number,
  ): { readonly width: number; readonly height: number } => {
    const nodes = scope ? nodesIn(graph, scope) : [];
    if (!scope || nodes.length === 0) return { width: EMPTY.width + 2 * PAD, height: head + EMPTY.height + 2 * PAD };
    const top = head + ENTRY;
    const inside = place(scope, nodes, { x: PAD, y: top });
    // What was dragged beyond the left or upper edge moves everything right or down.
    const shift = {
      x: Math.max(0, PAD - Math.min(...inside.map((box) => box.x))),
      y: Math.max(0, top - Math.min(...inside.map((box) => box.y))),
    };
    for (const { id, x, y, width, height } of inside) boxes.set(id, { x: x + shift.x, y: y + shift.y, width, height });
    const reach = extents.get(scope.address) ?? { width: 0, height: 0 };
    const right = Math.max(reach.width, ...inside.map((box) => box.x + box.width));
    const bottom = Math.max(reach.height, ...inside.map((box) => box.y + box.height));
    return { width: Math.max(EMPTY.width + 2 * PAD, shift.x + right + PAD), height: shift.y + bottom + EXIT };
  };

  const place = (scope: ScopeEntry, nodes: readonly StepNode[], origin: Point): readonly (Box & { id: string })[] => {
    const done = new Map<string, Box & { id: string }>();
    for (const node of nodes) {
      const at = places[node.id];
      const size = measure(node);
      if (at) done.set(node.id, { id: node.id, x: at.x, y: at.y, ...size });
    }
    const missing = nodes.filter((node) => !done.has(node.id));
    for (const node of inOrder(scope, missing)) {
      const size = measure(node);
      const before = graph.edges.find((edge) => edge.target === node.id && done.has(edge.source));
      const from = before && done.get(before.source);
      const at = from
        ? { x: from.x + (from.width - size.width) / 2, y: from.y + from.height + LAYER_GAP }
        : done.size === 0
          ? origin
          : { x: origin.x, y: Math.max(...[...done.values()].map((box) => box.y + box.height)) + LAYER_GAP };
      let box = { id: node.id, ...at, ...size };
      const isInTheWay = (): boolean => [...done.values()].some((other) => isOverlapping(box, other, 8));
      if (from && isInTheWay()) makeRoom(done, from, box);
      while (isInTheWay()) box = { ...box, x: box.x + NODE_GAP };
      done.set(node.id, box);
    }
    return [...done.values()];
  };

  const root = graph.scopes.get('');
  const first = { x: (START_SIZE.width - CARD.width) / 2, y: START_SIZE.height + LAYER_GAP };
  const inside = root ? place(root, nodesIn(graph, root), first) : [];
  for (const { id, ...box } of inside) boxes.set(id, box);
  boxes.set(START, { ...startPlace(root, boxes, places), ...START_SIZE });
  for (const node of graph.nodes.values()) {
    if (node.kind !== 'note') continue;
    const { x, y, width, height } = node.note;
    const number = (value: unknown, fallback: number) => (Number.isFinite(value) ? Number(value) : fallback);
    boxes.set(node.id, { x: number(x, 0), y: number(y, 0), width: number(width, 200), height: number(height, 120) });
  }
  return boxes;
}

/** Moves what stands at the height of a new box or below it down, but for the one that it follows. */
function makeRoom<T extends Box & { readonly id: string }>(boxes: Map<string, T>, after: T, box: Box): void {
  for (const [id, other] of boxes) {
    if (id !== after.id && other.y + other.height > box.y)
      boxes.set(id, { ...other, y: other.y + box.height + LAYER_GAP });
  }
}

function startPlace(root: ScopeEntry | undefined, boxes: ReadonlyMap<string, Box>, places: Places): Point {
  const own = places[START];
  if (own) return own;
  const first = boxes.get(root?.start ?? '');
  if (!first) return { x: 0, y: 0 };
  return { x: first.x + (first.width - START_SIZE.width) / 2, y: first.y - START_SIZE.height - LAYER_GAP };
}

export function nodesIn(graph: FlowGraph, scope: ScopeEntry): readonly StepNode[] {
  return Object.keys(scope.nodes).flatMap((id) => {
    const node: GraphNode | undefined = graph.nodes.get(id);
    return (node?.kind === 'step' || node?.kind === 'container') && node.scope === scope.address ? [node] : [];
  });
}

/** The nodes as one meets them from the start; those that cannot be reached come last. */
function inOrder(scope: ScopeEntry, nodes: readonly StepNode[]): readonly StepNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const met = new Set<string>([scope.start, ...[...Object.keys(scope.nodes)].filter((id) => !byId.has(id))]);
  for (const id of met) for (const { target } of byId.get(id)?.exits ?? []) if (target !== undefined) met.add(target);
  return [...[...met].flatMap((id) => byId.get(id) ?? []), ...nodes.filter(({ id }) => !met.has(id))];
}
