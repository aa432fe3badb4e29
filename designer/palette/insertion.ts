import { createContext, useContext } from 'react';
import type { Editor } from '../editor/editor-store.ts';
import { exitAfter, insert, newNode, openEnds, type Spot } from '../model/edit.ts';
import type { FlowDocument, NodeDraft } from '../model/flow-document.ts';
import { partsOfEdge, START, START_EXIT } from '../model/graph.ts';
import { indexOf } from '../model/graph-scope.ts';

export interface Insertion {
  /** Completes a node that has just come, in the same step of undo: fills its input with what is in reach. */
  readonly afterInsert?: (document: FlowDocument, nodeId: string) => FlowDocument;
  /** Is told of every node that has come, once it is in the document and selected. */
  readonly onAdded?: (nodeId: string) => void;
}

const InsertionContext = createContext<Insertion>({});
/** What palette and canvas do beside inserting. Give it one value that stays the same. */
export const InsertionProvider = InsertionContext.Provider;
export const useInsertion = (): Insertion => useContext(InsertionContext);

/** Puts a new node into the edited flow as one step of undo, and selects it; undefined if it could not go there. */
export function insertDraft(
  editor: Editor,
  given: { readonly draft: NodeDraft; readonly spot: Spot; readonly insertion: Insertion },
): string | undefined {
  const { document, readOnly, edit, select } = editor.getState();
  const node = newNode(document, given.draft);
  if (readOnly || insert(document, given.spot, node) === document) return undefined;
  edit((now) => {
    const changed = insert(now, given.spot, node);
    return given.insertion.afterInsert?.(changed, node.id) ?? changed;
  });
  select([node.id]);
  given.insertion.onAdded?.(node.id);
  return node.id;
}

/** Where a node goes that was picked without saying where: after what is selected, else at an open end of the flow. */
export function spotForPicked(document: FlowDocument, selection: readonly string[]): Spot {
  const index = indexOf(document);
  const chosen = selection.at(-1) ?? '';
  const edge = partsOfEdge(chosen);
  if (edge) return { kind: 'exit', at: edge };
  if (chosen === START) return { kind: 'exit', at: { source: START, exit: START_EXIT } };
  if (index.nodes.has(chosen) && exitAfter(document, chosen)) return { kind: 'after', node: chosen };
  const scope = index.scopes.has(chosen) ? chosen : '';
  const [end] = openEnds(document, scope);
  return end ? { kind: 'exit', at: end } : { kind: 'scope', scope };
}
