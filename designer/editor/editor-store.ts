import { temporal } from 'zundo';
import { createStore } from 'zustand/vanilla';
import type { FlowDocument } from '../model/flow-document.ts';

/** What the designer holds of the flow that is being edited. Server state (drafts, services, runs) lives in queries. */
export interface EditorState {
  readonly document: FlowDocument;
  /** Ids on the canvas: nodes, branches (scope addresses), notes (`note:<id>`), edges (`edge:<source>:<exit>`). */
  readonly selection: readonly string[];
  /** The node that is opened wide, in three columns. */
  readonly opened: string | undefined;
  /** Nothing can be changed: a version or a run is shown. */
  readonly readOnly: boolean;
  /** Applies a change of the model as one step of undo. Returning the same document changes nothing. */
  readonly edit: (change: (document: FlowDocument) => FlowDocument) => void;
  /** Like `edit`, but joined to the step before: for what follows from it, such as the layout. */
  readonly amend: (change: (document: FlowDocument) => FlowDocument) => void;
  readonly select: (ids: readonly string[]) => void;
  readonly open: (nodeId: string | undefined) => void;
}

/** One editor, with its own history of undo. `editor.temporal` has undo, redo, pause and resume (zundo). */
export function createEditor(document: FlowDocument, { readOnly = false } = {}) {
  const editor = createStore<EditorState>()(
    temporal(
      (set, get) => ({
        document,
        selection: [],
        opened: undefined,
        readOnly,
        edit: (change) => {
          if (get().readOnly) return;
          const next = change(get().document);
          if (next !== get().document) set({ document: next });
        },
        amend: (change) => {
          if (get().readOnly) return;
          const next = change(get().document);
          if (next === get().document) return;
          const history = editor.temporal.getState();
          const tracking = history.isTracking;
          if (tracking) history.pause();
          set({ document: next });
          if (tracking) history.resume();
        },
        select: (selection) => {
          const now = get().selection;
          if (now.length === selection.length && now.every((id, at) => id === selection[at])) return;
          set({ selection });
        },
        open: (opened) => set({ opened }),
      }),
      {
        partialize: ({ document }) => ({ document }),
        equality: (a, b) => a.document === b.document,
        limit: 500,
      },
    ),
  );
  return editor;
}

export type Editor = ReturnType<typeof createEditor>;
