import type { FlowDocument, ScopeAddress } from './flow-document.ts';
import { type FlowGraph, type GraphNode, noteId } from './graph.ts';
import { type FlowIndex, nodesWithin } from './graph-scope.ts';

/** The nodes of a selection without those that stand inside of another node of it, in the document's order. */
export function topmost(index: FlowIndex, ids: readonly string[]): readonly string[] {
  const chosen = new Set(ids.filter((id) => index.nodes.has(id)));
  const inside = new Set([...chosen].flatMap((id) => nodesWithin(index, id)));
  return [...index.nodes.keys()].filter((id) => chosen.has(id) && !inside.has(id));
}

/** The notes of a selection, by their own ids. */
export function notesOf(document: FlowDocument, ids: readonly string[]): readonly string[] {
  const notes = Object.keys(document.layout?.$notes ?? {});
  return notes.filter((id) => ids.includes(noteId(id)));
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/** Boxes on the canvas, in px; by id. */
export type Boxes = ReadonlyMap<string, Box>;
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The node to which an arrow key leads: down and up along edges and into and out of containers, left and right to
 * neighbours. Where no edge leads, the nearest in that direction.
 */
export function neighbour(
  { graph, boxes }: { readonly graph: FlowGraph; readonly boxes: Boxes },
  from: string,
  direction: Direction,
): string | undefined {
  const node = graph.nodes.get(from);
  if (!node) return undefined;
  if (direction === 'down' || direction === 'up') {
    const linked = direction === 'down' ? followed(graph, node) : led(graph, node);
    const near = nearest(boxes, from, linked);
    if (near !== undefined) return near;
  }
  const others = [...graph.nodes.values()].filter(
    (other) =>
      other.id !== from && (other.kind !== 'lane' || isEmpty(graph, other.id)) && !isAround(boxes, other.id, from),
  );
  const all = others.filter((other) => inDirection(boxes, from, other.id, direction));
  const scoped = all.filter((other) => other.scope === node.scope);
  const ids = (nodes: readonly GraphNode[]) => nodes.map(({ id }) => id);
  return nearest(boxes, from, ids(scoped), direction) ?? nearest(boxes, from, ids(all), direction);
}

/** Into a container first, then onwards; at the end of a scope out of it. */
function followed(graph: FlowGraph, node: GraphNode): readonly string[] {
  const openers = node.kind === 'container' ? [node.id, ...node.scopes] : [node.id];
  const inside = graph.edges.filter(({ source, exit }) => exit === 'start' && openers.includes(source));
  if (inside.length > 0) return inside.slice(0, 1).map(({ target }) => target);
  if (node.kind === 'container' && node.hasLanes && !node.collapsed && node.scopes[0] !== undefined)
    return node.scopes.slice(0, 1);
  return node.kind === 'lane' ? onwards(graph, node.parent ?? '') : onwards(graph, node.id);
}

/** Whether a lane is empty: only then is it itself a stop. */
function isEmpty(graph: FlowGraph, address: ScopeAddress): boolean {
  return Object.keys(graph.scopes.get(address)?.nodes ?? {}).length === 0;
}

function onwards(graph: FlowGraph, id: string): readonly string[] {
  const out = graph.edges.filter(({ source, exit }) => source === id && exit !== 'start');
  if (out.length > 0) return out.map(({ target }) => target);
  const holder = holderOf(graph, graph.nodes.get(id)?.scope ?? '');
  return holder === undefined ? [] : onwards(graph, holder);
}

function led(graph: FlowGraph, node: GraphNode): readonly string[] {
  if (node.kind === 'lane') return node.parent === undefined ? [] : [node.parent];
  const into = graph.edges.filter(({ target }) => target === node.id);
  return into.flatMap(({ source }) => {
    const from = graph.nodes.get(source);
    if (from?.kind === 'lane') return from.parent === undefined ? [] : [from.parent];
    return [source];
  });
}

function holderOf(graph: FlowGraph, scope: ScopeAddress): string | undefined {
  return graph.scopes.get(scope)?.container;
}

const middle = ({ x, y, width, height }: Box) => ({ x: x + width / 2, y: y + height / 2 });

/** The nearest; what is not straight in the direction counts as farther away. */
function nearest(boxes: Boxes, from: string, ids: readonly string[], direction?: Direction): string | undefined {
  const here = boxes.get(from);
  if (!here) return ids[0];
  const at = middle(here);
  const isLevel = direction === 'left' || direction === 'right';
  const distance = (id: string): number => {
    const box = boxes.get(id);
    if (!box) return Infinity;
    const { x, y } = middle(box);
    const [across, down] = [Math.abs(x - at.x), Math.abs(y - at.y)];
    return direction === undefined ? across + down : isLevel ? across + 3 * down : down + 3 * across;
  };
  return ids.reduce<string | undefined>(
    (best, id) => (best === undefined || distance(id) < distance(best) ? id : best),
    undefined,
  );
}

/** Whether one box lies around the middle of another: a container is not beside what it holds. */
function isAround(boxes: Boxes, outer: string, inner: string): boolean {
  const a = boxes.get(outer);
  const b = boxes.get(inner);
  if (!a || !b) return false;
  const { x, y } = middle(b);
  return x >= a.x && x <= a.x + a.width && y >= a.y && y <= a.y + a.height;
}

function inDirection(boxes: Boxes, from: string, to: string, direction: Direction): boolean {
  const a = boxes.get(from);
  const b = boxes.get(to);
  if (!a || !b) return false;
  const here = middle(a);
  const there = middle(b);
  const right = there.x - here.x;
  const down = there.y - here.y;
  if (direction === 'left' || direction === 'right')
    return (direction === 'right' ? right : -right) > Math.max(10, Math.abs(down) / 2);
  return (direction === 'down' ? down : -down) > Math.max(10, Math.abs(right) / 2);
}
