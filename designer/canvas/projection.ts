import { type Edge, type Node, Position } from '@xyflow/react';
import type { FlowGraph, GraphEdge, GraphNode } from '../model/graph.ts';
import { START_EXIT } from '../model/graph.ts';
import type { Exit } from '../model/graph-node.ts';
import type { ScopeEntry } from '../model/graph-scope.ts';
import { type Frame, type Frames, HEAD, LANE_HEAD, type Point } from '../model/layout.ts';
import type { Route } from '../model/layout-arrange.ts';
import { entryPort, type Port, portsOf } from '../model/layout-ports.ts';
import type { View } from './view.ts';

export type CardData = {
  readonly node: GraphNode;
  readonly ports: readonly Port[];
  /** Of what holds a scope: whether that is empty. */
  readonly isEmpty: boolean;
};
export type CardNode = Node<CardData, GraphNode['kind']>;

export type LineData = {
  readonly edge: GraphEdge;
  readonly exit: Exit | undefined;
  /** In px of the whole canvas. */
  readonly route: Route | undefined;
};
export type LineEdge = Edge<LineData, 'line'>;

export interface Drawn {
  readonly nodes: readonly CardNode[];
  readonly edges: readonly LineEdge[];
}

/** What React Flow is to draw. What is as before keeps its identity, so that it is not drawn again. */
export function projected(view: View, before: Drawn | undefined): Drawn {
  const { graph, frames } = view;
  const oldNodes = new Map(before?.nodes.map((node) => [node.id, node]));
  const oldEdges = new Map(before?.edges.map((edge) => [edge.id, edge]));
  const nodes = [...graph.nodes.values()].flatMap((node) => {
    const frame = frames.get(node.id);
    return frame ? [cardFor(node, { graph, frames, frame, old: oldNodes.get(node.id) })] : [];
  });
  const edges = graph.edges.map((edge) => lineFor(edge, view, oldEdges.get(edge.id)));
  return { nodes, edges };
}

function cardFor(
  node: GraphNode,
  given: {
    readonly graph: FlowGraph;
    readonly frames: Frames;
    readonly frame: Frame;
    readonly old: CardNode | undefined;
  },
): CardNode {
  const { graph, frames, frame, old } = given;
  const held = heldBy(node, graph);
  const ports = portsFor(node, { frame, frames, held });
  const isEmpty = held !== undefined && Object.keys(held.nodes).length === 0;
  const { x, y, width, height } = frame;
  const isSame =
    old !== undefined &&
    old.data.node === node &&
    old.position.x === x &&
    old.position.y === y &&
    old.width === width &&
    old.height === height &&
    old.data.isEmpty === isEmpty &&
    samePorts(old.data.ports, ports);
  if (isSame) return old;
  const isBox = node.kind === 'lane' || (node.kind === 'container' && !node.collapsed);
  const data =
    old && old.data.node === node && old.data.isEmpty === isEmpty && samePorts(old.data.ports, ports)
      ? old.data
      : { node, ports, isEmpty };
  return {
    id: node.id,
    type: node.kind,
    position: { x, y },
    width,
    height,
    measured: { width, height },
    ...(node.parent === undefined ? {} : { parentId: node.parent }),
    draggable: node.kind !== 'lane',
    // A box drawn around steps must not take the branch around them; a click on its head does, see the board.
    selectable: node.kind !== 'lane',
    ...(isBox ? { dragHandle: '.heddle-box-head', style: { pointerEvents: 'none' } } : {}),
    handles: [
      ...(node.kind === 'step' || node.kind === 'container'
        ? [{ type: 'target' as const, position: Position.Top, ...around(width / 2, 0) }]
        : []),
      ...ports.map(({ exit, side, x: left, y: top }) => ({
        id: exit,
        type: 'source' as const,
        position: side === 'right' ? Position.Right : Position.Bottom,
        ...around(left, top),
      })),
    ],
    data,
  };
}

/** As large as it is in the style sheet. React Flow lets edges begin at its outer end. */
export const HANDLE = 9;

const around = (x: number, y: number) => ({ x: x - HANDLE / 2, y: y - HANDLE / 2, width: HANDLE, height: HANDLE });

/** The scope that a node itself shows: that of a lane, or the only one of a container. */
function heldBy(node: GraphNode, graph: FlowGraph): ScopeEntry | undefined {
  if (node.kind === 'start') return graph.scopes.get('');
  if (node.kind === 'lane') return graph.scopes.get(node.id);
  return node.kind === 'container' && !node.hasLanes && !node.collapsed
    ? graph.scopes.get(node.scopes[0] ?? '')
    : undefined;
}

function portsFor(
  node: GraphNode,
  { frame, frames, held }: { readonly frame: Frame; readonly frames: Frames; readonly held: ScopeEntry | undefined },
): readonly Port[] {
  if (node.kind === 'note') return [];
  if (node.kind === 'start') return [{ exit: START_EXIT, side: 'bottom', x: frame.width / 2, y: frame.height }];
  if (node.kind === 'lane') return [entryPort(held, frame, frames, LANE_HEAD)];
  const exits = portsOf(node, frame);
  return held ? [...exits, entryPort(held, frame, frames, HEAD)] : exits;
}

function samePorts(a: readonly Port[], b: readonly Port[]): boolean {
  return (
    a.length === b.length &&
    a.every((port, at) => {
      const other = b[at];
      return other !== undefined && port.exit === other.exit && port.x === other.x && port.y === other.y;
    })
  );
}

function lineFor(edge: GraphEdge, view: View, old: LineEdge | undefined): LineEdge {
  const { graph, frames } = view;
  const source = graph.nodes.get(edge.source);
  const exit = source && 'exits' in source ? source.exits.find(({ pointer }) => pointer === edge.exit) : undefined;
  const own = view.routes.get(edge.id);
  const holder = graph.nodes.get(edge.target)?.parent;
  const origin = holder === undefined ? { x: 0, y: 0 } : (frames.get(holder)?.absolute ?? { x: 0, y: 0 });
  const route = own && movedBy(own, origin);
  const isSame = old?.data?.edge === edge && old.data.exit === exit && sameRoute(old.data.route, route);
  if (old && isSame) return old;
  return {
    id: edge.id,
    type: 'line',
    source: edge.source,
    sourceHandle: edge.exit,
    target: edge.target,
    data: { edge, exit, route },
  };
}

const movedBy = ({ points, label }: Route, by: Point): Route => ({
  points: points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y })),
  label: label && { x: label.x + by.x, y: label.y + by.y },
});

function sameRoute(a: Route | undefined, b: Route | undefined): boolean {
  if (!a || !b) return a === b;
  return (
    a.label?.x === b.label?.x &&
    a.label?.y === b.label?.y &&
    a.points.length === b.points.length &&
    a.points.every((point, at) => point.x === b.points[at]?.x && point.y === b.points[at]?.y)
  );
}
