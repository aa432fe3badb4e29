import { ReactFlowProvider } from '@xyflow/react';
import { useEffect, useState } from 'react';
import { useEditorStore } from '../editor/use-editor.ts';
import { Board } from './board.tsx';
import { type Canvas, CanvasProvider, createMoment } from './canvas-context.ts';
import type { CanvasCommand } from './commands.ts';
import { arrangeByElk } from './elk.ts';
import { createMarks, type Marks } from './marks.ts';
import { useWords } from './use-words.ts';
import { createView } from './view.ts';

export interface FlowCanvasProps {
  /** What runs and checks say of nodes; keep one for as long as the canvas is shown. */
  readonly marks?: Marks;
  /** Further commands for the search over everything. */
  readonly commands?: readonly CanvasCommand[];
}

const none: readonly CanvasCommand[] = [];

/** The flow of the editor around it, to be seen and edited. */
export function FlowCanvas({ marks, commands = none }: FlowCanvasProps) {
  const editor = useEditorStore();
  const words = useWords();
  const [canvas, setCanvas] = useState<Canvas>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of language is told to the view that there is
  useEffect(() => {
    const isReadOnly = editor.getState().readOnly;
    const view = createView(editor, { words, arrange: arrangeByElk, writes: !isReadOnly });
    setCanvas({ editor, view, marks: marks ?? createMarks(), moment: createMoment(), isReadOnly });
    return () => view.close();
  }, [editor, marks]);
  if (!canvas) return <div className="heddle-canvas" />;
  return (
    <ReactFlowProvider key={keyOf(editor)}>
      <CanvasProvider value={canvas}>
        <Board commands={commands} />
      </CanvasProvider>
    </ReactFlowProvider>
  );
}

let lastKey = 0;
const keys = new WeakMap<object, number>();

/** Another editor is another canvas, with nothing left of the one before. */
function keyOf(editor: object): number {
  const known = keys.get(editor);
  if (known !== undefined) return known;
  lastKey += 1;
  keys.set(editor, lastKey);
  return lastKey;
}
