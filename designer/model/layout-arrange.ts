import { type FlowGraph, START, START_EXIT, type StepNode } from './graph.ts';
import type { ScopeEntry } from './graph-scope.ts';
import { labelOf, type Words } from './graph-text.ts';
import {
  CARD,
  ENTRY,
  type Extents,
  framesOf,
  HEAD,
  LANE_HEAD,
  LAYER_GAP,
  NODE_GAP,
  nodesIn,
  PAD,
  type Places,
  type Point,
  START_SIZE,
} from './layout.ts';
import { portsOf } from './layout-ports.ts';

/** How an edge runs, within the box of its scope: from corner to corner, and where its label stands. */
export interface Route {
  readonly points: readonly Point[];
  /** The middle of the label. */
  readonly label: Point | undefined;
}

/** A whole flow, arranged. */
export interface Arrangement {
  readonly places: Places;
  /** By edge id. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly extents: Extents;
}

/** The part of an ELK graph that is used here. */
export interface ElkNode {
  readonly id: string;
  readonly width?: number;
  readonly height?: number;
  readonly x?: number;
  readonly y?: number;
  readonly ports?: readonly ElkNode[];
  readonly children?: readonly ElkNode[];
  readonly edges?: readonly ElkEdge[];
  readonly layoutOptions?: { readonly [option: string]: string };
}
export interface ElkEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels?: readonly (ElkNode & { readonly text?: string })[];
  readonly sections?: readonly {
    readonly startPoint: Point;
    readonly endPoint: Point;
    readonly bendPoints?: readonly Point[];
  }[];
}

/** Arranges one graph without nesting: ELK, wherever it runs. */
export type ArrangeGraph = (graph: ElkNode) => Promise<ElkNode>;

/**
 * Arranges a flow from the innermost scopes outwards, since edges never leave their scope. What one edit leaves alone is
 * the same question as before, so whoever answers may remember.
 */
export async function arranged(graph: FlowGraph, words: Words, arrange: ArrangeGraph): Promise<Arrangement> {
  const places: { [id: string]: Point } = {};
  const routes = new Map<string, Route>();
  const extents = new Map<string, { readonly width: number; readonly height: number }>();
  const depths = new Map<string, number>();
  for (const scope of graph.scopes.values()) {
    const outer = scope.container === undefined ? undefined : graph.nodes.get(scope.container)?.scope;
    depths.set(scope.address, outer === undefined ? 0 : (depths.get(outer) ?? 0) + 1);
  }
  const deepest = Math.max(0, ...depths.values());
  for (let depth = deepest; depth >= 0; depth--) {
    const scopes = [...graph.scopes.values()].filter(({ address }) => depths.get(address) === depth);
    // Sizes of containers follow from the places of what they hold, which are known by now.
    const frames = framesOf(graph, places, extents);
    const answers = await Promise.all(
      scopes.map(async (scope) => ({ scope, answer: await arrange(question(graph, { scope, words, frames })) })),
    );
    for (const { scope, answer } of answers) take(scope, answer, { places, routes, extents });
  }
  return { places, routes, extents };
}

/** What an arrangement depends on; two documents for which it is the same are arranged alike. */
export function signatureOf(graph: FlowGraph, words: Words): string {
  const parts: string[] = [];
  for (const node of graph.nodes.values()) {
    if (node.kind === 'lane') parts.push(node.id);
    if (node.kind !== 'step' && node.kind !== 'container') continue;
    const labels = node.exits.map((exit) => `${exit.pointer}>${exit.target ?? ''}:${labelOf(exit, words) ?? ''}`);
    parts.push(`${node.scope}/${node.id}${node.collapsed ? '-' : ''}(${labels.join()})`);
  }
  for (const scope of graph.scopes.values()) parts.push(`${scope.address}=${scope.start}`);
  return parts.join('\n');
}

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(LAYER_GAP),
  'elk.layered.spacing.edgeNodeBetweenLayers': '20',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '14',
  'elk.spacing.nodeNode': String(NODE_GAP),
  'elk.spacing.edgeNode': '20',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.crossingMinimization.forceNodeModelOrder': 'false',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'TAIL_LAYER',
  'elk.separateConnectedComponents': 'true',
  'elk.spacing.componentComponent': '48',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
};

