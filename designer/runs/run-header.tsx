import { DisconnectOutlined } from '@ant-design/icons';
import type { RunDetail } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useVersions } from '../api/flows.ts';
import { useText } from '../ui/text.ts';
import { useFormat, useNow } from '../ui/use-format.ts';
import { When } from '../ui/when.tsx';
import { allowedActions } from './allowed.ts';
import { eventNames } from './event-names.ts';
import { RunActionButton } from './run-action-button.tsx';
import { Status } from './status.tsx';

export function RunHeader(props: {
  readonly run: RunDetail;
  readonly definition: object | undefined;
  readonly connection: 'live' | 'offline' | 'ended';
}) {
  const { run, definition, connection } = props;
  const { t } = useTranslation('runs');
  const say = useText();
  const versions = useVersions(run.flowId);
  const number = versions.data?.find(({ version }) => version === run.version)?.number;
  return (
    <header className="heddle-run-head">
      <div className="heddle-run-title">
        <h1>
          <Link to="/app/designer/$flowId" params={{ flowId: run.flowId }} title={t('run.edit')}>
            {say((definition as { readonly title?: unknown } | undefined)?.title) ?? run.flowId}
          </Link>
        </h1>
        {number === undefined ? null : <Tag>{t('run.version', { number })}</Tag>}
        <Status of={run.status} />
        {connection === 'live' ? <span className="heddle-live">{t('run.live')}</span> : null}
        {connection === 'offline' ? (
          <span className="heddle-wrong" role="status">
            <DisconnectOutlined aria-hidden="true" /> {t('run.offline')}
          </span>
        ) : null}
        <span className="heddle-run-actions">
          {allowedActions(run.status).map((action) => (
            <RunActionButton key={action} action={action} runId={run.id} events={eventNames(definition)} />
          ))}
        </span>
      </div>
      <Facts run={run} />
    </header>
  );
}

function Facts({ run }: { readonly run: RunDetail }) {
  const { t } = useTranslation('runs');
  const format = useFormat();
  const isOpen = run.finishedAt === undefined;
  const now = useNow(isOpen ? 1_000 : 0);
  return (
    <dl className="heddle-run-facts">
      {run.outcome === undefined ? null : <Fact label={t('run.outcome')}>{run.outcome}</Fact>}
      {run.businessKey === undefined ? null : <Fact label={t('run.businessKey')}>{run.businessKey}</Fact>}
      <Fact label={t('run.started')}>
        <When at={run.startedAt} />
      </Fact>
      <Fact label={isOpen ? t('run.running') : t('run.took')}>
        {format.duration(Math.max(0, (run.finishedAt ?? now) - run.startedAt))}
      </Fact>
      {run.parentRun === undefined ? null : (
        <Fact label={t('run.parent')}>
          <Link to="/app/runs/$runId" params={{ runId: run.parentRun }}>
            {run.parentRun}
          </Link>
        </Fact>
      )}
      {run.reason === undefined ? null : <Fact label={t('run.reason')}>{run.reason}</Fact>}
      <Fact label={t('run.id')}>
        <code>{run.id}</code>
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
