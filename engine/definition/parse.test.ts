import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../errors.ts';
import { nodeTypes } from '../nodes/index.ts';
import { parse } from './index.ts';

const call: JsonObject = { type: 'call', service: 'bank', operation: 'pay' };
const scope = (nodes: JsonObject, more: JsonObject = {}): JsonObject => ({
  start: Object.keys(nodes)[0] ?? '',
  nodes,
  ...more,
});
const flow = (nodes: JsonObject, head: JsonObject = {}): JsonObject => ({ id: 'tested', ...scope(nodes), ...head });

/** Everything that is wrong, a code and a pointer each. */
function wrong(document: Json): string[] {
  const parsed = parse(document, nodeTypes);
  return (parsed.ok ? parsed.warnings : parsed.problems).map(({ code, pointer }) => `${code} ${pointer}`);
}

describe('parse', () => {
  test.each<{ what: string; document: Json; problems: string[] }>([
    { what: 'no object', document: [], problems: ['type '] },
    { what: 'nothing', document: {}, problems: ['required ', 'required ', 'required '] },
    {
      what: 'an unknown property of the flow',
      document: flow({ a: call }, { colour: 1 }),
      problems: ['unknown-property /colour'],
    },
    {
      what: 'an unknown property of a node',
      document: flow({ a: { ...call, colour: 1 } }),
      problems: ['unknown-property /nodes/a/colour'],
    },
    {
      what: 'an unknown property deep inside a node',
      document: flow({ a: { ...call, retry: { attempts: 1, often: true } } }),
      problems: ['unknown-property /nodes/a/retry/often'],
    },
    {
      what: 'an unknown property of a scope',
      document: flow({ a: { type: 'try', do: scope({ b: call }, { if: true }) } }),
      problems: ['unknown-property /nodes/a/do/if'],
    },
    { what: 'an unknown type', document: flow({ a: { type: 'magic' } }), problems: ['unknown-type /nodes/a/type'] },
    {
      what: 'the name of what every object has as a type',
      document: flow({ a: { type: 'constructor' } }),
      problems: ['unknown-type /nodes/a/type'],
    },
    { what: 'a node that is none', document: flow({ a: 7 }), problems: ['type /nodes/a'] },
    { what: 'a bad id', document: flow({ A: call }), problems: ['node-id /nodes/A'] },
    {
      what: 'an id that is too long',
      document: flow({ ['a'.repeat(65)]: call }),
      problems: [`node-id /nodes/${'a'.repeat(65)}`],
    },
    {
      what: 'an id that is used twice, in scopes apart',
      document: flow({ a: { type: 'try', do: scope({ b: call }), next: 'b' }, b: call }),
      problems: ['duplicate-id /nodes/b'],
    },
    { what: 'a start that is no node', document: flow({ a: call }, { start: 'b' }), problems: ['unknown-node /start'] },
    {
      what: 'a start of a scope that is no node',
      document: flow({ a: { type: 'try', do: scope({}) } }),
      problems: ['unknown-node /nodes/a/do/start'],
    },
    {
      what: 'a next that is no node',
      document: flow({ a: { ...call, next: 'b' } }),
      problems: ['unknown-node /nodes/a/next'],
    },
    {
      what: 'a next out of its scope',
      document: flow({ a: { type: 'try', do: scope({ b: { ...call, next: 'c' } }), next: 'c' }, c: call }),
      problems: ['unknown-node /nodes/a/do/nodes/b/next'],
    },
    {
      what: 'an error route into a scope',
      document: flow({ a: { type: 'try', do: scope({ b: call }), onError: [{ code: '*', next: 'b' }] } }),
      problems: ['unknown-node /nodes/a/onError/0/next'],
    },
    {
      what: 'a catch out of its scope',
      document: flow({ a: { type: 'try', do: scope({ b: call }), catch: [{ code: '*', next: 'b' }] } }),
      problems: ['unknown-node /nodes/a/catch/0/next'],
    },
    {
      what: 'a next where a node has none',
      document: flow({ a: { type: 'end', next: 'a' } }),
      problems: ['unknown-property /nodes/a/next'],
    },
    {
      what: 'durations that are none',
      document: flow({ a: { ...call, timeout: 'soon' } }, { timeout: 'P1M', retention: 'x' }),
      problems: ['minLength /retention', 'duration /timeout', 'duration /nodes/a/timeout'],
    },
    {
      what: 'a wait for no duration',
      document: flow({ a: { type: 'wait', for: '5 minutes' } }),
      problems: ['duration /nodes/a/for'],
    },
    {
      what: 'an expression that is none',
      document: flow({ a: { ...call, input: { x: { $: { magic: [1] } } } } }),
      problems: ['EXPRESSION_INVALID /nodes/a/input/x/$'],
    },
    {
      what: 'a path to a prototype',
      document: flow({ a: { ...call, input: { $: { var: 'input.__proto__.x' } } } }),
      problems: ['EXPRESSION_INVALID /nodes/a/input/$/var'],
    },
    {
      what: 'an error code that is none',
      document: flow({ a: { ...call, onError: [{ code: 'oops', next: 'b' }], next: 'b' }, b: call }),
      problems: ['pattern /nodes/a/onError/0/code'],
    },
    {
      what: 'the title of a branch that is none',
      document: flow({ a: { type: 'parallel', branches: { x: scope({ b: call }, { title: 5 }) } } }),
      problems: ['anyOf /nodes/a/branches/x/title'],
    },
  ])('refuses $what', ({ document, problems }) => {
    expect(wrong(document)).toEqual(problems);
  });

  test('finds all problems at once, also inside a container that is itself wrong', () => {
    const document = flow(
      {
        a: { ...call, next: 'nowhere', timeout: 'soon' },
        b: {
          type: 'parallel',
          need: 'most',
          branches: { x: scope({ c: { ...call, colour: 1 } }), y: scope({ d: { type: 'magic' } }) },
        },
        E: call,
      },
      { start: 'z', colour: 1 },
    );
    expect(wrong(document).sort()).toEqual(
      [
        'unknown-property /colour',
        'unknown-node /start',
        'unknown-node /nodes/a/next',
        'duration /nodes/a/timeout',
        'anyOf /nodes/b/need',
        'unknown-property /nodes/b/branches/x/nodes/c/colour',
        'unknown-type /nodes/b/branches/y/nodes/d/type',
        'node-id /nodes/E',
      ].sort(),
    );
  });

  test('gives every problem a message', () => {
    const parsed = parse(flow({ a: { ...call, next: 'b', timeout: 'x', colour: 1 } }, { start: 1 }), nodeTypes);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) for (const { message } of parsed.problems) expect(message.length).toBeGreaterThan(10);
  });

  test.each([
    { count: 500, problems: [] },
    { count: 501, problems: ['too-many-nodes /nodes'] },
  ])('of $count nodes says $problems', ({ count, problems }) => {
    const nodes = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `n${index}`,
        { ...call, ...(index + 1 < count ? { next: `n${index + 1}` } : {}) },
      ]),
    );
    expect(wrong(flow(nodes))).toEqual(problems);
  });

  test('counts the nodes of all scopes', () => {
    const nodes = (from: number): JsonObject =>
      Object.fromEntries(
        Array.from({ length: 300 }, (_, index) => [
          `n${from + index}`,
          { ...call, ...(index < 299 ? { next: `n${from + index + 1}` } : {}) },
        ]),
      );
    expect(
      wrong(flow({ a: { type: 'try', do: scope(nodes(0)), next: 'b' }, b: { type: 'try', do: scope(nodes(300)) } })),
    ).toEqual(['too-many-nodes /nodes']);
  });

  test('refuses documents that are too large or too deep before it walks them', () => {
    expect(wrong(flow({ a: { ...call, input: '织'.repeat(400_000) } }))).toEqual(['too-large ']);
    const deep = (levels: number): Json => (levels === 0 ? 1 : [deep(levels - 1)]);
    expect(wrong(flow({ a: { ...call, input: deep(60) } }))).toEqual([]);
    expect(wrong(flow({ a: { ...call, input: deep(65) } }))).toEqual(['too-deep ']);
    let endless: Json = 1;
    for (let level = 0; level < 100_000; level += 1) endless = [endless];
    expect(wrong(flow({ a: { ...call, input: endless } }))).toEqual(['too-deep ']);
  });

  test('judges a flow that nests as deep as it may in no time', () => {
    const nested = (level: number): JsonObject =>
      scope({
        [`t${level}`]: level === 0 ? call : { type: 'try', do: nested(level - 1), next: `u${level}` },
        ...(level === 0 ? {} : { [`u${level}`]: call }),
      });
    const startedAt = performance.now();
    expect(wrong({ id: 'deep', ...nested(16) })).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('message triggers', () => {
  const withTrigger = (trigger: object, more: object = {}) =>
    parse({ id: 'x', start: 'a', nodes: { a: { type: 'end' } }, triggers: [trigger], ...more } as never, nodeTypes);

  test('read a source of a broker', () => {
    const trigger = {
      type: 'message',
      service: 'events',
      source: { queue: 'payments' },
      input: { order: { $: { var: 'event.payload.order' } } },
      id: { $: { var: 'event.key' } },
    };
    expect(withTrigger(trigger)).toMatchObject({ ok: true });
  });

  test.each([
    [{ type: 'mail' }, {}, '/triggers/0/type', 'unknown-type'],
    [{ type: 'message', service: 'e' }, {}, '/triggers/0', 'required'],
    [{ type: 'message', service: 'e', source: {}, colour: 1 }, {}, '/triggers/0/colour', 'unknown-property'],
    [
      { type: 'message', service: 'e', source: {}, input: { x: { $: { var: 'input.x' } } } },
      {},
      '/triggers/0/input/x/$/var',
      'unknown-path',
    ],
    [{ type: 'message', service: 'e', source: {} }, { mode: 'express' }, '/triggers/0', 'durable-only'],
    [{ type: 'http', method: 'GET', path: '/x', wait: 'soon' }, {}, '/triggers/0/wait', 'duration'],
  ])('%j is refused at its place', (trigger, more, pointer, code) => {
    const parsed = withTrigger(trigger, more);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => [problem.pointer, problem.code])).toEqual([
      [pointer, code],
    ]);
  });
});
