import { lazy, Suspense } from 'react';
import { useStore } from 'zustand';
import { Loading } from '../ui/pending.tsx';
import { BottomPanel } from './bottom-panel.tsx';
import { CanvasPane } from './canvas-pane.tsx';
import { useLeaveWarning, useShortcuts } from './shortcuts.ts';
import { SidePanel } from './side-panel.tsx';
import { Toolbar } from './toolbar.tsx';
import { useEditor } from './use-editor.ts';
import { usePanels, useWorkbench } from './workbench.ts';
import './editor.css';

const Conflict = lazy(() => import('./conflict.tsx').then((module) => ({ default: module.Conflict })));
const JsonView = lazy(() => import('./json-view.tsx').then((module) => ({ default: module.JsonView })));
const OpenedStep = lazy(() => import('./opened-step.tsx').then((module) => ({ default: module.OpenedStep })));
const Tour = lazy(() => import('./tour.tsx').then((module) => ({ default: module.Tour })));

/** The designer: toolbar above, canvas (or text, or one step opened wide) in the middle, panels beside and below. */
export function Designer() {
  const view = usePanels((state) => state.view);
  const { saver } = useWorkbench();
  const isConflict = useStore(saver.state, (state) => state.kind === 'conflict');
  const opened = useEditor((state) => state.opened);
  useShortcuts();
  useLeaveWarning();
  return (
    <div className="heddle-designer">
      <Toolbar />
      {isConflict ? (
        <Suspense fallback={null}>
          <Conflict />
        </Suspense>
      ) : null}
      <Suspense fallback={<Loading />}>
        {opened === undefined ? (
          <div className="heddle-designer-body">
            {view === 'json' ? <JsonView /> : <CanvasPane />}
            <SidePanel />
          </div>
        ) : (
          <OpenedStep nodeId={opened} />
        )}
      </Suspense>
      <BottomPanel />
      <Suspense fallback={null}>
        <Tour />
      </Suspense>
    </div>
  );
}
