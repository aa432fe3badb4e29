import { describe, expect, test } from 'vitest';
import { copied, pasted } from './clipboard.ts';
import { diff } from './diff.ts';
import {
  addBeside,
  addErrorRoute,
  canRunBeside,
  connect,
  disconnect,
  insert,
  moveNodes,
  newCall,
  newDraft,
  newNode,
  removeNodes,
  renameNode,
  setFlow,
  setNode,
  toggleCollapsed,
  validTargets,
} from './edit.ts';
import type { FlowDocument, NodeDraft } from './flow-document.ts';

const empty: FlowDocument = { id: 'f', start: '', nodes: {} };
const steps = (nodes: { readonly [id: string]: NodeDraft }, start: string): FlowDocument => ({ id: 'f', start, nodes });
const chain = steps({ a: { type: 'set', next: 'b' }, b: { type: 'set', next: 'c' }, c: { type: 'end' } }, 'a');
const anywhere = { kind: 'scope', scope: '' } as const;

describe('inserting', () => {
  test('the first node becomes the start, the next one follows it', () => {
    const one = insert(empty, anywhere, newNode(empty, newCall('cif', 'getCustomer')));
    const two = insert(one, anywhere, newNode(one, newCall('cif', 'getCustomer')));
    expect(two.start).toBe('getCustomer');
    expect(two.nodes['getCustomer']?.['next']).toBe('getCustomer2');
  });

  test('a node beside another wraps both into a parallel that leads on', () => {
    const changed = addBeside(chain, 'b', { id: 'x', draft: { type: 'set' } });
    expect(changed.nodes['a']?.['next']).toBe('parallel');
    expect(changed.nodes['parallel']).toEqual({
      type: 'parallel',
      branches: {
        b: { start: 'b', nodes: { b: { type: 'set' } } },
        x: { start: 'x', nodes: { x: { type: 'set' } } },
      },
      next: 'c',
    });
  });

  test('routes for errors pass to the parallel, since they lead out of the branch', () => {
    const routed = connect(addErrorRoute(chain, 'b', 'X'), { source: 'b', exit: '/onError/0/next' }, 'c');
    const changed = addBeside(routed, 'b', { id: 'x', draft: { type: 'set' } });
    expect(changed.nodes['parallel']?.['onError']).toEqual([{ code: 'X', next: 'c' }]);
  });

  test('a node that is alone in its branch gets a further branch beside it', () => {
    const two = addBeside(chain, 'b', { id: 'x', draft: { type: 'set' } });
    const three = addBeside(two, 'x', { id: 'y', draft: { type: 'set' } });
    expect(Object.keys(three.nodes['parallel']?.['branches'] ?? {})).toEqual(['b', 'x', 'y']);
  });

  test.each([
    { node: 'c', can: false },
    { node: 'b', can: true },
  ])('beside $node something can run: $can', ({ node, can }) => {
    expect(canRunBeside(chain, node)).toBe(can);
  });

  test('after an end nothing can come, so it comes before', () => {
    const changed = insert(chain, { kind: 'after', node: 'c' }, { id: 'x', draft: { type: 'wait' } });
    expect(changed.nodes['b']?.['next']).toBe('x');
    expect(changed.nodes['x']?.['next']).toBe('c');
  });

  test('a choice spliced in goes on by its first case', () => {
    const at = { source: 'a', exit: '/next' };
    const changed = insert(chain, { kind: 'exit', at }, { id: 'x', draft: newDraft('choice') });
    expect(changed.nodes['x']).toEqual({ type: 'choice', when: [{ next: 'b' }] });
  });
});

describe('connecting', () => {
  test('leads only to other nodes of the same scope', () => {
    const inner = { type: 'try', do: { start: 'i', nodes: { i: { type: 'set' }, j: { type: 'set' } } } };
    const document = steps({ a: { type: 'set' }, t: inner }, 'a');
    expect([...validTargets(document, { source: 'a', exit: '/next' })]).toEqual(['t']);
    expect([...validTargets(document, { source: 'i', exit: '/next' })]).toEqual(['j']);
    expect(connect(document, { source: 'a', exit: '/next' }, 'i')).toBe(document);
  });

  test('opening a route for errors removes it', () => {
    const routed = connect(addErrorRoute(chain, 'a'), { source: 'a', exit: '/onError/0/next' }, 'c');
    expect(disconnect(routed, { source: 'a', exit: '/onError/0/next' }).nodes['a']).toEqual(chain.nodes['a']);
  });
});

describe('removing and moving', () => {
  test('what led to a node leads to where it went on', () => {
    expect(removeNodes(chain, ['a', 'b'])).toEqual({ id: 'f', start: 'c', nodes: { c: { type: 'end' } } });
  });

  test('a node dragged into a container leaves a healed flow behind', () => {
    const holder = steps(
      { a: { type: 'set', next: 't' }, t: { ...newDraft('try'), next: 'b' }, b: { type: 'set' } },
      'a',
    );
    const moved = moveNodes(holder, ['b'], { kind: 'scope', scope: 't/do' });
    expect(moved.nodes).toEqual({
      a: { type: 'set', next: 't' },
      t: { type: 'try', do: { start: 'b', nodes: { b: { type: 'set' } } } },
    });
  });

  test('a container cannot be moved into itself', () => {
    const holder = steps({ t: newDraft('try') }, 't');
    expect(moveNodes(holder, ['t'], { kind: 'scope', scope: 't/do' })).toBe(holder);
  });

  test('a collapsed container moves with what it holds and stays collapsed', () => {
    const inner = { type: 'try', do: { start: 'i', nodes: { i: { type: 'set' } } } };
    const document = toggleCollapsed(steps({ t: inner, p: newDraft('try') }, 't'), 't');
    const moved = moveNodes(document, ['t'], { kind: 'scope', scope: 'p/do' });
    expect(moved.nodes).toEqual({ p: { type: 'try', do: { start: 't', nodes: { t: inner } } } });
  });
});

