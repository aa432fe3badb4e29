import { compile } from '@heddle/engine/compile/index';
import { type Flow, parse } from '@heddle/engine/definition/index';
import type { Json, JsonObject } from '@heddle/engine/errors';
import { parseFormula } from '@heddle/engine/expression/index';
import { begin } from '@heddle/engine/kernel/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse, read } from '../api/house.ts';
import { processorMs } from './processor-time.ts';

const MAX_MS = 100;
const hundred = Array.from({ length: 100 }, (_, index) => index);
const list = { var: '$.input.list' };
const element = { var: 'accumulator' };

function nested(levels: number, wrap: (inner: Json) => Json, inner: Json): Json {
  let rule = inner;
  for (let level = 0; level < levels; level += 1) rule = wrap(rule);
  return rule;
}

/** Single rules are held to the budget by engine/expression/budget.test.ts; here each stands where a flow has it. */
const bombs: Readonly<Record<string, Json>> = {
  'maps in maps': { map: [{ var: 'input.list' }, nested(4, (inner) => ({ map: [list, inner] }), 1)] },
  'reductions in reductions': {
    reduce: [{ var: 'input.list' }, nested(3, (inner) => ({ reduce: [list, inner, 0] }), { '+': [element, 1] }), 0],
  },
  'text that doubles': { reduce: [{ var: 'input.list' }, { cat: [element, element] }, 'x'] },
  'lists that hold themselves twice': { reduce: [{ var: 'input.list' }, [element, element], 1] },
};
/** Places of a flow where a rule is evaluated. */
const places: Readonly<Record<string, (rule: Json) => { readonly node: string; readonly flow: JsonObject }>> = {
  'an output': (rule) => ({ node: 'a', flow: { start: 'a', nodes: { a: { type: 'end', output: { $: rule } } } } }),
  'a variable': (rule) => ({
    node: 'a',
    flow: { start: 'a', nodes: { a: { type: 'set', values: { x: { $: rule } } } } },
  }),
  'a choice': (rule) => ({
    node: 'a',
    flow: {
      start: 'a',
      nodes: { a: { type: 'choice', when: [{ if: rule, next: 'b' }], otherwise: 'b' }, b: { type: 'end' } },
    },
  }),
  'the items of a fan-out': (rule) => ({
    node: 'a',
    flow: {
      start: 'a',
      nodes: { a: { type: 'forEach', items: { $: rule }, do: { start: 'b', nodes: { b: { type: 'end' } } } } },
    },
  }),
};

function programOf(document: JsonObject) {
  const parsed = parse({ id: 'bomb', ...document }, nodeTypes);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return compile(parsed.flow as Flow);
}

test.each(Object.keys(bombs).flatMap((bomb) => Object.keys(places).map((place) => [bomb, place] as const)))(
  '%s in %s end in an error with their place, within 100 ms',
  (bomb, place) => {
    const { node, flow } = places[place]?.(bombs[bomb] ?? null) ?? { node: '', flow: {} };
    const program = programOf(flow);
    const start = () => begin(program, { runId: 'r', input: { list: hundred }, at: 0 }).run;
    expect(start()).toMatchObject({ status: 'failed', result: { error: { code: 'EXPRESSION_BUDGET', node } } });
    expect(processorMs(start)).toBeLessThan(MAX_MS);
  },
);

test('fan-outs within each other are opened piece by piece, so that no step takes long', () => {
  const each = (levels: number): JsonObject =>
    levels === 0
      ? { start: 'last', nodes: { last: { type: 'end' } } }
      : {
          start: `each-${levels}`,
          nodes: {
            [`each-${levels}`]: {
              type: 'forEach',
              items: read('input.list'),
              concurrency: 1_000,
              do: each(levels - 1),
            },
          },
        };
  const program = programOf(each(4));
  const start = () => begin(program, { runId: 'r', input: { list: hundred }, at: 0 }).run;
  expect(start().status).toBe('waiting');
  expect(processorMs(start)).toBeLessThan(MAX_MS);
});

test('steps that lead to each other without letting time pass are refused', () => {
  const nodes = {
    a: { type: 'choice', when: [{ if: { var: 'input.x' }, next: 'b' }], otherwise: 'c' },
    b: { type: 'set', values: { x: 1 }, next: 'a' },
    c: { type: 'end' },
  };
  const parsed = parse({ id: 'bomb', start: 'a', nodes }, nodeTypes);
  expect(parsed.ok ? [] : parsed.problems).toMatchObject([{ code: 'spin' }]);
});

test.each(['(', '[', '{', '!', '-', '1+', 'a.', 'a[', 'if(', '"'])(
  'a formula of 50,000 characters of %s is refused in no time',
  (piece) => {
    expect(processorMs(() => parseFormula(piece.repeat(50_000 / piece.length)))).toBeLessThan(MAX_MS);
    expect(parseFormula(piece.repeat(50_000 / piece.length)).ok).toBe(false);
  },
);

test('a definition of a megabyte of lists and rules is read within half a second', () => {
  const output = Array.from({ length: 20_000 }, (_, index) => ({ $: { '+': [index, { var: 'input.x' }] } }));
  const document = { id: 'bomb', start: 'a', nodes: { a: { type: 'end', output } } };
  expect(processorMs(() => parse(document, nodeTypes))).toBeLessThan(500);
});

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test('a flow that starts itself ends with an error, sixteen deep, and the engine answers meanwhile', async () => {
  await house.publish({ id: 'mirror', start: 'again', nodes: { again: { type: 'subflow', flow: 'mirror' } } });
  const ends = Promise.all(Array.from({ length: 5 }, () => house.api.post('/flows/mirror', {})));
  let answers = 0;
  let isDone = false;
  void ends.then(() => {
    isDone = true;
  });
  while (!isDone) if ((await house.api.get('/health')).status === 200) answers += 1;
  for (const { body } of await ends) expect(body.code).toBe('SUBFLOW_FAILED');
  expect(answers).toBeGreaterThan(2);
  const { runs } = (await house.api.get('/runs?flow=mirror&limit=200')).body;
  expect(runs).toHaveLength(5 * 17);
  expect(new Set(runs.map(({ status }: { status: string }) => status))).toEqual(new Set(['failed']));
  const details = await Promise.all(runs.map(({ id }: { id: string }) => house.api.get(`/runs/${id}`)));
  expect(details.filter(({ body }) => JSON.stringify(body).includes('"code":"DEPTH_LIMIT"'))).not.toHaveLength(0);
});

test('bombs that many callers set off at once keep nobody from being answered', async () => {
  for (const [index, rule] of Object.values(bombs).entries()) {
    await house.publish({ id: `bomb-${index}`, start: 'a', nodes: { a: { type: 'end', output: { $: rule } } } });
  }
  const set = Array.from({ length: 40 }, (_, index) => house.api.post(`/flows/bomb-${index % 4}`, { list: hundred }));
  const health = await Promise.all(Array.from({ length: 10 }, () => house.api.get('/health')));
  expect(health.map(({ status }) => status)).toEqual(Array(10).fill(200));
  for (const { body } of await Promise.all(set)) expect(body).toMatchObject({ code: 'EXPRESSION_BUDGET' });
});
