import { RollbackOutlined } from '@ant-design/icons';
import type { VersionInfo } from '@heddle/engine/api/contract';
import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useVersion, useVersions } from '../api/flows.ts';
import { useEditor } from '../editor/use-editor.ts';
import { useWorkbench } from '../editor/workbench.ts';
import { Badge } from '../ui/badge.tsx';
import { Failed, Loading } from '../ui/pending.tsx';

const DiffView = lazy(() => import('./diff-view.tsx').then((module) => ({ default: module.DiffView })));

/** Every published version; one can be compared with the draft and brought back. */
export function VersionsPanel() {
  const { t } = useTranslation('publish');
  const { flowId } = useWorkbench();
  const versions = useVersions(flowId);
  const [chosen, setChosen] = useState<VersionInfo>();
  if (versions.error) return <Failed error={versions.error} reset={() => void versions.refetch()} />;
  if (!versions.data) return <Loading />;
  return (
    <div className="heddle-sheet">
      <h2>{t('versions')}</h2>
      {versions.data.length === 0 ? <p className="heddle-faint">{t('noVersions')}</p> : null}
      <ol className="heddle-versions">
        {versions.data.map((each) => (
          <li key={each.version}>
            <VersionLine
              version={each}
              isChosen={chosen?.version === each.version}
              onChoose={() => setChosen(chosen?.version === each.version ? undefined : each)}
            />
          </li>
        ))}
      </ol>
      {chosen ? <Compared key={chosen.version} version={chosen} /> : null}
    </div>
  );
}

interface VersionLineProps {
  readonly version: VersionInfo;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function VersionLine({ version, isChosen, onChoose }: VersionLineProps) {
  const { t, i18n } = useTranslation('publish');
  return (
    <button type="button" className="heddle-version" aria-pressed={isChosen} onClick={onChoose}>
      <span>
        <b>{t('number', { number: version.number })}</b>{' '}
        {version.current ? <Badge tone="good">{t('current')}</Badge> : null}
      </span>
      <span>{version.note === '' ? t('noNote') : version.note}</span>
      <span className="heddle-faint">
        {new Date(version.publishedAt).toLocaleString(i18n.language)} · {version.publishedBy}
      </span>
    </button>
  );
}

function Compared({ version }: { readonly version: VersionInfo }) {
  const { t } = useTranslation('publish');
  const { flowId } = useWorkbench();
  const draft = useEditor((state) => state.document);
  const edit = useEditor((state) => state.edit);
  const definition = useVersion(flowId, version.version);
  if (!definition.data) return <Loading />;
  const before = definition.data;
  return (
    <section>
      <div className="heddle-trial-buttons">
        <h3>{t('comparedWith', { number: version.number })}</h3>
        <Button size="small" icon={<RollbackOutlined />} onClick={() => edit(() => before)} title={t('revertHint')}>
          {t('revert')}
        </Button>
      </div>
      <Suspense fallback={<Loading />}>
        <DiffView
          before={before}
          after={draft}
          beforeLabel={t('number', { number: version.number })}
          afterLabel={t('draft')}
        />
      </Suspense>
    </section>
  );
}
