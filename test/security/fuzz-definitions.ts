import { fileURLToPath } from 'node:url';
import { readJson } from '@heddle/connectors/sdk/index';
import { compile } from '@heddle/engine/compile/index';
import { parse } from '@heddle/engine/definition/index';
import { FlowError, type Json } from '@heddle/engine/errors';
import { advance, begin } from '@heddle/engine/kernel/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import { examples } from '../contracts/examples.ts';
import { definitionOf, flowFolders } from '../scenarios/sample-flows.ts';
import { Random } from '../simulation/random.ts';
import { mutate } from './mutate.ts';

/** What one call of the engine may take of the processor. */
const MAX_CALL_MS = 100;
const MAX_STEPS = 6;

export interface Fuzzed {
  readonly tried: number;
  /** How many were still definitions, and were run. */
  readonly sound: number;
  /** Undefined: nothing was found. */
  readonly finding?: { readonly message: string; readonly definition: Json };
}

/** The small ones come more often: what is wrong with a node type shows in its example, and twenty times as fast. */
const sources: readonly string[] = [
  ...Array.from({ length: 12 }, () => examples.map(({ flow }) => flow as object)).flat(),
  ...flowFolders.map((name) => definitionOf(name)),
].map((definition) => JSON.stringify(definition));

const INPUTS: readonly Json[] = [
  {},
  null,
  [],
  'text',
  0,
  { x: { y: [1, 2, 3] }, list: [1, null, 'a'], items: [{ sku: 'tea' }], amount: '1.10', constructor: 1 },
];

/** Damages definitions and does with each what the engine does: read, parse, compile, begin, answer some of what it asks for. */
export function fuzzDefinitions(count: number, seed: number): Fuzzed {
  let sound = 0;
  for (let index = 0; index < count; index += 1) {
    const random = new Random(seed + index);
    const definition = mutate(sources[random.below(sources.length)] ?? '', random);
    const message = faultOf(definition, random.below(INPUTS.length));
    if (message === 'sound') sound += 1;
    else if (message !== 'refused')
      return {
        tried: index + 1,
        sound,
        finding: { message: `${message} (seed ${seed + index})`, definition: smallest(definition, message) },
      };
  }
  return { tried: count, sound };
}

/** @returns `sound`, `refused`, or what is wrong with the engine */
export function faultOf(definition: Json, input = 0): string {
  const text = JSON.stringify(definition);
  try {
    const read = readJson(text);
    if (!read.ok) return 'refused';
    const parsed = timed('parse', () => parse(read.value, nodeTypes));
    if (!parsed.ok) return parsed.problems.length > 0 ? 'refused' : 'refused without a problem';
    const program = timed('compile', () => compile(parsed.flow));
    runThrough(program, INPUTS[input] ?? null);
    return 'sound';
  } catch (error) {
    if (error instanceof Slow) return error.message;
    const where = error instanceof Error ? (error.stack ?? '').split('\n')[1]?.trim() : '';
    return `thrown: ${error instanceof FlowError ? error.code : String(error).slice(0, 200)} ${where}`;
  }
}

function runThrough(program: ReturnType<typeof compile>, input: Json): void {
  let { run, effects } = timed('begin', () => begin(program, { runId: 'run', input, at: 0 }));
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const asked = effects.find((effect) => 'id' in effect && effect.id !== undefined && effect.kind !== 'timer');
    if (asked === undefined || !('id' in asked) || asked.id === undefined) return;
    const { id } = asked;
    const before = run;
    ({ run, effects } = timed('advance', () => advance(program, before, { kind: 'result', id, output: input, at: 1 })));
  }
}

class Slow extends Error {}

/** Time by the wall is cheap to take; only what is slow by it is done again twice, and judged by the least processor time. */
function timed<Result>(what: string, work: () => Result): Result {
  const startedAt = performance.now();
  const result = work();
  if (performance.now() - startedAt < MAX_CALL_MS) return result;
  const times = [1, 2].map(() => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  if (Math.min(...times) < MAX_CALL_MS) return result;
  throw new Slow(`${what} is slow`);
}

/** Takes away members and items as long as the fault stays the same. */
function smallest(definition: Json, fault: string): Json {
  let best = definition;
  for (let isSmaller = true; isSmaller; ) {
    const next = withoutOne(best).find((candidate) => faultOf(candidate) === fault);
    isSmaller = next !== undefined;
    best = next ?? best;
  }
  return best;
}

function withoutOne(value: Json): Json[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value))
    return value.flatMap((item: Json, at) => [
      value.toSpliced(at, 1),
      ...withoutOne(item).map((less) => value.with(at, less)),
    ]);
  const entries = Object.entries(value as { readonly [key: string]: Json });
  return entries.flatMap(([key, item], at) => [
    Object.fromEntries(entries.toSpliced(at, 1)),
    ...withoutOne(item).map((less) => ({ ...(value as object), [key]: less }) as Json),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = Number(process.argv[2] ?? 100_000);
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
  const begun = performance.now();
  const { tried, sound, finding } = fuzzDefinitions(count, seed);
  const seconds = (performance.now() - begun) / 1_000;
  console.log(
    `${tried} definitions, seed ${seed}: ${sound} sound, ${seconds.toFixed(1)} s, ${Math.round(tried / seconds)}/s`,
  );
  console.log(finding ? `${finding.message}\n${JSON.stringify(finding.definition)}` : 'no finding');
  if (finding) process.exitCode = 1;
}
