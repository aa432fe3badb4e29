import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../errors.ts';
import { nodeTypes } from '../nodes/index.ts';
import { parse } from './index.ts';

const call: JsonObject = { type: 'call', service: 'bank', operation: 'pay' };
const reading = (path: string, more: JsonObject = {}): JsonObject => ({
  ...call,
  input: { $: { var: path } },
  ...more,
});
const set = (name: string, more: JsonObject = {}): JsonObject => ({ type: 'set', values: { [name]: 1 }, ...more });
const scope = (nodes: JsonObject, more: JsonObject = {}): JsonObject => ({
  start: Object.keys(nodes)[0] ?? '',
  nodes,
  ...more,
});
const either = (yes: string, no: string): JsonObject => ({
  type: 'choice',
  when: [{ if: { var: 'input.x' }, next: yes }],
  otherwise: no,
});

function wrong(nodes: JsonObject, head: JsonObject = {}): string[] {
  const document: Json = { id: 'tested', ...scope(nodes), ...head };
  const parsed = parse(document, nodeTypes);
  return (parsed.ok ? parsed.warnings : parsed.problems).map(({ code, pointer }) => `${code} ${pointer}`);
}

describe('reachability', () => {
  test.each<{ what: string; nodes: JsonObject; problems: string[] }>([
    { what: 'a node that nothing leads to', nodes: { a: call, b: call }, problems: ['unreachable /nodes/b'] },
    {
      what: 'a cycle that nothing leads to',
      nodes: { a: call, b: { ...call, next: 'c' }, c: { ...call, next: 'b' } },
      problems: ['unreachable /nodes/b', 'unreachable /nodes/c'],
    },
    {
      what: 'a cycle without an exit',
      nodes: { a: { ...call, next: 'b' }, b: { ...call, next: 'a' } },
      problems: ['no-end /nodes/a', 'no-end /nodes/b'],
    },
    {
      what: 'a cycle that an error leaves',
      nodes: { a: { ...call, next: 'a', onError: [{ code: '*', next: 'b' }] }, b: call },
      problems: [],
    },
    {
      what: 'a cycle that ends the flow from inside a container',
      nodes: {
        a: {
          type: 'try',
          do: scope({ b: { ...call, next: 'c' }, c: either('d', 'e'), d: { type: 'end', scope: 'flow' }, e: set('x') }),
          next: 'a',
        },
      },
      problems: [],
    },
    {
      what: 'a cycle with an end of its own scope inside a container',
      nodes: { a: { type: 'try', do: scope({ b: { ...call, next: 'd' }, d: { type: 'end' } }), next: 'a' } },
      problems: ['no-end /nodes/a'],
    },
    {
      what: 'an inner scope',
      nodes: { a: { type: 'try', do: scope({ b: call, c: call }) } },
      problems: ['unreachable /nodes/a/do/nodes/c'],
    },
  ])('judges $what', ({ nodes, problems }) => {
    expect(wrong(nodes)).toEqual(problems);
  });
});

