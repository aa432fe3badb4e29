import { copied, pasted } from '../model/clipboard.ts';
import {
  addBranch,
  addChoiceCase,
  addErrorRoute,
  disconnect,
  exitAfter,
  isManual,
  newNoteId,
  removeBranch,
  removeNodes,
  removeNotes,
  type Spot,
  setManual,
  setNote,
  targetOf,
  toggleCollapsed,
} from '../model/edit.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import { noteId, partsOfEdge } from '../model/graph.ts';
import { indexOf } from '../model/graph-scope.ts';
import type { Point } from '../model/layout.ts';
import { notesOf } from '../model/selection.ts';
import type { Insertion } from '../palette/index.ts';
import { spotForPicked } from '../palette/index.ts';
import type { Canvas } from './canvas-context.ts';
import { changeLayout } from './change-layout.ts';

export type { Insertion };

/** Makes what a person at the keyboard means the selection: where the focus has wandered, that is the node that has it. */
export function settleChoice({ editor, moment }: Canvas): void {
  const { selection, select } = editor.getState();
  const { focused, hasWandered } = moment.getState();
  if (selection.length === 0 || (hasWandered && !selection.includes(focused))) select([focused]);
}

/** What is selected, taken apart. */
function chosen({ editor }: Canvas) {
  const { document, selection } = editor.getState();
  const index = indexOf(document);
  return {
    document,
    selection,
    nodes: selection.filter((id) => index.nodes.has(id)),
    lanes: selection.filter((id) => index.scopes.get(id)?.isBranch),
    // What leads to or from a chosen node is healed with it.
    edges: selection
      .flatMap((id) => partsOfEdge(id) ?? [])
      .filter((edge) => {
        const target = targetOf(document, edge);
        return !selection.includes(edge.source) && (target === undefined || !selection.includes(target));
      }),
    notes: notesOf(document, selection),
  };
}

/** Removes what is selected, heals around it, and goes on where one would look next. Returns how much that was. */
export function removeChosen(canvas: Canvas): number {
  const { nodes, lanes, edges, notes } = chosen(canvas);
  const count = nodes.length + lanes.length + edges.length + notes.length;
  if (count === 0 || canvas.isReadOnly) return 0;
  const next = nextAfter(canvas, nodes);
  canvas.editor.getState().edit((document) => {
    // Edges first: to open an exit and then to remove its node is not the same as the other way round.
    const opened = edges.reduceRight((changed, edge) => disconnect(changed, edge), document);
    const closed = lanes.reduce((changed, lane) => removeBranch(changed, lane), opened);
    return removeNotes(removeNodes(closed, nodes), new Set(notes));
  });
  canvas.editor.getState().select([]);
  if (next !== undefined) canvas.moment.setState({ focused: next });
  return count;
}

function nextAfter(canvas: Canvas, removed: readonly string[]): string | undefined {
  const { graph } = canvas.view.getState();
  const gone = new Set(removed);
  const near = graph.edges.filter(({ source, target }) => gone.has(source) !== gone.has(target));
  const before = near.find(
    ({ target, source }) => gone.has(target) && graph.nodes.get(source)?.kind !== 'lane',
  )?.source;
  return before ?? near.find(({ source }) => gone.has(source))?.target ?? (removed.length > 0 ? '$start' : undefined);
}

/** The selection as text for the clipboard. */
export function copyChosen(canvas: Canvas): string | undefined {
  const { document, selection } = chosen(canvas);
  return copied(document, selection);
}

/** Puts text from the clipboard into the flow and selects what has come. Returns how much; 0 if it is not ours. */
export function pasteText(canvas: Canvas, text: string, spot?: Spot): number {
  if (canvas.isReadOnly) return 0;
  const { document, selection, edit, select } = canvas.editor.getState();
  const result = pasted(document, text, spot ?? spotForPicked(document, selection));
  if (!result) return 0;
  edit(() => result.document);
  select(result.ids);
  return result.ids.length;
}

/** Copies the selection and puts the copy after it. */
export function duplicateChosen(canvas: Canvas): number {
  const { document, nodes, selection } = chosen(canvas);
  const text = copied(document, selection);
  const last = nodes.at(-1);
  if (text === undefined) return 0;
  const after = last !== undefined && exitAfter(document, last);
  return pasteText(canvas, text, after ? { kind: 'after', node: last } : { kind: 'scope', scope: '' });
}

export function selectAll({ editor, view }: Canvas): number {
  const { graph } = view.getState();
  const ids = [...graph.nodes.values()].flatMap(({ id, kind }) => (kind === 'start' || kind === 'lane' ? [] : [id]));
  editor.getState().select(ids);
  return ids.length;
}

export function toggleFold(canvas: Canvas): void {
  const { nodes } = chosen(canvas);
  const { graph } = canvas.view.getState();
  const boxes = nodes.filter((id) => graph.nodes.get(id)?.kind === 'container');
  if (boxes.length > 0) changeLayout(canvas.editor, (document) => boxes.reduce(toggleCollapsed, document));
}

export function toggleManual({ editor }: Canvas): void {
  editor.getState().edit((document) => setManual(document, !isManual(document)));
}

export function addNote(canvas: Canvas, at: Point): void {
  if (canvas.isReadOnly) return;
  const { document, edit, select } = canvas.editor.getState();
  const id = newNoteId(document);
  edit((now) => setNote(now, id, { x: Math.round(at.x), y: Math.round(at.y), width: 200, height: 120, text: '' }));
  select([noteId(id)]);
  canvas.moment.setState({ writing: noteId(id), focused: noteId(id) });
}

type NodeEdit = 'case' | 'error' | 'branch';
const nodeEdits: Record<NodeEdit, (document: FlowDocument, nodeId: string) => FlowDocument> = {
  case: (document, id) => addChoiceCase(document, id),
  error: (document, id) => addErrorRoute(document, id),
  branch: (document, id) => addBranch(document, id),
};

/** Adds an exit or a branch to the selected node. */
export function extendChosen(canvas: Canvas, what: NodeEdit): void {
  const [id] = chosen(canvas).nodes;
  if (id !== undefined) canvas.editor.getState().edit((document) => nodeEdits[what](document, id));
}
