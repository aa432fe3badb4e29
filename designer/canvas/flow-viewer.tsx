import { useEffect, useMemo, useRef, useState } from 'react';
import { createEditor } from '../editor/editor-store.ts';
import { EditorProvider } from '../editor/use-editor.ts';
import type { FlowDocument } from '../model/flow-document.ts';
import { indexOf } from '../model/graph-scope.ts';
import { FlowCanvas } from './flow-canvas.tsx';
import { createMarks, type NodeMarks } from './marks.ts';

export interface FlowViewerProps {
  readonly document: FlowDocument;
  readonly marks?: NodeMarks;
  readonly selected?: string;
  readonly onSelect?: (nodeId: string | undefined) => void;
}

/** A flow to be looked at: a version, or a run with what happened at each node. Nothing in it can be changed. */
export function FlowViewer({ document, marks, selected, onSelect }: FlowViewerProps) {
  const editor = useMemo(() => createEditor(document, { readOnly: true }), [document]);
  const [shown] = useState(() => createMarks(marks));
  const told = useRef(onSelect);
  useEffect(() => {
    told.current = onSelect;
  }, [onSelect]);
  useEffect(() => shown.show(marks ?? {}), [shown, marks]);
  useEffect(() => editor.getState().select(selected === undefined ? [] : [selected]), [editor, selected]);
  useEffect(
    () =>
      editor.subscribe((state, before) => {
        if (state.selection === before.selection) return;
        // Branches, notes and edges are chosen here, but nothing is known of them elsewhere.
        told.current?.(state.selection.find((id) => indexOf(state.document).nodes.has(id)));
      }),
    [editor],
  );
  return (
    <EditorProvider value={editor}>
      <FlowCanvas marks={shown} />
    </EditorProvider>
  );
}
