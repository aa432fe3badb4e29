import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Editor } from '../editor/editor-store.ts';
import { isManual, setPlaces } from '../model/edit.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import { type FlowGraph, graphOf } from '../model/graph.ts';
import type { Words } from '../model/graph-text.ts';
import { type Frames, framesOf, type Places, placesOf } from '../model/layout.ts';
import { type ArrangeGraph, type Arrangement, arranged, type Route, signatureOf } from '../model/layout-arrange.ts';

/** What the canvas draws: the document's graph, and where everything stands. */
export interface View {
  readonly document: FlowDocument;
  readonly graph: FlowGraph;
  readonly frames: Frames;
  /** How edges run, within the box of their scope; those that are missing find their own way. */
  readonly routes: ReadonlyMap<string, Route>;
  /** The first arrangement has not come yet. */
  readonly isSettling: boolean;
}

export interface ViewStore extends StoreApi<View> {
  /** Texts stand on edges, so a change of language can move things. */
  readonly speak: (words: Words) => void;
  readonly close: () => void;
}

const noRoutes: ReadonlyMap<string, Route> = new Map();

/**
 * Follows an editor's document. Unless the author arranges by hand, every change of the flow's structure is followed by
 * an arrangement; it is written into the document, joined to the step of undo before. A flow that has only been opened
 * is arranged for the eye alone: its document stays as it is until it is first edited.
 */
export function createView(
  editor: Editor,
  { words, arrange, writes }: { readonly words: Words; readonly arrange: ArrangeGraph; readonly writes: boolean },
): ViewStore {
  let spoken = words;
  let isClosed = false;
  const arrangements = new Map<string, Arrangement>();
  const asked = new Set<string>();

  const look = (document: FlowDocument, before: View | undefined): View => {
    const graph = graphOf(document);
    const own = placesOf(document);
    if (isManual(document)) {
      const frames = framesOf(graph, { ...shown(before, graph), ...own });
      // Edges between what has not been moved keep running as they were arranged.
      return { document, graph, frames, routes: before?.routes ?? noRoutes, isSettling: false };
    }
    const signature = signatureOf(graph, spoken);
    const arrangement = arrangements.get(signature);
    if (arrangement) {
      const frames = framesOf(graph, arrangement.places, arrangement.extents);
      return { document, graph, frames, routes: arrangement.routes, isSettling: false };
    }
    ask(signature, graph);
    const places = { ...shown(before, graph), ...own };
    const isSettling = before?.isSettling ?? true;
    return { document, graph, frames: framesOf(graph, places), routes: noRoutes, isSettling };
  };

  const ask = (signature: string, graph: FlowGraph): void => {
    if (asked.has(signature)) return;
    asked.add(signature);
    void arranged(graph, spoken, arrange)
      .then((arrangement) => {
        arrangements.set(signature, arrangement);
        if (!isClosed) refresh();
      })
      .catch((cause: unknown) => {
        // Nothing is lost: what has no place stands below what leads to it.
        console.warn('the flow could not be arranged', cause);
        if (!isClosed) store.setState({ isSettling: false });
      })
      .finally(() => asked.delete(signature));
  };

  const refresh = (): void => {
    store.setState(look(editor.getState().document, store.getState()));
    queueMicrotask(write);
  };

  /** Later than the change that caused it, so that whoever else listens hears of the two in their order. */
  const write = (): void => {
    if (isClosed || !writes || editor.temporal.getState().pastStates.length === 0) return;
    const { document, graph, frames } = store.getState();
    if (document !== editor.getState().document) return;
    const manual = isManual(document);
    const isArranged = arrangements.has(signatureOf(graph, spoken));
    if (!manual && !isArranged) return;
    const places: { [id: string]: { readonly x: number; readonly y: number } } = {};
    for (const node of graph.nodes.values()) {
      const frame = frames.get(node.id);
      const isStep = node.kind === 'step' || node.kind === 'container';
      if (!frame || (!isStep && (manual || node.kind !== 'start'))) continue;
      places[node.id] = { x: frame.x, y: frame.y };
    }
    editor.getState().amend((now) => (now === document ? setPlaces(now, places) : now));
  };

  const store: StoreApi<View> = createStore<View>()(() => look(editor.getState().document, undefined));
  const stop = editor.subscribe((state, before) => {
    if (state.document !== before.document) refresh();
  });
  return Object.assign(store, {
    speak: (next: Words) => {
      if (next.language === spoken.language) return;
      spoken = next;
      refresh();
    },
    close: () => {
      isClosed = true;
      stop();
    },
  });
}

/** Where nodes are shown at present, as far as they have not gone into another scope. */
function shown(before: View | undefined, graph: FlowGraph): Places {
  if (!before) return {};
  return Object.fromEntries(
    [...before.frames].flatMap(([id, { x, y }]) => {
      const was = before.graph.nodes.get(id);
      const now = graph.nodes.get(id);
      const isSame = was && now && was.scope === now.scope && (now.kind === 'step' || now.kind === 'container');
      return isSame ? [[id, { x, y }] as const] : [];
    }),
  );
}
