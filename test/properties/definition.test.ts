import { compile } from '@heddle/engine/compile/index';
import { flowSchema, parse, shapeProblems } from '@heddle/engine/definition/index';
import type { Json } from '@heddle/engine/errors';
import { advance, begin } from '@heddle/engine/kernel/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentFor, flows } from './flows.ts';

/** Flows per property; more by the environment variable PROPERTY_RUNS. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 300);
const timeout = 60_000 + numRuns * 100;
/** Generous, because the machine may have other things to do; a single bad case takes seconds. */
const MAX_PARSE_MS = 500;

const json = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>;
const words = fc.constantFrom<Json>(
  'call',
  'choice',
  'parallel',
  'forEach',
  'try',
  'n1',
  'any',
  '*',
  'constructor',
  '__proto__',
  '90s',
  { $: { var: 'input.x' } },
  { $: 1 },
  {},
  [],
  null,
  0,
  -1,
);

/** Puts a value into some place of a document. */
function damaged(document: Json, way: readonly number[], value: Json): Json {
  const [step, ...rest] = way;
  if (step === undefined || document === null || typeof document !== 'object') return value;
  const keys = Object.keys(document);
  const key = keys[step % (keys.length + 1)];
  if (key === undefined) return Array.isArray(document) ? [...document, value] : { ...document, extra: value };
  const copy = (Array.isArray(document) ? [...document] : { ...document }) as Record<string, Json>;
  copy[key] = damaged(copy[key] ?? null, rest, value);
  return copy as Json;
}

function timed<T>(work: () => T): T {
  const startedAt = performance.now();
  const result = work();
  expect(performance.now() - startedAt).toBeLessThan(MAX_PARSE_MS);
  return result;
}

test('parse takes any JSON without throwing, in little time', { timeout }, () => {
  fc.assert(
    fc.property(json, (document) => {
      const parsed = timed(() => parse(document, nodeTypes));
      if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0);
    }),
    { numRuns },
  );
});

test('what parse accepts of damaged flows compiles, fits the published schema and runs without throwing', {
  timeout,
}, () => {
  const schema = flowSchema(nodeTypes);
  const damage = fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }), fc.oneof(words, json));
  fc.assert(
    fc.property(flows, fc.array(damage, { minLength: 1, maxLength: 2 }), json, (blocks, damages, input) => {
      const document = damages.reduce<Json>((made, [way, value]) => damaged(made, way, value), documentFor(blocks));
      const parsed = timed(() => parse(document, nodeTypes));
      if (!parsed.ok) return;
      expect(shapeProblems(schema as never, document, '')).toEqual([]);
      const program = compile(parsed.flow);
      let { run, effects } = begin(program, { runId: 'run', input, at: 0 });
      for (const effect of effects) {
        if (!('id' in effect) || effect.id === undefined) continue;
        ({ run, effects } = advance(program, run, { kind: 'result', id: effect.id, output: input, at: 1 }));
      }
      ({ run } = advance(program, run, { kind: 'signal', name: 'n1', payload: input, dedupeId: 'x', at: 2 }));
      advance(program, run, { kind: 'cancel', reason: 'done', at: 3 });
    }),
    { numRuns },
  );
});

test('every generated flow is accepted by parse without an error, and by the published schema', { timeout }, () => {
  const schema = flowSchema(nodeTypes);
  fc.assert(
    fc.property(flows, (blocks) => {
      const document = documentFor(blocks);
      expect(parse(document, nodeTypes)).toMatchObject({ ok: true });
      expect(shapeProblems(schema as never, document, '')).toEqual([]);
    }),
    { numRuns: Math.ceil(numRuns / 5) },
  );
});