/** On the edge, not beside it. */
const inline = { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' };

const isRoot = (scope: ScopeEntry): boolean => scope.container === undefined;

function question(
  graph: FlowGraph,
  given: { readonly scope: ScopeEntry; readonly words: Words; readonly frames: ReturnType<typeof framesOf> },
): ElkNode {
  const { scope, words, frames } = given;
  const nodes = nodesIn(graph, scope);
  const opener = isRoot(scope) ? { id: START, ...START_SIZE } : { id: START, width: 2, height: 2 };
  const children = nodes.map((node) => elkNode(node, frames.get(node.id) ?? CARD));
  const edges = graph.edges
    .filter((edge) => edge.scope === scope.address)
    .map((edge): ElkEdge => {
      if (edge.exit === START_EXIT) return { id: edge.id, sources: [START], targets: [portId(edge.target, 'in')] };
      const source = graph.nodes.get(edge.source);
      const exit = source && 'exits' in source ? source.exits.find(({ pointer }) => pointer === edge.exit) : undefined;
      const text = exit && labelOf(exit, words);
      const label = text === undefined ? [] : [{ id: `${edge.id}#`, text, ...labelSize(text), layoutOptions: inline }];
      return {
        id: edge.id,
        sources: [portId(edge.source, edge.exit)],
        targets: [portId(edge.target, 'in')],
        labels: label,
      };
    });
  return { id: scope.address, layoutOptions: options, children: [opener, ...children], edges };
}

function elkNode(node: StepNode, { width, height }: { readonly width: number; readonly height: number }): ElkNode {
  const inward = { id: portId(node.id, 'in'), x: width / 2, y: 0, layoutOptions: { 'elk.port.side': 'NORTH' } };
  const outward = portsOf(node, { width, height }).map(({ exit, side, x, y }) => ({
    id: portId(node.id, exit),
    x,
    y,
    layoutOptions: { 'elk.port.side': side === 'right' ? 'EAST' : 'SOUTH' },
  }));
  return {
    id: node.id,
    width,
    height,
    ports: [inward, ...outward],
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
  };
}

const portId = (node: string, exit: string): string => `${node}#${exit}`;

/** About as large as it is drawn: a Chinese character is nearly twice as wide as a Latin letter. */
export function labelSize(text: string): { readonly width: number; readonly height: number } {
  const width = [...text].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 12 : 6.6), 0);
  return { width: Math.round(width) + 14, height: 20 };
}

function take(
  scope: ScopeEntry,
  answer: ElkNode,
  into: {
    readonly places: { [id: string]: Point };
    readonly routes: Map<string, Route>;
    readonly extents: Map<string, { readonly width: number; readonly height: number }>;
  },
): void {
  const { places, routes, extents } = into;
  const nodes = (answer.children ?? []).filter(({ id }) => isRoot(scope) || id !== START);
  const start = nodes.find(({ id }) => id === START);
  const least = (read: (node: ElkNode) => number | undefined) => Math.min(...nodes.map((node) => read(node) ?? 0));
  const head = scope.isBranch ? LANE_HEAD : HEAD;
  // Only the root begins at its own pill; a container's nodes begin below its head.
  const by = start
    ? { x: -(start.x ?? 0), y: -(start.y ?? 0) }
    : {
        x:
          PAD -
          Math.min(
            least(({ x }) => x),
            leastOfRoutes(answer),
          ),
        y: head + ENTRY - least(({ y }) => y),
      };
  const moved = ({ x, y }: Point): Point => ({ x: Math.round(x + by.x), y: Math.round(y + by.y) });
  for (const { id, x = 0, y = 0 } of nodes) places[id] = moved({ x, y });
  const own: Route[] = [];
  for (const edge of answer.edges ?? []) {
    const [section] = edge.sections ?? [];
    if (!section || edge.id.endsWith(`:${START_EXIT}`)) continue;
    const [label] = edge.labels ?? [];
    const route = {
      points: [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(moved),
      label:
        label && moved({ x: (label.x ?? 0) + (label.width ?? 0) / 2, y: (label.y ?? 0) + (label.height ?? 0) / 2 }),
    };
    own.push(route);
    routes.set(edge.id, route);
  }
  extents.set(scope.address, reachOf(own));
}

/** The right and lower ends of what the edges of a scope draw. */
function reachOf(routes: readonly Route[]): { readonly width: number; readonly height: number } {
  const points = routes.flatMap((route) => route.points);
  return { width: Math.max(0, ...points.map(({ x }) => x)), height: Math.max(0, ...points.map(({ y }) => y)) };
}

function leastOfRoutes(answer: ElkNode): number {
  const points = (answer.edges ?? []).flatMap(({ sections = [], labels = [] }) => [
    ...sections.flatMap(({ bendPoints = [] }) => bendPoints.map(({ x }) => x)),
    ...labels.map(({ x = Infinity }) => x),
  ]);
  return Math.min(Infinity, ...points);
}
