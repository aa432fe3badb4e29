import type { RunSummary } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFlows } from '../api/flows.ts';
import { useText } from '../ui/text.ts';
import { useFormat, useNow } from '../ui/use-format.ts';
import { When } from '../ui/when.tsx';
import { Status } from './status.tsx';

export function RunTable({ runs }: { readonly runs: readonly RunSummary[] }) {
  const { t } = useTranslation('runs');
  const say = useText();
  const flows = useFlows();
  const titles = new Map((flows.data?.flows ?? []).map((flow) => [flow.id, say(flow.title)]));
  return (
    <div className="heddle-scroll">
      <table className="heddle-rows">
        <thead>
          <tr>
            <th>{t('column.status')}</th>
            <th>{t('column.run')}</th>
            <th>{t('column.businessKey')}</th>
            <th>{t('column.started')}</th>
            <th className="heddle-number">{t('column.took')}</th>
            <th>{t('column.result')}</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Row key={run.id} run={run} title={titles.get(run.flowId) ?? run.flowId} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ run, title }: { readonly run: RunSummary; readonly title: string }) {
  const { t } = useTranslation('runs');
  const format = useFormat();
  return (
    <tr>
      <td>
        <Status of={run.status} />
      </td>
      <td>
        <Link to="/app/runs/$runId" params={{ runId: run.id }} className="heddle-row-link">
          {title}
        </Link>
        {run.parentRun === undefined ? null : <span className="heddle-aside">{t('subflowOf')}</span>}
        <code className="heddle-sub">{run.id}</code>
      </td>
      <td className="heddle-break">{run.businessKey}</td>
      <td className="heddle-nowrap">
        <When at={run.startedAt} />
        <span className="heddle-sub">{format.time(run.startedAt)}</span>
      </td>
      <td className="heddle-number">
        <Took run={run} />
      </td>
      <td className="heddle-break">
        {run.error ? (
          <>
            <code className="heddle-bad">{run.error.code}</code>
            {run.error.node === undefined ? null : <span className="heddle-aside">{run.error.node}</span>}
            <span className="heddle-sub">{run.error.message}</span>
          </>
        ) : (
          run.outcome
        )}
      </td>
    </tr>
  );
}

function Took({ run }: { readonly run: RunSummary }) {
  const format = useFormat();
  const isOpen = run.finishedAt === undefined;
  const now = useNow(isOpen ? 5_000 : 0);
  return <>{format.duration(Math.max(0, (run.finishedAt ?? now) - run.startedAt))}</>;
}
