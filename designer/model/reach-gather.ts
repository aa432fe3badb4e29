import type { Known } from '@heddle/engine/definition/index';
import type { JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { inlineReferences } from './data-inline.ts';
import { type NodePlace, nodeTypeOf } from './data-place.ts';
import { isObject, itemsOf, schemaAt } from './data-schema.ts';
import type { FlowDocument } from './flow-document.ts';
import { nearestFirst } from './reach-order.ts';
import { hasOutput } from './reach-output.ts';
import { type Reach, type Section, schemaOfValue } from './reach-value.ts';

/** What is known of a place, and how to learn of others. */
interface Gathering {
  readonly document: FlowDocument;
  readonly places: ReadonlyMap<string, NodePlace>;
  readonly known: Known | undefined;
  readonly nodeId: string | undefined;
  readonly place: NodePlace | undefined;
  readonly section: Section | undefined;
  readonly output: (nodeId: string) => JsonSchema;
  readonly reach: (nodeId: string) => Reach;
}

const text = { type: 'string' };
const runSchema: JsonSchema = {
  type: 'object',
  required: ['id', 'flow', 'version', 'startedAt'],
  properties: { id: text, flow: text, version: text, startedAt: { type: 'integer' }, businessKey: text },
};
const errorSchema: JsonSchema = {
  type: 'object',
  required: ['code', 'message'],
  properties: { code: text, message: text, node: text, details: {} },
};

/** Puts together what can be read at a place. */
export function gather(given: Gathering): Reach {
  const { document, places, known, nodeId, section } = given;
  const may = known?.may ?? new Set<string>();
  const must = known?.must ?? new Set<string>();
  const own = section === undefined || nodeId === undefined ? [] : [nodeId];
  const readable = [...may].flatMap((name) => {
    const [root, id = ''] = name.split('.');
    const place = places.get(id);
    return root === 'steps' && place !== undefined && hasOutput(place.node) && !own.includes(id) ? [id] : [];
  });
  const steps = [...own, ...nearestFirst(document, nodeId, new Set(readable))];
  const vars = [...may].flatMap((name) => (name.startsWith('vars.') ? [name.slice('vars.'.length)] : []));
  const isSure = (name: string) => must.has(name);
  const sureSteps = steps.filter((id) => own.includes(id) || isSure(`steps.${id}`));
  const schemas: Record<string, JsonSchema> = {
    input: inputSchema(document),
    steps: {
      type: 'object',
      required: sureSteps,
      properties: Object.fromEntries(steps.map((id) => [id, given.output(id)])),
      additionalProperties: false,
    },
    vars: {
      type: 'object',
      required: vars.filter((name) => isSure(`vars.${name}`)),
      properties: Object.fromEntries(vars.map((name) => [name, varSchema(name, steps, given)])),
      additionalProperties: false,
    },
    ...iterationSchemas(given),
    ...(may.has('error') ? { error: errorSchema } : {}),
    run: runSchema,
    ...(section === undefined ? {} : { event: {} }),
  };
  const maybe = [...may].filter((name) => !isSure(name) && !own.some((id) => name === `steps.${id}`));
  return { schemas, maybe: new Set(maybe), steps };
}

/** A variable is what the nearest node that sets it puts out under its name. */
function varSchema(name: string, steps: readonly string[], { places, output }: Gathering): JsonSchema {
  const setter = steps.find((id) => {
    const place = places.get(id);
    const names = place && tried(() => nodeTypeOf(place.node.type)?.setsVars?.(place.node as unknown as JsonObject));
    return names?.includes(name) ?? false;
  });
  return setter === undefined ? {} : (schemaAt(output(setter), [name]) ?? {});
}

function iterationSchemas({ place, places, known, reach }: Gathering): Record<string, JsonSchema> {
  if (!known?.iterating) return {};
  const around = place?.around.find(({ id, path }) => {
    const node = places.get(id)?.node;
    return node && tried(() => nodeTypeOf(node.type)?.scopeRule?.(node as unknown as JsonObject, path))?.iterates;
  });
  if (around === undefined) return {};
  const items = places.get(around.id)?.node['items'];
  return { item: itemsOf(schemaOfValue(reach(around.id), items)), index: { type: 'integer', minimum: 0 } };
}

/** The schema of the flow’s input; `{}` where it has none. */
export const inputSchema = (document: FlowDocument): JsonSchema => {
  const { input } = document as { input?: unknown };
  return isObject(input) ? inlineReferences(input) : {};
};

/** What a rule of a node type says; undefined where a configuration that is not right yet was too much for it. */
export function tried<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
