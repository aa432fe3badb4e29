import { describe, expect, test } from 'vitest';
import type { FlowDocument } from './flow-document.ts';
import { graphOf } from './graph.ts';
import { framesOf } from './layout.ts';
import { type Direction, neighbour } from './selection.ts';

const branch = (id?: string) => (id ? { start: id, nodes: { [id]: { type: 'set' } } } : { start: '', nodes: {} });
const document: FlowDocument = {
  id: 'f',
  start: 'a',
  nodes: {
    a: { type: 'set', next: 'p' },
    p: { type: 'parallel', branches: { one: branch('x'), two: branch(), three: branch() }, next: 'c' },
    c: { type: 'choice', when: [{ next: 'l' }], otherwise: 'r' },
    l: { type: 'end' },
    r: { type: 'end' },
  },
};
const graph = graphOf(document);
const places = {
  a: { x: 200, y: 90 },
  p: { x: 0, y: 220 },
  c: { x: 200, y: 500 },
  l: { x: 0, y: 640 },
  r: { x: 400, y: 640 },
};
const boxes = new Map([...framesOf(graph, places)].map(([id, frame]) => [id, { ...frame, ...frame.absolute }]));

describe('an arrow key', () => {
  test.each<{ from: string; key: Direction; to: string | undefined }>([
    { from: '$start', key: 'down', to: 'a' },
    { from: 'a', key: 'down', to: 'p' },
    { from: 'p', key: 'down', to: 'x' },
    { from: 'x', key: 'down', to: 'c' },
    { from: 'x', key: 'up', to: 'p' },
    { from: 'x', key: 'right', to: 'p/branches/two' },
    { from: 'p/branches/two', key: 'right', to: 'p/branches/three' },
    { from: 'p/branches/two', key: 'down', to: 'c' },
    { from: 'l', key: 'right', to: 'r' },
    { from: 'r', key: 'left', to: 'l' },
    { from: 'r', key: 'up', to: 'c' },
    { from: 'l', key: 'left', to: undefined },
    { from: 'gone', key: 'up', to: undefined },
  ])('$key leads from $from to $to', ({ from, key, to }) => {
    expect(neighbour({ graph, boxes }, from, key)).toBe(to);
  });
});
