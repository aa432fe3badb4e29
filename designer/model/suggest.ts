import type { Json } from '@heddle/engine/errors';
import type { Catalogue } from './catalogue.ts';
import { inlineReferences } from './data-inline.ts';
import { placesOf } from './data-place.ts';
import { isList, isObject, propertiesOf, typesOf } from './data-schema.ts';
import type { FlowDocument, NodeDraft } from './flow-document.ts';
import { type Reach, reachAt, schemaOfPath } from './reach.ts';
import { suggestCondition } from './suggest-condition.ts';
import { markSuggested } from './suggest-confirm.ts';
import { inputOf, type Suggestion, suggestInput } from './suggest-input.ts';
import { suggestOutput } from './suggest-output.ts';
import { flowProperty, fromPointer, readPath, setFlowProperty, setProperty } from './value.ts';

/** Values for what a node still lacks, whatever its type. What has a value already is left alone. */
export function suggestFor(document: FlowDocument, nodeId: string, catalogue: Catalogue): readonly Suggestion[] {
  const node = placesOf(document).get(nodeId)?.node;
  if (node === undefined) return [];
  const reach = reachAt(document, nodeId, catalogue);
  switch (node.type) {
    case 'call':
      return suggestInput(document, nodeId, catalogue, reach);
    case 'forEach':
      return isLacking(node['items']) ? suggestItems(reach) : [];
    case 'choice':
      return suggestTests(node, reach);
    case 'respond':
      return isLacking(node['body']) ? nearest('/body', suggestOutput(document, catalogue, nodeId)) : [];
    default:
      return [];
  }
}

const isLacking = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (isList(value) && value.length === 0);

/** The nearest list in reach. */
function suggestItems(reach: Reach): readonly Suggestion[] {
  const roots = ['item', ...reach.steps.map((id) => `steps.${id}`), 'input'];
  for (const root of roots) {
    const path = listBelow(reach, root, 0);
    if (path !== undefined) return nearest('/items', readPath(path), path);
  }
  return [];
}

function listBelow(reach: Reach, path: string, depth: number): string | undefined {
  const schema = schemaOfPath(reach, path);
  if (schema === undefined || reach.maybe.has(path)) return undefined;
  if (typesOf(schema).includes('array')) return path;
  if (depth >= 3) return undefined;
  return propertiesOf(schema)
    .map(({ name }) => listBelow(reach, `${path}.${name}`, depth + 1))
    .find((found) => found !== undefined);
}

/** A condition for the first exit of a choice that has none. */
function suggestTests(node: NodeDraft, reach: Reach): readonly Suggestion[] {
  const options = isList(node['when']) ? node['when'] : [];
  const index = options.findIndex((option) => isObject(option) && isOpen(option['if']));
  const [best] = suggestCondition(reach);
  if (index < 0 || best === undefined) return [];
  return [{ pointer: `/when/${index}/if`, value: best.logic, score: best.score, reason: 'nearest', path: best.path }];
}

/** `true` is what a condition is before somebody writes one. */
const isOpen = (condition: Json | undefined): boolean => isLacking(condition) || condition === true;

function nearest(pointer: string, value: Json | undefined, path?: string): readonly Suggestion[] {
  if (value === undefined) return [];
  return [{ pointer, value, score: 70, reason: 'nearest', ...(path === undefined ? {} : { path }) }];
}

/** Puts suggestions into a node and remembers that nobody has confirmed them; the flow's input gets what they need. */
function applySuggestions(document: FlowDocument, nodeId: string, suggestions: readonly Suggestion[]): FlowDocument {
  let changed = document;
  for (const { pointer, value, newInput } of suggestions) {
    if (newInput !== undefined) changed = withInputProperty(changed, newInput.name, newInput.schema);
    changed = setProperty(changed, nodeId, fromPointer(pointer), value);
  }
  return markSuggested(
    changed,
    nodeId,
    suggestions.map(({ pointer }) => pointer),
  );
}

/**
 * Gives a node, just dropped, what it lacks: its required fields mapped to what is in reach, else to new properties of
 * the flow's input, so that the flow is valid at once.
 */
export function withSuggestions(document: FlowDocument, nodeId: string, catalogue: Catalogue): FlowDocument {
  return applySuggestions(document, nodeId, suggestFor(document, nodeId, catalogue));
}

/** Adds a required property to the flow's input. One that is there already is left as it is. */
function withInputProperty(document: FlowDocument, name: string, schema: Parameters<typeof inlineReferences>[0]) {
  if (propertiesOf(inputOf(document)).some((property) => property.name === name)) return document;
  const hasSchema = isObject(flowProperty(document, ['input']));
  const begun = hasSchema ? document : setFlowProperty(document, ['input'], { type: 'object' });
  const required = flowProperty(begun, ['input', 'required']);
  const names = [...(isList(required) ? required : []), name];
  const listed = setFlowProperty(begun, ['input', 'required'], names);
  return setFlowProperty(listed, ['input', 'properties', name], inlineReferences(schema));
}
