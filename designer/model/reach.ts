import { type Known, knownInFlow, type NodeShapes } from '@heddle/engine/definition/index';
import type { Json, JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import type { Catalogue } from './catalogue.ts';
import { inlineReferences } from './data-inline.ts';
import { type NodePlace, nodeTypeOf, placesOf, tidied } from './data-place.ts';
import { isObject, itemsOf, schemaAt, typesOf } from './data-schema.ts';
import type { FlowDocument } from './flow-document.ts';
import { logicSchema } from './reach-logic.ts';
import { nearestFirst } from './reach-order.ts';
import { hasOutput, literalSchema, outputSchema } from './reach-output.ts';
import { logicOf } from './value.ts';

/** What expressions can read at one place of a flow. */
export interface Reach {
  /** A JSON Schema for each root, as `completePaths` takes them. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  /** What only some of the ways to this place have set: `steps.cif`, `vars.note`, `error`. */
  readonly maybe: ReadonlySet<string>;
  /** Ids of the nodes whose output can be read, nearest first. */
  readonly steps: readonly string[];
}

/** The parts of a node that are evaluated after it was called: its own output and `event` can be read there too. */
export type Section = 'compensate' | 'onUnknown';

/**
 * What can be read at a node, before it has run.
 *
 * @param nodeId undefined for the end of the flow, where its `output` is evaluated
 */
export function reachAt(
  document: FlowDocument,
  nodeId: string | undefined,
  catalogue: Catalogue,
  section?: Section,
): Reach {
  return analysed(document, catalogue).reach(nodeId, section);
}

/** What `businessKey` and `idempotencyKey` can read: a run has not begun then. */
export function reachAtStart(document: FlowDocument): Reach {
  return { schemas: { input: inputSchema(document) }, maybe: new Set(), steps: [] };
}

/** The schema of what a node puts out; `{}` where that cannot be known. */
export function outputAt(document: FlowDocument, nodeId: string, catalogue: Catalogue): JsonSchema {
  return analysed(document, catalogue).output(nodeId);
}

/** The schema at a path such as `steps.cif.name`; undefined if nothing can be there. */
export function schemaOfPath(reach: Reach, path: string): JsonSchema | undefined {
  const [root = '', ...rest] = path.split('.');
  const schema = Object.hasOwn(reach.schemas, root) ? reach.schemas[root] : undefined;
  return schema === undefined ? undefined : schemaAt(schema, rest);
}

/** The type at a path as one word, `string|null`, or `any`; undefined if nothing can be there. */
export function typeAt(reach: Reach, path: string): string | undefined {
  const schema = schemaOfPath(reach, path);
  return schema === undefined ? undefined : typesOf(schema).join('|') || 'any';
}

/** The schema of what a value or an expression gives. */
export function schemaOfValue(reach: Reach, value: Json | undefined): JsonSchema {
  if (value === undefined) return {};
  const rule = logicOf(value);
  if (rule !== undefined) return logicSchema(rule, rootSchema(reach));
  return literalSchema(value, (part) => schemaOfValue(reach, part));
}

/** The schema of what a rule, for instance a condition, gives. */
export const schemaOfLogic = (reach: Reach, rule: Json): JsonSchema => logicSchema(rule, rootSchema(reach));

const rootSchema = ({ schemas }: Reach): JsonSchema => ({ type: 'object', properties: schemas });

interface Analysis {
  readonly catalogue: Catalogue;
  readonly reach: (nodeId: string | undefined, section?: Section) => Reach;
  readonly output: (nodeId: string) => JsonSchema;
}

const analyses = new WeakMap<FlowDocument, Analysis>();

/** Everything that is worked out of a document is kept with it, because the inspector asks with every key that is hit. */
function analysed(document: FlowDocument, catalogue: Catalogue): Analysis {
  const known = analyses.get(document);
  if (known?.catalogue === catalogue) return known;
  const made = analyse(document, catalogue);
  analyses.set(document, made);
  return made;
}

function analyse(document: FlowDocument, catalogue: Catalogue): Analysis {
  const places = placesOf(document);
  // A tidied scope is a scope whose nodes have a type; more is not asked of it.
  const flow = knownInFlow(tidied(document) as Parameters<typeof knownInFlow>[0], forgiving);
  const reached = new Map<string, Reach>();
  const outputs = new Map<string, JsonSchema>();

  function output(nodeId: string): JsonSchema {
    const done = outputs.get(nodeId);
    if (done !== undefined) return done;
    const place = places.get(nodeId);
    if (place === undefined) return {};
    // Steps that read each other in a circle know nothing of each other.
    outputs.set(nodeId, {});
    const value = (id: string, part: Json | undefined) => schemaOfValue(reach(id), part);
    const schema = outputSchema(nodeId, place.node, { catalogue, output, value });
    outputs.set(nodeId, schema);
    return schema;
  }

  function reach(nodeId: string | undefined, section?: Section): Reach {
    const key = `${nodeId ?? ''} ${section ?? ''}`;
    const done = reached.get(key);
    if (done !== undefined) return done;
    const known: Known | undefined = nodeId === undefined ? { ...flow.end, iterating: false } : flow.before.get(nodeId);
    const place = nodeId === undefined ? undefined : places.get(nodeId);
    const made = gather({ document, places, known, nodeId, place, section, output, reach });
    reached.set(key, made);
    return made;
  }

  return { catalogue, reach, output };
}

/** Node types whose rules may be asked about a configuration that does not fit their schema yet. */
const forgiving: NodeShapes = Object.fromEntries(
  Object.entries(nodeTypes).map(([name, type]) => [
    name,
    { ...type, setsVars: (config: JsonObject) => tried(() => type.setsVars?.(config)) ?? [] },
  ]),
);

function tried<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

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

function gather(given: Gathering): Reach {
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

const inputSchema = (document: FlowDocument): JsonSchema => {
  const { input } = document as { input?: unknown };
  return isObject(input) ? inlineReferences(input) : {};
};
