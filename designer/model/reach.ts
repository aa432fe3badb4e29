import { type Known, knownInFlow, type NodeShapes } from '@heddle/engine/definition/index';
import type { Json, JsonObject } from '@heddle/engine/errors';
import type { JsonSchema } from '@heddle/engine/expression/index';
import { nodeTypes } from '@heddle/engine/nodes/index';
import type { Catalogue } from './catalogue.ts';
import { placesOf, tidied } from './data-place.ts';
import type { FlowDocument } from './flow-document.ts';
import { gather, inputSchema, tried } from './reach-gather.ts';
import { outputSchema } from './reach-output.ts';
import { type Reach, type Section, schemaOfValue } from './reach-value.ts';

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

export { type Reach, type Section, schemaOfPath, schemaOfValue, typeAt } from './reach-value.ts';
