import { CheckCircleOutlined, CloseOutlined, ExclamationCircleOutlined, WarningOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useCases } from '../api/flows.ts';
import { isError } from '../model/problems.ts';
import { Boundary } from '../ui/boundary.tsx';
import type { BottomPanel as Tab } from './panels.ts';
import { ProblemsPanel } from './problems-panel.tsx';
import { useChecks, usePanels, useWorkbench } from './workbench.ts';

const TryPanel = lazy(() => import('../simulate/try-panel.tsx').then((module) => ({ default: module.TryPanel })));
const SimulatePanel = lazy(() =>
  import('../simulate/simulate-panel.tsx').then((module) => ({ default: module.SimulatePanel })),
);
const CasesPanel = lazy(() => import('../simulate/cases-panel.tsx').then((module) => ({ default: module.CasesPanel })));

const tabs: readonly Tab[] = ['problems', 'try', 'simulate', 'cases'];

/** Below the canvas: what is wrong, and trying the flow. Its tabs are always there; a press on the open one closes it. */
export function BottomPanel() {
  const { t } = useTranslation('editor');
  const open = usePanels((state) => state.bottom);
  const show = usePanels((state) => state.show);
  return (
    <section className="heddle-bottom" aria-label={t('bottom.label')}>
      <div className="heddle-bottom-head">
        <div className="heddle-bottom-tabs" role="tablist" aria-label={t('bottom.label')}>
          {tabs.map((tab) => (
            <button
              key={tab}
              type="button"
              role="tab"
              id={`tab-${tab}`}
              aria-selected={open === tab}
              aria-controls="bottom-panel"
              onClick={() => show({ bottom: open === tab ? undefined : tab })}
            >
              {t(`bottom.${tab}`)}
              {tab === 'problems' ? <ProblemCount /> : null}
              {tab === 'cases' ? <CaseCount /> : null}
            </button>
          ))}
        </div>
        {open === undefined ? null : (
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={t('bottom.close')}
            onClick={() => show({ bottom: undefined })}
          />
        )}
      </div>
      <div
        id="bottom-panel"
        role="tabpanel"
        aria-labelledby={`tab-${open ?? 'problems'}`}
        hidden={open === undefined}
        className="heddle-bottom-body"
      >
        <Boundary key={open ?? 'none'}>
          <Suspense fallback={null}>
            {open === 'problems' ? <ProblemsPanel /> : null}
            {open === 'try' ? <TryPanel /> : null}
            {open === 'simulate' ? <SimulatePanel /> : null}
            {open === 'cases' ? <CasesPanel /> : null}
          </Suspense>
        </Boundary>
      </div>
    </section>
  );
}

function ProblemCount() {
  const { t } = useTranslation('editor');
  const errors = useChecks((state) => state.problems.filter(isError).length);
  const warnings = useChecks((state) => state.problems.length) - errors;
  if (errors + warnings === 0) {
    return (
      <span className="heddle-good" role="img" aria-label={t('bottom.sound')}>
        <CheckCircleOutlined />
      </span>
    );
  }
  return (
    <span className="heddle-counts">
      {errors > 0 ? (
        <span className="heddle-wrong">
          <ExclamationCircleOutlined aria-label={t('bottom.errors')} /> {errors}
        </span>
      ) : null}
      {warnings > 0 ? (
        <span className="heddle-warn">
          <WarningOutlined aria-label={t('bottom.warnings')} /> {warnings}
        </span>
      ) : null}
    </span>
  );
}

function CaseCount() {
  const { flowId } = useWorkbench();
  const count = useCases(flowId).data?.cases.length ?? 0;
  return count === 0 ? null : <span className="heddle-faint">{count}</span>;
}
