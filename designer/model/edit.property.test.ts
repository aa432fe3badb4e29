import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copied, pasted } from './clipboard.ts';
import {
  addBranch,
  addChoiceCase,
  addErrorRoute,
  connect,
  disconnect,
  insert,
  isNodeId,
  moveNodes,
  newCall,
  newDraft,
  newNode,
  removeBranch,
  removeNodes,
  renameNode,
  type Spot,
} from './edit.ts';
import type { FlowDocument } from './flow-document.ts';
import { graphOf } from './graph.ts';
import { partsOf } from './graph-node.ts';
import { indexOf } from './graph-scope.ts';

const empty: FlowDocument = { id: 'f', start: '', nodes: {} };
const types = ['choice', 'parallel', 'forEach', 'try', 'wait', 'set', 'end', 'call'] as const;

/** One thing that somebody may do; numbers choose among what is there when it is done. */
type Action = { readonly kind: (typeof kinds)[number]; readonly a: number; readonly b: number; readonly c: number };
const kinds = [
  'insert',
  'insert',
  'insert',
  'remove',
  'move',
  'connect',
  'disconnect',
  'branch',
  'unbranch',
  'case',
  'error',
  'rename',
  'paste',
] as const;

const actions = fc.array(fc.record({ kind: fc.constantFrom(...kinds), a: fc.nat(), b: fc.nat(), c: fc.nat() }), {
  maxLength: 40,
});

const pick = <T>(items: readonly T[], number: number): T | undefined => items[number % Math.max(1, items.length)];

function exits(document: FlowDocument) {
  const { nodes, scopes } = indexOf(document);
  return [
    ...[...nodes.values()].flatMap(({ id, draft }) =>
      partsOf(draft).exits.map(({ pointer }) => ({ source: id, exit: pointer })),
    ),
    ...[...scopes.values()].map(({ address, container, isBranch }) => ({
      source: isBranch ? address : (container ?? '$start'),
      exit: 'start',
    })),
  ];
}

function spotFor(document: FlowDocument, a: number, b: number): Spot {
  const node = pick([...indexOf(document).nodes.keys()], b) ?? '';
  const at = pick(exits(document), b) ?? { source: '$start', exit: 'start' };
  const scope = pick([...indexOf(document).scopes.keys()], b) ?? '';
  const spots: Spot[] = [
    { kind: 'exit', at },
    { kind: 'after', node },
    { kind: 'beside', node },
    { kind: 'scope', scope },
    { kind: 'scope', scope, place: { x: a % 500, y: b % 500 } },
  ];
  return pick(spots, a) ?? { kind: 'scope', scope: '' };
}

function act(document: FlowDocument, { kind, a, b, c }: Action): FlowDocument {
  const ids = [...indexOf(document).nodes.keys()];
  const id = pick(ids, a) ?? '';
  const exit = pick(exits(document), a) ?? { source: '$start', exit: 'start' };
  switch (kind) {
    case 'insert': {
      const type = pick(types, c) ?? 'set';
      const draft = type === 'call' ? newCall('cif', 'getCustomer') : newDraft(type);
      return insert(document, spotFor(document, a, b), newNode(document, draft));
    }
    case 'remove':
      return removeNodes(document, [id, pick(ids, b) ?? '']);
    case 'move':
      return moveNodes(document, c % 3 === 0 ? [id, pick(ids, b) ?? ''] : [id], spotFor(document, b, c));
    case 'connect':
      return connect(document, exit, pick(ids, b) ?? '');
    case 'disconnect':
      return disconnect(document, exit);
    case 'branch':
      return addBranch(document, id);
    case 'unbranch':
      return removeBranch(document, pick([...indexOf(document).scopes.keys()], a) ?? '');
    case 'case':
      return addChoiceCase(document, id);
    case 'error':
      return addErrorRoute(document, id, 'SERVICE_ERROR');
    case 'rename':
      return renameNode(document, id, `renamed${b % 100}`);
    case 'paste':
      return pasted(document, copied(document, [id]) ?? '', spotFor(document, b, c))?.document ?? document;
  }
}

/** Everything that must hold of a document, as a list of what does not. */
function broken(document: FlowDocument): string[] {
  const { nodes, scopes } = indexOf(document);
  const seen: string[] = [];
  const wrong: string[] = [];
  for (const scope of scopes.values()) {
    const ids = Object.keys(scope.nodes);
    seen.push(...ids);
    const starts = ids.length === 0 ? scope.start === '' : ids.includes(scope.start);
    if (!starts) wrong.push(`start ${scope.start} of ${scope.address}`);
    for (const [id, draft] of Object.entries(scope.nodes)) {
      if (!isNodeId(id)) wrong.push(`id ${id}`);
      for (const { target, pointer } of partsOf(draft).exits)
        if (target !== undefined && !ids.includes(target)) wrong.push(`${id}${pointer} → ${target}`);
    }
  }
  if (new Set(seen).size !== seen.length || seen.length !== nodes.size) wrong.push('an id twice');
  return wrong;
}

describe('whatever is done to a flow', () => {
  test('ids stay unique, starts stay valid, and no exit leads nowhere', () => {
    fc.assert(
      fc.property(actions, (list) => {
        let document = empty;
        for (const action of list) {
          document = act(document, action);
          expect(broken(document), JSON.stringify(action)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('nothing is lost unless it is removed', () => {
    fc.assert(
      fc.property(actions, fc.nat(), fc.nat(), (list, a, b) => {
        const document = list.reduce(act, empty);
        const ids = [...indexOf(document).nodes.keys()];
        const moved = moveNodes(document, [pick(ids, a) ?? ''], spotFor(document, a, b));
        const after = indexOf(moved).nodes;
        expect(ids.filter((id) => !after.has(id))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('removing what was just inserted gives the same flow again', () => {
    fc.assert(
      fc.property(actions, fc.nat(), fc.constantFrom('wait', 'set', 'try', 'parallel'), (list, a, type) => {
        const document = list.reduce(act, empty);
        const at = pick(exits(document), a) ?? { source: '$start', exit: 'start' };
        const node = newNode(document, newDraft(type));
        const { layout: _, ...restored } = removeNodes(insert(document, { kind: 'exit', at }, node), [node.id]);
        const { layout: __, ...before } = document;
        const route = at.exit.startsWith('/onError') || at.exit.startsWith('/catch');
        // A route for errors that led nowhere is removed with what it led to.
        if (!route) expect(restored).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  test('the graph draws every node once, containers before what they hold', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const document = list.reduce(act, empty);
        const drawn = [...graphOf(document).nodes.values()];
        const order = new Map(drawn.map(({ id }, at) => [id, at]));
        expect(drawn.filter(({ kind }) => kind === 'step' || kind === 'container')).toHaveLength(
          indexOf(document).nodes.size,
        );
        for (const { id, parent } of drawn)
          if (parent !== undefined) expect(order.get(parent)).toBeLessThan(order.get(id) ?? -1);
      }),
      { numRuns: 100 },
    );
  });

  test('no draft is so broken that it cannot be drawn', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.jsonValue({ maxDepth: 5 }),
        fc.jsonValue(),
        (nodes, node, layout) => {
          const types = { a: { type: 'choice', when: node }, b: { type: 'parallel', branches: nodes }, c: node };
          for (const made of [nodes, types, { d: { type: 'try', do: { start: 1, nodes } } }]) {
            expect(() =>
              graphOf({ id: 'x', start: 'a', nodes: made, layout } as unknown as FlowDocument),
            ).not.toThrow();
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
