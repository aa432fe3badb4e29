import type { JsonObject } from '@heddle/engine/errors';
import type { FlowDocument, Layout, StickyNote } from './flow-document.ts';
import { asJson, isRecord } from './graph-node.ts';
import { indexOf, nodesWithin } from './graph-scope.ts';

const layoutIn = (document: FlowDocument): JsonObject => (isRecord(document.layout) ? document.layout : {});

function withLayout(document: FlowDocument, layout: JsonObject): FlowDocument {
  // Its parts have been checked one by one; a layout is any JSON object.
  return { ...document, layout: layout as Layout };
}

/** Sets where nodes stand; what else is known of their places, such as being collapsed, is kept. */
export function setPlaces(
  document: FlowDocument,
  places: { readonly [nodeId: string]: { readonly x: number; readonly y: number } },
): FlowDocument {
  const layout = layoutIn(document);
  const changed = Object.entries(places).filter(([id, { x, y }]) => {
    const old = layout[id];
    return !isRecord(old) || old['x'] !== x || old['y'] !== y;
  });
  if (changed.length === 0) return document;
  const next = changed.map(([id, { x, y }]) => {
    const old = layout[id];
    return [id, { ...(isRecord(old) ? old : {}), x, y }] as const;
  });
  return withLayout(document, { ...layout, ...Object.fromEntries(next) });
}

/** Gives the place of one node to another. */
export function movePlace(document: FlowDocument, from: string, to: string): FlowDocument {
  const { [from]: place, ...rest } = layoutIn(document);
  return place === undefined ? document : withLayout(document, { ...rest, [to]: place });
}

/** Forgets where nodes stand; without `ids`, what is no longer in the flow. */
export function forgetPlaces(document: FlowDocument, ids: ReadonlySet<string>): FlowDocument {
  const layout = layoutIn(document);
  const kept = Object.entries(layout).filter(([id]) => !ids.has(id));
  return kept.length === Object.keys(layout).length ? document : withLayout(document, Object.fromEntries(kept));
}

/** Draws a container as a card, or opens it again. */
export function toggleCollapsed(document: FlowDocument, nodeId: string): FlowDocument {
  if (!indexOf(document).nodes.has(nodeId)) return document;
  const layout = layoutIn(document);
  const old = layout[nodeId];
  const { collapsed, ...place } = isRecord(old) ? old : { x: 0, y: 0 };
  return withLayout(document, { ...layout, [nodeId]: collapsed === true ? place : { ...place, collapsed: true } });
}

const isCollapsed = (document: FlowDocument, nodeId: string): boolean => {
  const place = layoutIn(document)[nodeId];
  return isRecord(place) && place['collapsed'] === true;
};

/** Opens every container around a node, so that it is drawn. */
export function reveal(document: FlowDocument, nodeId: string): FlowDocument {
  const index = indexOf(document);
  const around = [...index.nodes.keys()].filter((id) => isCollapsed(document, id));
  return around
    .filter((id) => nodesWithin(index, id).includes(nodeId))
    .reduce((opened, id) => toggleCollapsed(opened, id), document);
}

/** Says whether the author arranges the canvas by hand. */
export function setManual(document: FlowDocument, manual: boolean): FlowDocument {
  const { $manual, ...layout } = layoutIn(document);
  if (($manual === true) === manual) return document;
  return withLayout(document, manual ? { ...layout, $manual: true } : layout);
}

export const isManual = (document: FlowDocument): boolean => layoutIn(document)['$manual'] === true;

const notesIn = (document: FlowDocument): JsonObject => {
  const notes = layoutIn(document)['$notes'];
  return isRecord(notes) ? notes : {};
};

/** Adds a sticky note, or changes what is given of one. */
export function setNote(
  document: FlowDocument,
  noteId: string,
  change: StickyNote | Partial<StickyNote>,
): FlowDocument {
  const notes = notesIn(document);
  const old = notes[noteId];
  const note = { x: 0, y: 0, width: 200, height: 120, text: '', ...(isRecord(old) ? old : {}), ...change };
  return withLayout(document, { ...layoutIn(document), $notes: { ...notes, [noteId]: asJson(note) } });
}

export function removeNotes(document: FlowDocument, ids: ReadonlySet<string>): FlowDocument {
  const notes = notesIn(document);
  const kept = Object.entries(notes).filter(([id]) => !ids.has(id));
  if (kept.length === Object.keys(notes).length) return document;
  const { $notes, ...layout } = layoutIn(document);
  return withLayout(document, kept.length === 0 ? layout : { ...layout, $notes: Object.fromEntries(kept) });
}

/** An id that no note has yet. */
export function newNoteId(document: FlowDocument): string {
  const notes = notesIn(document);
  for (let number = 1; ; number++) if (!Object.hasOwn(notes, `note${number}`)) return `note${number}`;
}
