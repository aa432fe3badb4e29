import { NODE_ID_PATTERN } from '@heddle/engine/definition/index';
import type { FlowDocument, NodeDraft } from './flow-document.ts';
import { indexOf } from './graph-scope.ts';

const MAX_LENGTH = 64;
const pattern = new RegExp(NODE_ID_PATTERN);

/** A node that is to come, with an id that the flow does not know yet. */
export interface NewNode {
  readonly id: string;
  readonly draft: NodeDraft;
}

export const isNodeId = (text: string): boolean => pattern.test(text) && text.length <= MAX_LENGTH;

/** Gives a draft an id: what it calls, else its type, with a number where that is taken. */
export function newNode(document: FlowDocument, draft: NodeDraft): NewNode {
  return { id: freshId(nodeIds(document), baseOf(draft)), draft };
}

export function nodeIds(document: FlowDocument): Set<string> {
  return new Set(indexOf(document).nodes.keys());
}

function baseOf(draft: NodeDraft): string {
  const operation = draft['operation'];
  return typeof operation === 'string' && idFrom(operation) !== '' ? operation : String(draft.type);
}

/** An id that is not taken, made of any text: `getCustomer`, `getCustomer2`. */
export function freshId(taken: ReadonlySet<string>, text: string): string {
  const base = idFrom(text) || 'node';
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) {
    const id = `${base.slice(0, MAX_LENGTH - String(number).length)}${number}`;
    if (!taken.has(id)) return id;
  }
}

/** What of a text can be an id; empty when nothing can. */
function idFrom(text: string): string {
  const words = text.normalize('NFKD').replaceAll(/[^a-zA-Z0-9]+/g, '-');
  const trimmed = words.replace(/^[^a-zA-Z]+/, '').replace(/-+$/, '');
  return (trimmed.charAt(0).toLowerCase() + trimmed.slice(1)).slice(0, MAX_LENGTH);
}
