import type { Json } from '@heddle/engine/errors';
import { changeNode } from './edit-path.ts';
import type { FlowDocument, NodeDraft } from './flow-document.ts';
import { partsOf } from './graph-node.ts';

/** Replaces a node by what it is to be. */
export function setNode(document: FlowDocument, nodeId: string, draft: NodeDraft): FlowDocument {
  return changeNode(document, nodeId, () => draft);
}

/** Sets a property of the flow itself; undefined takes it away. */
export function setFlow(document: FlowDocument, property: string, value: Json | undefined): FlowDocument {
  if (document[property] === value) return document;
  if (value !== undefined) return { ...document, [property]: value };
  const { [property]: _, ...rest } = document;
  // Whoever takes away `start` or `nodes` gets a draft that is broken, which everything here can bear.
  return rest as unknown as FlowDocument;
}

/** Adds a case to a choice, with nothing in it yet. */
export function addChoiceCase(document: FlowDocument, nodeId: string): FlowDocument {
  return changeNode(document, nodeId, (node) => appended(node, partsOf(node).lists.option[0], {}));
}

/** Adds a route for errors, to `catch` where the type has that. It leads nowhere until it is connected. */
export function addErrorRoute(document: FlowDocument, nodeId: string, code = '*'): FlowDocument {
  return changeNode(document, nodeId, (node) => appended(node, partsOf(node).lists.error[0], { code }));
}

function appended(node: NodeDraft, list: string | undefined, item: Json): NodeDraft {
  if (list === undefined) return node;
  const items = node[list];
  return { ...node, [list]: [...(Array.isArray(items) ? items : []), item] };
}
