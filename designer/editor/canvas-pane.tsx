import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/catalogue.ts';
import { createMarks, FlowCanvas, type Marks, type NodeMark } from '../canvas/index.ts';
import { severityByNode } from '../model/problems.ts';
import { acceptSuggestions } from '../model/suggest-confirm.ts';
import { type Insertion, InsertionProvider } from '../palette/insertion.ts';
import { stepMarks } from '../simulate/step-marks.ts';
import { useEditor, useEditorStore } from './use-editor.ts';
import { useChecks, useTrial, useWorkbench } from './workbench.ts';

const Palette = lazy(() => import('../palette/palette.tsx').then((module) => ({ default: module.Palette })));

/** Palette and canvas, with what checks and trials have to say drawn on the nodes. */
export function CanvasPane() {
  const { data: catalogue } = useCatalogue();
  const marks = useMarks();
  const commands = useCommands();
  const suggest = useSuggestions();
  const insertion = useMemo<Insertion>(
    () => ({
      afterInsert: (document, nodeId) =>
        catalogue === undefined || suggest === undefined ? document : suggest(document, nodeId, catalogue),
    }),
    [catalogue, suggest],
  );
  return (
    <InsertionProvider value={insertion}>
      <div className="heddle-canvas-pane">
        <div data-tour="palette" className="heddle-palette-area">
          <Suspense fallback={null}>
            <Palette />
          </Suspense>
        </div>
        <div data-tour="canvas" className="heddle-canvas-area">
          <FlowCanvas marks={marks} commands={commands} />
        </div>
      </div>
    </InsertionProvider>
  );
}

type Suggest = typeof import('../model/suggest.ts').withSuggestions;

/** What fills a new node; fetched behind the canvas, and there before anybody can have dropped something. */
function useSuggestions(): Suggest | undefined {
  const [suggest, setSuggest] = useState<Suggest>();
  useEffect(() => {
    void import('../model/suggest.ts').then((module) => setSuggest(() => module.withSuggestions));
  }, []);
  return suggest;
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