describe('cycles that would never rest', () => {
  test.each<{ what: string; nodes: JsonObject; problems: string[] }>([
    {
      what: 'a choice and a set',
      nodes: { a: set('x', { next: 'b' }), b: either('a', 'c'), c: call },
      problems: ['spin /nodes/a'],
    },
    { what: 'a choice that leads to itself', nodes: { a: either('a', 'b'), b: call }, problems: ['spin /nodes/a'] },
    { what: 'a call', nodes: { a: { ...call, next: 'b' }, b: either('a', 'c'), c: call }, problems: [] },
    {
      what: 'a wait',
      nodes: { a: { type: 'wait', for: '1s', next: 'b' }, b: either('a', 'c'), c: call },
      problems: [],
    },
    {
      what: 'a container without a call',
      nodes: { a: { type: 'try', do: scope({ d: set('x') }), next: 'b' }, b: either('a', 'c'), c: call },
      problems: ['spin /nodes/a'],
    },
    {
      what: 'a container with a call',
      nodes: { a: { type: 'try', do: scope({ d: call }), next: 'b' }, b: either('a', 'c'), c: call },
      problems: [],
    },
    {
      what: 'an error route',
      nodes: { a: { type: 'fail', code: 'X', onError: [{ code: '*', next: 'b' }] }, b: either('a', 'c'), c: call },
      problems: ['spin /nodes/a'],
    },
    {
      what: 'no cycle, but two ways that meet',
      nodes: { a: either('b', 'c'), b: set('x', { next: 'd' }), c: set('x', { next: 'd' }), d: call },
      problems: [],
    },
    {
      what: 'two cycles, of which one has a call',
      nodes: {
        a: { ...call, next: 'b' },
        b: either('a', 'c'),
        c: set('x', { next: 'd' }),
        d: either('c', 'e'),
        e: call,
      },
      problems: ['spin /nodes/c'],
    },
  ])('with $what', ({ nodes, problems }) => {
    expect(wrong(nodes)).toEqual(problems);
  });
});

