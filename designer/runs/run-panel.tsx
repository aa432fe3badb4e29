import type { RunDetail } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRuns } from '../api/runs.ts';
import { JsonView } from '../ui/json-view/index.ts';
import { isFinal } from './allowed.ts';
import { ErrorView } from './error-view.tsx';
import { Status } from './status.tsx';

/** What went into the run as a whole and what came out. */
export function RunPanel({ run }: { readonly run: RunDetail }) {
  const { t } = useTranslation('runs');
  return (
    <aside className="heddle-run-panel" aria-label={t('run.whole')}>
      <h2>{t('run.whole')}</h2>
      <p className="heddle-faint">{t('run.pick')}</p>
      {run.error ? (
        <>
          <h3>{t('run.error')}</h3>
          <ErrorView error={run.error} flowId={run.flowId} />
        </>
      ) : null}
      <h3>{t('run.input')}</h3>
      <JsonView value={run.input} label={t('run.input')} />
      <h3>{t('run.output')}</h3>
      {run.output === undefined ? (
        <p className="heddle-faint">{isFinal(run.status) ? t('run.without') : t('run.noOutput')}</p>
      ) : (
        <JsonView value={run.output} label={t('run.output')} />
      )}
      <Children runId={run.id} />
    </aside>
  );
}

function Children({ runId }: { readonly runId: string }) {
  const { t } = useTranslation('runs');
  const children = useRuns(['children', runId], () => ({ parent: runId, limit: '200' }), 10_000);
  if (!children.data?.runs.length) return null;
  return (
    <>
      <h3>{t('run.children')}</h3>
      <ul className="heddle-children">
        {children.data.runs.map((child) => (
          <li key={child.id}>
            <Status of={child.status} />
            <Link to="/app/runs/$runId" params={{ runId: child.id }}>
              {child.flowId}
            </Link>
            <code className="heddle-sub">{child.id}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
