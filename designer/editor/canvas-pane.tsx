import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/catalogue.ts';
import { createMarks, FlowCanvas, type Marks, type NodeMark } from '../canvas/index.ts';
import { severityByNode } from '../model/problems.ts';
import { withSuggestions } from '../model/suggest.ts';
import { acceptSuggestions } from '../model/suggest-confirm.ts';
import { type Insertion, InsertionProvider, Palette } from '../palette/index.ts';
import { stepMarks } from '../simulate/step-marks.ts';
import { useEditor, useEditorStore } from './use-editor.ts';
import { useChecks, useTrial, useWorkbench } from './workbench.ts';

/** Palette and canvas, with what checks and trials have to say drawn on the nodes. */
export function CanvasPane() {
  const { data: catalogue } = useCatalogue();
  const marks = useMarks();
  const commands = useCommands();
  const insertion = useMemo<Insertion>(
    () => ({
      afterInsert: (document, nodeId) =>
        catalogue === undefined ? document : withSuggestions(document, nodeId, catalogue),
    }),
    [catalogue],
  );
  return (
    <InsertionProvider value={insertion}>
      <div className="heddle-canvas-pane">
        <div data-tour="palette" className="heddle-palette-area">
          <Palette />
        </div>
        <div data-tour="canvas" className="heddle-canvas-area">
          <FlowCanvas marks={marks} commands={commands} />
        </div>
      </div>
    </InsertionProvider>
  );
}

/** What checks and the last trial say of each node, in a store that only the cards concerned listen to. */
function useMarks(): Marks {
  const [shown] = useState(() => createMarks());
  const document = useEditor((state) => state.document);
  const problems = useChecks((state) => state.problems);
  const result = useTrial((state) => state.result);
  const breakpoints = useTrial((state) => state.breakpoints);
  useEffect(() => {
    const marks: Record<string, NodeMark> = result
      ? { ...stepMarks(document, result.steps, result.waitingFor.length === 0) }
      : {};
    for (const [node, problem] of severityByNode(problems)) marks[node] = { ...marks[node], problem };
    for (const node of breakpoints) marks[node] = { ...marks[node], breakpoint: true };
    if (result) for (const node of result.waitingFor) marks[node] = { ...marks[node], current: true };
    shown.show(marks);
  }, [shown, document, problems, result, breakpoints]);
  return shown;
}

/** What Ctrl/Cmd+K offers beside the nodes and the canvas's own commands. */
function useCommands() {
  const { t } = useTranslation('editor');
  const { panels } = useWorkbench();
  const editor = useEditorStore();
  return useMemo(() => {
    const { show } = panels.getState();
    return [
      { id: 'try', title: t('commands.try'), run: () => show({ bottom: 'try' }) },
      { id: 'simulate', title: t('commands.simulate'), run: () => show({ bottom: 'simulate' }) },
      { id: 'publish', title: t('commands.publish'), shortcut: 'Ctrl+Shift+P', run: () => show({ side: 'publish' }) },
      { id: 'problems', title: t('commands.problems'), run: () => show({ bottom: 'problems' }) },
      { id: 'json', title: t('commands.json'), run: () => show({ view: 'json' }) },
      { id: 'versions', title: t('commands.versions'), run: () => show({ side: 'versions' }) },
      {
        id: 'accept',
        title: t('commands.acceptAll'),
        shortcut: 'Ctrl+Enter',
        run: () => editor.getState().edit((document) => acceptSuggestions(document)),
      },
    ];
  }, [t, panels, editor]);
}