describe('what a node may read', () => {
  const never = (where: string) => [`never-set ${where}`];
  const maybe = (where: string) => [`maybe-unset ${where}`];

  test.each<{ what: string; nodes: JsonObject; problems: string[] }>([
    { what: 'a step before it', nodes: { a: { ...call, next: 'b' }, b: reading('steps.a') }, problems: [] },
    { what: 'a step that there is not', nodes: { a: reading('steps.z') }, problems: never('/nodes/a/input/$/var') },
    {
      what: 'a step after it',
      nodes: { a: reading('steps.b', { next: 'b' }), b: call },
      problems: never('/nodes/a/input/$/var'),
    },
    { what: 'itself', nodes: { a: reading('steps.a') }, problems: never('/nodes/a/input/$/var') },
    {
      what: 'itself, in a loop',
      nodes: { a: reading('steps.a', { next: 'b' }), b: either('a', 'c'), c: call },
      problems: maybe('/nodes/a/input/$/var'),
    },
    {
      what: 'a step on one of two ways',
      nodes: { a: either('b', 'c'), b: { ...call, next: 'c' }, c: reading('steps.b') },
      problems: maybe('/nodes/c/input/$/var'),
    },
    {
      what: 'a step on one of two ways, with a default',
      nodes: {
        a: either('b', 'c'),
        b: { ...call, next: 'c' },
        c: { ...call, input: { $: { var: ['steps.b', null] } } },
      },
      problems: [],
    },
    {
      what: 'a step that failed',
      nodes: { a: { ...call, onError: [{ code: '*', next: 'b' }] }, b: reading('steps.a') },
      problems: maybe('/nodes/b/input/$/var'),
    },
    { what: 'a variable', nodes: { a: set('x', { next: 'b' }), b: reading('vars.x') }, problems: [] },
    {
      what: 'a variable that nobody sets',
      nodes: { a: set('x', { next: 'b' }), b: reading('vars.y') },
      problems: never('/nodes/b/input/$/var'),
    },
    {
      what: 'a branch that always runs',
      nodes: { a: { type: 'parallel', branches: { x: scope({ c: call }) }, next: 'b' }, b: reading('steps.c') },
      problems: [],
    },
    {
      what: 'a branch that may not run',
      nodes: {
        a: { type: 'parallel', branches: { x: scope({ c: call }, { if: { var: 'input.x' } }) }, next: 'b' },
        b: reading('steps.c'),
      },
      problems: maybe('/nodes/b/input/$/var'),
    },
    {
      what: 'a branch that may have lost',
      nodes: {
        a: { type: 'parallel', need: 'any', branches: { x: scope({ c: call }) }, next: 'b' },
        b: reading('steps.c'),
      },
      problems: maybe('/nodes/b/input/$/var'),
    },
    {
      what: 'a branch beside it',
      nodes: { a: { type: 'parallel', branches: { x: scope({ c: call }), y: scope({ d: reading('steps.c') }) } } },
      problems: never('/nodes/a/branches/y/nodes/d/input/$/var'),
    },
    {
      what: 'an enclosing scope',
      nodes: { a: { ...call, next: 'b' }, b: { type: 'try', do: scope({ c: reading('steps.a') }) } },
      problems: [],
    },
    {
      what: 'inside a finished try',
      nodes: { a: { type: 'try', do: scope({ c: call }), next: 'b' }, b: reading('steps.c') },
      problems: [],
    },
    {
      what: 'inside a try that failed',
      nodes: { a: { type: 'try', do: scope({ c: call }), catch: [{ code: '*', next: 'b' }] }, b: reading('steps.c') },
      problems: maybe('/nodes/b/input/$/var'),
    },
    {
      what: 'inside a try that may have ended before',
      nodes: {
        a: {
          type: 'try',
          do: scope({ c: either('d', 'e'), d: { ...call }, e: { type: 'end', output: 1 } }),
          next: 'b',
        },
        b: reading('steps.d'),
      },
      problems: maybe('/nodes/b/input/$/var'),
    },
    {
      what: 'inside a try that may have ended the flow',
      nodes: {
        a: {
          type: 'try',
          do: scope({ c: either('d', 'e'), d: { ...call }, e: { type: 'end', scope: 'flow' } }),
          next: 'b',
        },
        b: reading('steps.d'),
      },
      problems: [],
    },
    {
      what: 'inside a forEach',
      nodes: { a: { type: 'forEach', items: [1], do: scope({ c: call }), next: 'b' }, b: reading('steps.c') },
      problems: never('/nodes/b/input/$/var'),
    },
    {
      what: 'the list of a forEach',
      nodes: { a: { type: 'forEach', items: [1], do: scope({ c: call }), next: 'b' }, b: reading('steps.a') },
      problems: [],
    },
    {
      what: 'its item',
      nodes: {
        a: { type: 'forEach', items: [1], do: scope({ c: reading('item', { next: 'd' }), d: reading('index') }) },
      },
      problems: [],
    },
    { what: 'an item outside a forEach', nodes: { a: reading('item') }, problems: ['no-item /nodes/a/input/$/var'] },
    {
      what: 'an item in the items themselves',
      nodes: { a: { type: 'forEach', items: { $: { var: 'item' } }, do: scope({ c: call }) } },
      problems: ['no-item /nodes/a/items/$/var'],
    },
    { what: 'an event', nodes: { a: reading('event') }, problems: ['no-event /nodes/a/input/$/var'] },
    {
      what: 'in a condition',
      nodes: {
        a: { type: 'choice', when: [{ if: { '>': [{ var: 'steps.z' }, 1] }, next: 'b' }], otherwise: 'b' },
        b: call,
      },
      problems: never('/nodes/a/when/0/if/>/0/var'),
    },
    {
      what: 'in the condition of a branch',
      nodes: { a: { type: 'parallel', branches: { x: scope({ c: call }, { if: { var: 'steps.c' } }) } } },
      problems: never('/nodes/a/branches/x/if/var'),
    },
  ])('$what', ({ nodes, problems }) => {
    expect(wrong(nodes)).toEqual(problems);
  });

  test('a compensation may read its own step and the call as it was made; so may a status query', () => {
    const compensate = {
      operation: 'refund',
      input: { id: { $: { var: 'steps.a.id' } }, key: { $: { var: 'event.idempotencyKey' } } },
    };
    const query = { operation: 'status', input: { $: { var: 'event.idempotencyKey' } } };
    const onUnknown = { query, decide: [{ if: { var: 'event.done' }, then: 'succeeded' }] };
    expect(wrong({ a: { ...call, compensate, onUnknown } })).toEqual([]);
    const late = { operation: 'refund', input: { $: { var: 'steps.b' } } };
    expect(wrong({ a: { ...call, compensate: late, next: 'b' }, b: call })).toEqual([
      'never-set /nodes/a/compensate/input/$/var',
    ]);
  });

  test('the output reads what every way to it has set, and the keys only the input', () => {
    const nodes = { a: either('b', 'c'), b: { ...call, next: 'c' }, c: call };
    expect(wrong(nodes, { output: { b: { $: { var: 'steps.b' } }, c: { $: { var: 'steps.c' } } } })).toEqual([
      'maybe-unset /output/b/$/var',
    ]);
    expect(
      wrong(nodes, { businessKey: { $: { var: 'steps.c' } }, idempotencyKey: { $: { var: 'input.id' } } }),
    ).toEqual(['never-set /businessKey/$/var']);
  });

  test('the output does not stand for an end that says its own', () => {
    const nodes = { a: either('b', 'c'), b: call, c: { type: 'end', outcome: 'refused' } };
    expect(wrong(nodes, { output: { $: { var: 'steps.b' } } })).toEqual([]);
  });
});