describe('renaming', () => {
  test('reaches exits, expressions in values, conditions and the output, and what is sensitive', () => {
    const body = { map: [{ var: 'steps.a.items' }, { cat: [{ var: 'steps.a' }, { var: '$.steps.a.id' }] }] };
    const document: FlowDocument = {
      ...steps(
        { a: { type: 'set', next: 'ab' }, ab: { type: 'choice', when: [{ if: { var: 'steps.a.ok' }, next: 'a' }] } },
        'a',
      ),
      output: { literal: { var: 'steps.a' }, read: { $: body }, other: { $: { var: ['steps.ab.x', null] } } },
      sensitive: ['/steps/a/no', '/steps/ab/no'],
      layout: { a: { x: 1, y: 2 }, 'a/do': { x: 0, y: 0 } },
    };
    expect(renameNode(document, 'a', 'z')).toEqual({
      ...steps(
        { z: { type: 'set', next: 'ab' }, ab: { type: 'choice', when: [{ if: { var: 'steps.z.ok' }, next: 'z' }] } },
        'z',
      ),
      output: {
        literal: { var: 'steps.a' },
        read: { $: { map: [{ var: 'steps.z.items' }, { cat: [{ var: 'steps.a' }, { var: '$.steps.z.id' }] }] } },
        other: { $: { var: ['steps.ab.x', null] } },
      },
      sensitive: ['/steps/z/no', '/steps/ab/no'],
      layout: { z: { x: 1, y: 2 }, 'z/do': { x: 0, y: 0 } },
    });
  });

  test('takes along what the layout remembers of the node', () => {
    const records = { $mocks: { a: { ok: true }, b: 2 }, $suggested: { a: ['/input'] } };
    const document: FlowDocument = { ...chain, layout: records };
    expect(renameNode(document, 'a', 'z').layout).toEqual({
      $mocks: { z: { ok: true }, b: 2 },
      $suggested: { z: ['/input'] },
    });
  });

  test('to an id that is taken or malformed changes nothing', () => {
    expect(renameNode(chain, 'a', 'b')).toBe(chain);
    expect(renameNode(chain, 'a', '9')).toBe(chain);
  });
});

describe('copying', () => {
  const document = steps(
    {
      a: { type: 'call', service: 's', operation: 'o', next: 'b' },
      b: { type: 'set', values: { v: { $: { var: 'steps.a.x' } }, w: { $: { var: 'steps.c.x' } } }, next: 'c' },
      c: { type: 'set' },
    },
    'a',
  );

  test('within a flow gives new ids, to which links and expressions among the copies follow', () => {
    const result = pasted(document, copied(document, ['a', 'b']) ?? '', { kind: 'after', node: 'c' });
    expect(result?.ids).toEqual(['a2', 'b2']);
    expect(result?.document.nodes['c']?.['next']).toBe('a2');
    expect(result?.document.nodes['a2']?.['next']).toBe('b2');
    expect(result?.document.nodes['b2']).toEqual({
      type: 'set',
      values: { v: { $: { var: 'steps.a2.x' } }, w: { $: { var: 'steps.c.x' } } },
    });
  });

  test('into another flow keeps ids that are free there', () => {
    const result = pasted(empty, copied(document, ['b', 'c']) ?? '', anywhere);
    expect(result?.document.start).toBe('b');
    expect(Object.keys(result?.document.nodes ?? {})).toEqual(['b', 'c']);
  });

  test.each(['', 'hello', '{"nodes":{}}', '[]', '{"heddle":"nodes","nodes":{"a":1}}'])(
    'what is not ours is not pasted: %s',
    (text) => {
      expect(pasted(empty, text, anywhere)).toBeUndefined();
    },
  );
});

describe('the difference of two flows', () => {
  test('names nodes that came, went and changed, field by field, and not where they stand', () => {
    const removed = removeNodes(chain, ['b']);
    const after = { ...setNode(removed, 'c', { type: 'end', outcome: 'done' }), layout: { a: { x: 5, y: 5 } } };
    const added = setFlow(
      insert(after, { kind: 'after', node: 'a' }, { id: 'n', draft: { type: 'set' } }),
      'mode',
      'express',
    );
    const found = diff(chain, added);
    expect(found.added).toEqual(['n']);
    expect(found.removed).toEqual(['b']);
    expect([...found.changed]).toEqual([
      ['a', [{ pointer: '/next', before: 'b', after: 'n' }]],
      ['c', [{ pointer: '/outcome', before: undefined, after: 'done' }]],
    ]);
    expect(found.flow).toEqual([{ pointer: '/mode', before: undefined, after: 'express' }]);
  });
});
