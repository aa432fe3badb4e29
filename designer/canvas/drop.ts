import { canRunBeside, isManual, moveNodes, type Spot } from '../model/edit.ts';
import { type GraphNode, partsOfEdge, START, START_EXIT } from '../model/graph.ts';
import { indexOf, nodesWithin } from '../model/graph-scope.ts';
import { CARD, HEAD, type Point } from '../model/layout.ts';
import type { Canvas, DropTarget } from './canvas-context.ts';

/** Where the pointer is: in px of the window, and of the canvas. */
export interface Pointer {
  readonly client: Point;
  readonly flow: Point;
}

/**
 * Where something would go that is let go of here: onto an edge or an open end, beside or after a card, into a lane or
 * container, or onto the canvas.
 *
 * @param moved the nodes that are dragged, if they are in the flow already; undefined for something new
 */
export function dropAt(canvas: Canvas, pointer: Pointer, moved?: readonly string[]): DropTarget | undefined {
  const { document } = canvas.editor.getState();
  const index = indexOf(document);
  const dragged = new Set((moved ?? []).flatMap((id) => [id, ...nodesWithin(index, id)]));
  const under = nodeAt(canvas, pointer.flow, dragged);
  const target = targetFor(canvas, { under, pointer, dragged, isMany: (moved?.length ?? 0) > 1 });
  if (!moved || !target) return target;
  if (target.spot.kind === 'scope') {
    const scope = target.spot.scope;
    // Within its own scope a node is only put elsewhere.
    if (moved.every((id) => index.nodes.get(id)?.scope === scope)) return undefined;
  }
  return moveNodes(document, moved, target.spot) === document ? undefined : target;
}

function nodeAt(canvas: Canvas, { x, y }: Point, dragged: ReadonlySet<string>): GraphNode | undefined {
  const { graph, frames } = canvas.view.getState();
  let found: GraphNode | undefined;
  // What is drawn later lies above.
  for (const node of graph.nodes.values()) {
    const frame = frames.get(node.id);
    if (
      !frame ||
      node.kind === 'note' ||
      dragged.has(node.id) ||
      (node.parent !== undefined && dragged.has(node.parent))
    )
      continue;
    const { absolute: at, width, height } = frame;
    if (x >= at.x && x <= at.x + width && y >= at.y && y <= at.y + height) found = node;
  }
  return found;
}

function targetFor(
  canvas: Canvas,
  given: {
    readonly under: GraphNode | undefined;
    readonly pointer: Pointer;
    readonly dragged: ReadonlySet<string>;
    readonly isMany: boolean;
  },
): DropTarget | undefined {
  const { under, pointer, dragged, isMany } = given;
  const { document } = canvas.editor.getState();
  const { frames } = canvas.view.getState();
  const beside = (node: string): DropTarget => ({
    spot: !isMany && canRunBeside(document, node) ? { kind: 'beside', node } : { kind: 'after', node },
    shown: node,
  });
  if (under?.kind === 'step' || (under?.kind === 'container' && under.collapsed)) return beside(under.id);
  const end = exitAt(pointer, dragged);
  if (end) return end;
  const into = (scope: string, box: string | undefined): DropTarget => {
    const origin = box === undefined ? { x: 0, y: 0 } : (frames.get(box)?.absolute ?? { x: 0, y: 0 });
    const place = {
      x: Math.round(pointer.flow.x - origin.x - CARD.width / 2),
      y: Math.round(pointer.flow.y - origin.y - 20),
    };
    const spot: Spot = { kind: 'scope', scope, ...(isManual(document) ? { place } : {}) };
    return { spot, shown: box };
  };
  if (under?.kind === 'start') return { spot: { kind: 'exit', at: { source: START, exit: START_EXIT } }, shown: START };
  if (under?.kind === 'lane') return into(under.id, under.id);
  if (under?.kind === 'container') {
    const top = frames.get(under.id)?.absolute.y ?? 0;
    if (under.hasLanes || pointer.flow.y < top + HEAD / 2) return beside(under.id);
    return into(under.scopes[0] ?? '', under.id);
  }
  return into('', undefined);
}

/** The open end, empty scope or edge under the pointer. */
function exitAt({ client }: Pointer, dragged: ReadonlySet<string>): DropTarget | undefined {
  for (const element of document.elementsFromPoint(client.x, client.y)) {
    const own = element.closest('[data-exit]');
    const source = own?.getAttribute('data-source');
    const exit = own?.getAttribute('data-exit');
    if (source != null && exit != null && !dragged.has(source)) {
      const isEdge = own?.closest('.react-flow__edge');
      return { spot: { kind: 'exit', at: { source, exit } }, shown: isEdge ? `edge:${source}:${exit}` : source };
    }
    const edge = element.closest('.react-flow__edge')?.getAttribute('data-id');
    const parts = edge == null ? undefined : partsOfEdge(edge);
    if (edge != null && parts && !dragged.has(parts.source)) return { spot: { kind: 'exit', at: parts }, shown: edge };
  }
  return undefined;
}

/** Shows where it would go; the same target again changes nothing, so that nothing is drawn again. */
export function showDrop({ moment }: Canvas, drop: DropTarget | undefined): void {
  const now = moment.getState().drop;
  if (now === drop || (now && drop && JSON.stringify(now) === JSON.stringify(drop))) return;
  moment.setState({ drop });
}
