import type { Json, JsonObject } from '@heddle/engine/errors';
import { placesOf } from './data-place.ts';
import { isList, isObject } from './data-schema.ts';
import type { FlowDocument } from './flow-document.ts';
import { flowProperty, fromPointer, partOf, setFlowProperty } from './value.ts';

/*
 * Which values are only suggested is remembered in `layout.$suggested`: JSON pointers from the node, by node id. The
 * layout never changes what a flow means, so an unconfirmed value is a value like any other.
 */

function record(document: FlowDocument): JsonObject {
  const kept = flowProperty(document, ['layout', '$suggested']);
  return isObject(kept) ? kept : {};
}

const pointersIn = (value: Json | undefined): readonly string[] =>
  isList(value) ? value.filter((pointer): pointer is string => typeof pointer === 'string') : [];

/** Pointers of the values of a node that nobody has confirmed yet, as far as they are still there. */
export function suggestedAt(document: FlowDocument, nodeId: string): readonly string[] {
  const node = placesOf(document).get(nodeId)?.node;
  if (node === undefined) return [];
  return pointersIn(record(document)[nodeId]).filter(
    (pointer) => partOf(node as unknown as JsonObject, fromPointer(pointer)) !== undefined,
  );
}

/** Every node that has unconfirmed values. */
export const suggestedNodes = (document: FlowDocument): readonly string[] =>
  Object.keys(record(document)).filter((nodeId) => suggestedAt(document, nodeId).length > 0);

/** Remembers that values of a node are only suggested. */
export function markSuggested(document: FlowDocument, nodeId: string, pointers: readonly string[]): FlowDocument {
  const all = [...new Set([...pointersIn(record(document)[nodeId]), ...pointers])];
  return all.length === 0 ? document : setFlowProperty(document, ['layout', '$suggested', nodeId], all);
}

/** Confirms one value of a node, and what stands inside it. */
export function confirmSuggestion(document: FlowDocument, nodeId: string, pointer: string): FlowDocument {
  const before = pointersIn(record(document)[nodeId]);
  // Who changes a part of a value, or the whole around it, has seen it.
  const left = before.filter((one) => !one.startsWith(`${pointer}/`) && !`${pointer}/`.startsWith(`${one}/`));
  return left.length === before.length ? document : keep(document, nodeId, left);
}

/** Confirms everything that was suggested for a node, or for the whole flow. */
export function acceptSuggestions(document: FlowDocument, nodeId?: string): FlowDocument {
  const kept = record(document);
  if (nodeId !== undefined && kept[nodeId] === undefined) return document;
  return nodeId === undefined
    ? setFlowProperty(document, ['layout', '$suggested'], undefined)
    : keep(document, nodeId, []);
}

function keep(document: FlowDocument, nodeId: string, pointers: readonly string[]): FlowDocument {
  const kept = setFlowProperty(
    document,
    ['layout', '$suggested', nodeId],
    pointers.length === 0 ? undefined : pointers,
  );
  return Object.keys(record(kept)).length > 0 ? kept : setFlowProperty(kept, ['layout', '$suggested'], undefined);
}
