import { type Json, type JsonObject, messageOf } from '@heddle/engine/errors';
import { type Data, evaluate, evaluateLogic, type JsonSchema } from '@heddle/engine/expression/index';
import { placesOf } from './data-place.ts';
import { isList, isObject } from './data-schema.ts';
import type { FlowDocument } from './flow-document.ts';
import { type Reach, schemaOfPath } from './reach.ts';
import { sampleOf } from './sample.ts';

/** What the last run, or a trial, has seen. */
export interface Samples {
  readonly input?: Json;
  /** Outputs by node id. */
  readonly steps?: { readonly [nodeId: string]: Json };
}

/** What an expression would give, or why it would fail. */
export type Resolved = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly message: string };

/** Where a value is tried out. */
export interface TrialPlace {
  readonly document: FlowDocument;
  readonly nodeId: string | undefined;
  readonly reach: Reach;
  readonly samples: Samples;
  /** Epoch ms that `now` gives. */
  readonly nowMs: number;
}

/** The result of a value with the data of the last run; where it has none, with samples of the schemas. */
export function resolveValue(value: Json, place: TrialPlace): Resolved {
  return attempt(() => evaluate(value, dataAt(place)));
}

/** Like `resolveValue` for a rule, such as a condition. */
export function resolveLogic(logic: Json, place: TrialPlace): Resolved {
  return attempt(() => evaluateLogic(logic, dataAt(place)));
}

function attempt(work: () => Json): Resolved {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

/** What stands at a path in the data of the last run, else a sample of its schema. */
export function sampleAt(path: string, place: TrialPlace): Json | undefined {
  const [root = '', ...rest] = path.split('.');
  const keyed = root === 'steps' || root === 'vars';
  let value = dataAt(place).read(root as Parameters<Data['read']>[0], keyed ? rest[0] : undefined);
  for (const key of keyed ? rest.slice(1) : rest) value = memberOf(value, key);
  return value;
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (isList(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function dataAt(place: TrialPlace): Data {
  const { reach, samples, nowMs } = place;
  const byRoot: Readonly<Record<string, () => Json | undefined>> = {
    input: () => samples.input,
    item: () => firstItem(place),
    index: () => 0,
    run: () => runSample(place.document),
  };
  return {
    now: nowMs,
    read: (root, key) => {
      if (root === 'steps' && key !== undefined) {
        const real = samples.steps;
        if (real !== undefined && Object.hasOwn(real, key)) return real[key];
        return reach.steps.includes(key) ? madeUp(schemaOfPath(reach, `steps.${key}`)) : undefined;
      }
      if (root === 'vars' && key !== undefined)
        return variable(key, place) ?? madeUp(schemaOfPath(reach, `vars.${key}`));
      if (root === 'vars') return madeUp(reach.schemas['vars']);
      const schema = reach.schemas[root];
      return byRoot[root]?.() ?? (schema === undefined ? undefined : madeUp(schema));
    },
  };
}

const made = new WeakMap<object, Json>();

/** A schema's sample; undefined where the schema says nothing, because then there is nothing to show. */
function madeUp(schema: JsonSchema | undefined): Json | undefined {
  if (!isObject(schema) || Object.keys(schema).length === 0) return undefined;
  const known = made.get(schema);
  if (known !== undefined) return known;
  const sample = sampleOf(schema);
  made.set(schema, sample);
  return sample;
}

/** A variable has the value that the nearest `set` gave it in the last run. */
function variable(name: string, { reach, samples }: TrialPlace): Json | undefined {
  return reach.steps.map((id) => memberOf(samples.steps?.[id], name)).find((value) => value !== undefined);
}

function firstItem({ document, nodeId, ...place }: TrialPlace): Json | undefined {
  const around = nodeId === undefined ? undefined : placesOf(document).get(nodeId)?.around;
  const items = around?.map(({ id }) => placesOf(document).get(id)?.node['items']).find((value) => value !== undefined);
  if (items === undefined) return undefined;
  // Lists of an enclosing forEach are read as they stand outside: what `item` is there is not known here.
  const resolved = resolveValue(items, { document, nodeId: undefined, ...place });
  return resolved.ok && isList(resolved.value) ? resolved.value[0] : undefined;
}

const runSample = (document: FlowDocument): JsonObject => ({
  id: '0198f3b2-7c1e-7d5a-9f00-0123456789ab',
  flow: document.id,
  version: '1',
  startedAt: 0,
  businessKey: 'sample',
});
