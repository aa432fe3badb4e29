import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useVersion } from '../api/flows.ts';
import { useRun } from '../api/runs.ts';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { isFinal } from './allowed.ts';
import { useLive } from './live-run.ts';
import { nodeStatuses } from './node-status.ts';
import { RunBanner } from './run-banner.tsx';
import { RunCanvas } from './run-canvas.tsx';
import { RunHeader } from './run-header.tsx';
import { RunPanel } from './run-panel.tsx';
import { StepPanel } from './step-panel.tsx';
import { Waterfall } from './waterfall.tsx';
import '../ui/rows.css';
import './runs.css';

/** One run: the flow as it was, what happened when, and what went in and out of each step. */
export function RunPage() {
  const { t } = useTranslation('runs');
  const { runId } = useParams({ from: '/app/runs/$runId' });
  const { data: run, error, refetch } = useRun(runId);
  const connection = useLive(runId, run !== undefined && !isFinal(run.status));
  const definition = useVersion(run?.flowId ?? '', run?.version);
  const [stepId, select] = useState<string>();
  const statuses = useMemo(() => nodeStatuses(run?.steps ?? []), [run?.steps]);
  if (run === undefined) {
    if (error instanceof ApiError && error.status === 404)
      return (
        <Empty title={t('run.gone')} body={t('run.goneBody')}>
          <Link to="/app/runs">
            <Button tabIndex={-1}>{t('run.toList')}</Button>
          </Link>
        </Empty>
      );
    return error ? <Failed error={error} reset={() => void refetch()} /> : <Loading />;
  }
  const step = run.steps.find(({ id }) => id === stepId);
  return (
    <div className="heddle-run">
      <RunHeader run={run} definition={definition.data} connection={connection} />
      <RunBanner run={run} onShow={select} />
      <div className="heddle-run-body">
        <RunCanvas
          document={definition.data}
          run={run}
          statuses={statuses}
          selected={step?.node}
          onSelect={(node) => select(run.steps.findLast((each) => each.node === node)?.id)}
        />
        <Waterfall run={run} selected={stepId} onSelect={select} />
        {step ? (
          <StepPanel run={run} step={step} definition={definition.data} onSelect={select} />
        ) : (
          <RunPanel run={run} />
        )}
      </div>
    </div>
  );
}
