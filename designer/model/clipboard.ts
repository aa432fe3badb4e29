import type { Json, JsonObject } from '@heddle/engine/errors';
import { retarget, scopeOfExit } from './edit-exit.ts';
import { graft } from './edit-graft.ts';
import { freshId, nodeIds } from './edit-id.ts';
import { addChunk, exitAfter, type Spot } from './edit-insert.ts';
import { headOf, scopeOfSpot } from './edit-move.ts';
import { changeScope } from './edit-path.ts';
import { newNoteId, setNote, setPlaces } from './edit-place.ts';
import { type Renaming, renameIn } from './edit-rename.ts';
import type { FlowDocument, NodeDraft, ScopeDraft, StickyNote } from './flow-document.ts';
import { noteId } from './graph.ts';
import { asJson, isRecord, partsOf } from './graph-node.ts';
import { indexOf, nodesWithin } from './graph-scope.ts';
import { notesOf, topmost } from './selection.ts';

/** What is in the clipboard, as JSON text. */
interface Copied extends ScopeDraft {
  readonly heddle: 'nodes';
  /** The flow they come from. */
  readonly flow: string;
  /** Where they stood, and the nodes within them. */
  readonly places: JsonObject;
  readonly notes: readonly StickyNote[];
}

/** Nodes and notes of a selection as text for the clipboard; undefined when there are none. */
export function copied(document: FlowDocument, ids: readonly string[]): string | undefined {
  const index = indexOf(document);
  const nodes = topmost(index, ids);
  const notes = notesOf(document, ids);
  if (nodes.length === 0 && notes.length === 0) return undefined;
  const set = new Set(nodes);
  const drafts = nodes.map((id): [string, NodeDraft] => {
    const draft = index.nodes.get(id)?.draft ?? { type: '' };
    const scope = index.nodes.get(id)?.scope;
    const isInside = (target: string | undefined) =>
      target !== undefined && set.has(target) && index.nodes.get(target)?.scope === scope;
    return [id, retarget(draft, ({ target }) => (isInside(target) ? target : undefined))];
  });
  const layout: JsonObject = isRecord(document.layout) ? document.layout : {};
  const all = nodes.flatMap((id) => [id, ...nodesWithin(index, id)]);
  const content: Copied = {
    heddle: 'nodes',
    flow: document.id,
    start: headOf(index, nodes),
    nodes: Object.fromEntries(drafts),
    places: Object.fromEntries(all.flatMap((id) => (layout[id] === undefined ? [] : [[id, layout[id]]]))),
    notes: notes.flatMap((id) => document.layout?.$notes?.[id] ?? []),
  };
  return JSON.stringify(content, undefined, 2);
}

/** What was copied from a designer, in whatever tab; undefined for any other text. */
function parseCopied(text: string): Copied | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value['heddle'] !== 'nodes' || !isRecord(value['nodes'])) return undefined;
  if (!Object.values(value['nodes']).every((node) => isRecord(node) && typeof node['type'] === 'string'))
    return undefined;
  return {
    heddle: 'nodes',
    flow: String(value['flow']),
    start: String(value['start']),
    nodes: value['nodes'] as unknown as ScopeDraft['nodes'],
    places: isRecord(value['places']) ? value['places'] : {},
    notes: (Array.isArray(value['notes']) ? value['notes'] : []).filter(isRecord) as unknown as StickyNote[],
  };
}

/**
 * Puts what was copied into a flow. Ids that are taken become new ones, and what names them among the copied nodes
 * follows; expressions that read other nodes are left as they are.
 *
 * @returns The document and the canvas ids of what has come; undefined if the text is not ours or finds no place.
 */
export function pasted(
  document: FlowDocument,
  text: string,
  spot: Spot,
): { readonly document: FlowDocument; readonly ids: readonly string[] } | undefined {
  const content = parseCopied(text);
  const scope = scopeOfSpot(document, indexOf(document), spot);
  if (!content || scope === undefined) return undefined;
  const renaming = freshIds(document, content);
  const known = new Set(Object.keys(content.nodes));
  const inner = Object.fromEntries(
    Object.entries(content.nodes).map(([id, node]) => [
      id,
      retarget(node, ({ target }) => (target !== undefined && known.has(target) ? target : undefined)),
    ]),
  );
  const { start, nodes } = renameIn({ start: content.start, nodes: inner }, renaming);
  const ids = Object.keys(nodes);
  const chunk = { nodes, head: Object.hasOwn(nodes, start) ? start : (ids[0] ?? '') };
  const at = spot.kind === 'exit' ? spot.at : spot.kind === 'after' ? exitAfter(document, spot.node) : undefined;
  if (at && scopeOfExit(document, at) === undefined) return undefined;
  const added =
    ids.length === 0
      ? document
      : at
        ? changeScope(document, scope, (draft) => graft(draft, chunk, at))
        : addChunk(document, scope, chunk);
  const inside = Object.entries(content.places).flatMap(([id, place]) => {
    const renamed = renaming.get(id) ?? id;
    // Only what stands within a copied container keeps its place; the others find one where they have come.
    return isRecord(place) && !Object.hasOwn(content.nodes, id)
      ? [[renamed, place as unknown as StickyNote] as const]
      : [];
  });
  const placed = setPlaces(added, Object.fromEntries(inside));
  return withNotes(placed, content.notes, ids);
}

function withNotes(document: FlowDocument, notes: readonly StickyNote[], ids: readonly string[]) {
  return notes.reduce(
    (so, note) => {
      const id = newNoteId(so.document);
      const shifted = { ...note, x: Number(note.x) + 24 || 0, y: Number(note.y) + 24 || 0 };
      return { document: setNote(so.document, id, shifted), ids: [...so.ids, noteId(id)] };
    },
    { document, ids: [...ids] as readonly string[] },
  );
}

function freshIds(document: FlowDocument, content: Copied): Renaming {
  const taken = nodeIds(document);
  const renaming = new Map<string, string>();
  const visit = (nodes: ScopeDraft['nodes']): void => {
    for (const [id, node] of Object.entries(nodes)) {
      const fresh = freshId(taken, id);
      taken.add(fresh);
      if (!renaming.has(id)) renaming.set(id, fresh);
      for (const { path } of partsOf(node).scopes) {
        const scope = path.reduce<Json | undefined>((at, key) => (isRecord(at) ? at[key] : undefined), asJson(node));
        if (isRecord(scope) && isRecord(scope['nodes'])) visit(scope['nodes'] as unknown as ScopeDraft['nodes']);
      }
    }
  };
  visit(content.nodes);
  return renaming;
}
