import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Elk from 'elkjs/lib/elk.bundled.js';
import { describe, expect, test } from 'vitest';
import { insert } from './edit.ts';
import type { FlowDocument } from './flow-document.ts';
import { graphOf } from './graph.ts';
import { framesOf, isOverlapping, placesOf } from './layout.ts';
import { type ArrangeGraph, arranged, type ElkNode } from './layout-arrange.ts';

const words = { language: 'en', otherwise: 'otherwise', anyError: 'any error' } as const;
const elk = new Elk();
// ELK's own types are mutable; what it answers has the same shape.
const arrange: ArrangeGraph = async (graph) =>
  (await elk.layout(structuredClone(graph) as never)) as unknown as ElkNode;

const flows = join(import.meta.dirname, '../../flows');
const samples = readdirSync(flows).flatMap((name) => {
  try {
    return [{ name, document: JSON.parse(readFileSync(join(flows, name, 'flow.json'), 'utf8')) as FlowDocument }];
  } catch {
    return [];
  }
});

/** Cards and containers of the same parent that cover each other. */
function covered(document: FlowDocument, frames: ReturnType<typeof framesOf>): string[] {
  const nodes = [...graphOf(document).nodes.values()].filter(({ kind }) => kind !== 'note');
  return nodes.flatMap((node, at) =>
    nodes.slice(at + 1).flatMap((other) => {
      const a = frames.get(node.id);
      const b = frames.get(other.id);
      return node.parent === other.parent && a && b && isOverlapping(a, b) ? [`${node.id} and ${other.id}`] : [];
    }),
  );
}

describe.each(samples)('the sample $name', ({ document }) => {
  const graph = graphOf(document);

  test('is drawn at once, before it has been arranged, with nothing covering anything', () => {
    expect(graph.nodes.size).toBeGreaterThan(5);
    expect(covered(document, framesOf(graph, placesOf(document)))).toEqual([]);
  });

  test('is arranged completely, with routes for its edges and nothing outside of its container', async () => {
    const { places, routes, extents } = await arranged(graph, words, arrange);
    const steps = [...graph.nodes.values()].filter(({ kind }) => kind === 'step' || kind === 'container');
    expect(steps.filter(({ id }) => places[id] === undefined)).toEqual([]);
    expect(graph.edges.filter(({ id, exit }) => exit !== 'start' && !routes.has(id))).toEqual([]);
    const frames = framesOf(graph, places, extents);
    expect(covered(document, frames)).toEqual([]);
    for (const { id, parent } of graph.nodes.values()) {
      const frame = frames.get(id);
      const outer = parent === undefined ? undefined : frames.get(parent);
      if (!frame || !outer) continue;
      expect(frame.x >= 0 && frame.x + frame.width <= outer.width).toBe(true);
      expect(frame.y >= 0 && frame.y + frame.height <= outer.height).toBe(true);
    }
  });
});

test('an edit leaves all that it does not touch as it was, so that nothing else is drawn again', () => {
  const nodes = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => [`n${at}`, { type: 'set', values: {}, next: `n${at + 1}` }]),
  );
  const document: FlowDocument = { id: 'f', start: 'n0', nodes };
  const before = graphOf(document);
  const after = graphOf(insert(document, { kind: 'after', node: 'n250' }, { id: 'x', draft: { type: 'set' } }));
  const fresh = [...after.nodes.values()].filter((node) => before.nodes.get(node.id) !== node);
  const known = new Set(before.edges);
  expect(fresh.map(({ id }) => id)).toEqual(['n250', 'x']);
  expect(after.edges.filter((edge) => !known.has(edge)).map(({ id }) => id)).toEqual([
    'edge:n250:/next',
    'edge:x:/next',
  ]);
});
