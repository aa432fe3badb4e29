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
  const others = [...graph.nodes.values()].filter((other) => other.id !== from && other.kind !== 'lane');
  const scoped = others.filter((other) => other.scope === node.scope && inDirection(boxes, from, other.id, direction));
  const all = others.filter((other) => inDirection(boxes, from, other.id, direction));
  return (
    nearest(
      boxes,
      from,
      scoped.map(({ id }) => id),
    ) ??
    nearest(
      boxes,
      from,
      all.map(({ id }) => id),
    )
  );
}

/** Into a container first, then onwards; at the end of a scope out of it. */
function followed(graph: FlowGraph, node: GraphNode): readonly string[] {
  const openers = node.kind === 'container' ? [node.id, ...node.scopes] : [node.id];
  const inside = graph.edges.filter(({ source, exit }) => exit === 'start' && openers.includes(source));
  if (inside.length > 0) return inside.slice(0, 1).map(({ target }) => target);
  return onwards(graph, node.id);
}

function onwards(graph: FlowGraph, id: string): readonly string[] {
  const out = graph.edges.filter(({ source, exit }) => source === id && exit !== 'start');
  if (out.length > 0) return out.map(({ target }) => target);
  const holder = holderOf(graph, graph.nodes.get(id)?.scope ?? '');
  return holder === undefined ? [] : onwards(graph, holder);
}

function led(graph: FlowGraph, node: GraphNode): readonly string[] {
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

function nearest(boxes: Boxes, from: string, ids: readonly string[]): string | undefined {
  const here = boxes.get(from);
  if (!here) return ids[0];
  const at = middle(here);
  const distance = (id: string) => {
    const box = boxes.get(id);
    if (!box) return Infinity;
    const there = middle(box);
    return Math.hypot(there.x - at.x, there.y - at.y);
  };
  return ids.reduce<string | undefined>(
    (best, id) => (best === undefined || distance(id) < distance(best) ? id : best),
    undefined,
  );
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