describe('joins and modes', () => {
  test.each([
    { need: 2, problems: [] },
    { need: 3, problems: ['need /nodes/a/need'] },
  ])('a need of $need of two branches', ({ need, problems }) => {
    expect(
      wrong({ a: { type: 'parallel', need, branches: { x: scope({ b: call }), y: scope({ c: call }) } } }),
    ).toEqual(problems);
  });

  test.each<{ what: string; node: JsonObject; refused: boolean }>([
    { what: 'a call', node: call, refused: false },
    { what: 'a short wait', node: { type: 'wait', for: '5s' }, refused: false },
    { what: 'a long wait', node: { type: 'wait', for: '6s' }, refused: true },
    { what: 'an event', node: { type: 'event', name: 'x' }, refused: true },
    { what: 'a task', node: { type: 'task' }, refused: true },
    { what: 'a sub-flow', node: { type: 'subflow', flow: 'x' }, refused: true },
    { what: 'a compensation', node: { ...call, compensate: { operation: 'undo', input: {} } }, refused: true },
    { what: 'a saga', node: { type: 'try', saga: true, do: scope({ c: call }) }, refused: true },
    { what: 'a try', node: { type: 'try', do: scope({ c: call }) }, refused: false },
  ])('an express flow with $what, inside a branch, is refused: $refused', ({ node, refused }) => {
    const nodes = { a: { type: 'parallel', branches: { x: scope({ b: node }) } } };
    expect(wrong(nodes, { mode: 'express' })).toEqual(refused ? ['express /nodes/a/branches/x/nodes/b'] : []);
    expect(wrong(nodes)).toEqual([]);
  });
});

describe('secrets', () => {
  test.each<{ input: Json; at: string | undefined }>([
    { input: { password: 'hunter2' }, at: '/nodes/a/input/password' },
    { input: { deep: [{ 'api-key': 'x' }] }, at: '/nodes/a/input/deep/0/api-key' },
    { input: { auth: 'Bearer abcdefghijklmnop' }, at: '/nodes/a/input/auth' },
    { input: '-----BEGIN RSA PRIVATE KEY-----', at: '/nodes/a/input' },
    { input: { password: { $: { var: 'input.password' } } }, at: undefined },
    { input: { password: '' }, at: undefined },
    { input: { passwordHint: 'the usual' }, at: undefined },
  ])('in $input are found at $at', ({ input, at }) => {
    expect(wrong({ a: { ...call, input } })).toEqual(at === undefined ? [] : [`secret-literal ${at}`]);
  });

  test('are not looked for in schemas', () => {
    const schema = { type: 'object', properties: { password: { type: 'string', default: 'x' } } };
    expect(wrong({ a: { type: 'task', form: schema } }, { input: schema })).toEqual([]);
  });
});
