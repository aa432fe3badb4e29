import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/catalogue.ts';
import { useSamples } from '../api/flows.ts';
import { Boundary } from '../ui/boundary.tsx';
import { Loading } from '../ui/pending.tsx';
import { useChecks, usePanels, useWorkbench } from './workbench.ts';

const Inspector = lazy(() => import('../inspector/index.ts').then((module) => ({ default: module.Inspector })));
const PublishPanel = lazy(() =>
  import('../publish/publish-panel.tsx').then((module) => ({ default: module.PublishPanel })),
);
const VersionsPanel = lazy(() =>
  import('../publish/versions-panel.tsx').then((module) => ({ default: module.VersionsPanel })),
);

/** Beside the canvas: the form of what is selected, publishing, or the versions. */
export function SidePanel() {
  const { t } = useTranslation('editor');
  const side = usePanels((state) => state.side);
  return (
    <aside className="heddle-side" aria-label={t(`side.${side}`)} data-tour="inspector">
      <Boundary key={side}>
        <Suspense fallback={<Loading />}>
          {side === 'inspector' ? <InspectorPane /> : null}
          {side === 'publish' ? <PublishPanel /> : null}
          {side === 'versions' ? <VersionsPanel /> : null}
        </Suspense>
      </Boundary>
    </aside>
  );
}

function InspectorPane() {
  const { flowId } = useWorkbench();
  const problems = useChecks((state) => state.problems);
  const catalogue = useCatalogue();
  const samples = useSamples(flowId);
  if (!catalogue.data) return <Loading />;
  return <Inspector problems={problems} catalogue={catalogue.data} samples={samples.data ?? { steps: {} }} />;
}
