import type { Operation, Policy, ServiceDetail } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/services.ts';
import { Badge } from '../ui/badge.tsx';
import { useText } from '../ui/text.ts';
import { FaultRehearsal } from './fault-rehearsal.tsx';
import { Figures } from './figures.tsx';
import { isMocked, safetyOf } from './marks.ts';
import { PolicyTable } from './policy-table.tsx';
import { SchemaTree } from './schema-tree.tsx';
import { TryOperation } from './try-operation.tsx';
import { usesOf } from './uses.ts';

interface Shown {
  readonly service: ServiceDetail;
  /** Of the service's group. */
  readonly group: Policy | undefined;
  readonly name: string;
  readonly operation: Operation;
}

/** All that is known of one operation, and a console to call it. */
export function OperationView({ service, group, name, operation }: Shown) {
  const { t } = useTranslation('services');
  const say = useText();
  const mocked = isMocked(group, service, operation);
  const flags = [
    operation.readOnly === true ? ('readOnly' as const) : undefined,
    operation.movesMoney === true ? ('movesMoney' as const) : undefined,
    safetyOf(operation),
  ].filter((flag) => flag !== undefined);
  return (
    <article className="heddle-operation">
      <header>
        <h2>{say(operation.title) ?? name}</h2>
        {flags.map((flag) => (
          <Tooltip key={flag} title={t(`flagHelp.${flag}`)}>
            <Tag {...(flag === 'movesMoney' ? { color: 'gold' } : {})}>{t(`flag.${flag}`)}</Tag>
          </Tooltip>
        ))}
        {mocked ? (
          <Tooltip title={t('mockedHelp')}>
            <span>
              <Badge tone="warn">{t('mocked')}</Badge>
            </span>
          </Tooltip>
        ) : null}
      </header>
      {operation.description === undefined ? null : <p className="heddle-lead">{operation.description}</p>}
      <TryOperation service={service.id} name={name} operation={operation} isMocked={mocked} />
      <section className="heddle-card heddle-wide-card" aria-label={t('part.figures')}>
        <h2>{t('part.figures')}</h2>
        <Figures service={service.id} name={name} />
      </section>
      <section className="heddle-card heddle-wide-card" aria-label={t('part.policy')}>
        <h2>{t('part.policy')}</h2>
        <PolicyTable service={service.id} name={name} operation={operation} />
      </section>
      <section className="heddle-card heddle-wide-card" aria-label={t('part.fault')}>
        <h2>{t('part.fault')}</h2>
        <FaultRehearsal service={service.id} name={name} />
      </section>
      <div className="heddle-columns">
        <section className="heddle-card">
          <h2>{t('part.request')}</h2>
          <SchemaTree schema={operation.request} label={t('part.request')} />
        </section>
        <section className="heddle-card">
          <h2>{t('part.response')}</h2>
          <SchemaTree schema={operation.response} label={t('part.response')} />
        </section>
        <section className="heddle-card">
          <h2>{t('part.usedBy')}</h2>
          <UsedBy service={service} name={name} />
        </section>
      </div>
    </article>
  );
}

function UsedBy({ service, name }: { readonly service: ServiceDetail; readonly name: string }) {
  const { t } = useTranslation('services');
  const say = useText();
  const flows = useDefinitions(service.usedBy);
  const uses = usesOf(flows, service.id, name);
  if (uses.length === 0) return <p className="heddle-faint">{t('usedBy.none')}</p>;
  const titleOf = (flowId: string) =>
    say((flows.find((flow) => flow['id'] === flowId) as { readonly title?: unknown } | undefined)?.title) ?? flowId;
  return (
    <ul className="heddle-uses">
      {uses.map(({ flowId, node }) => (
        <li key={`${flowId} ${node}`}>
          <Link to="/app/designer/$flowId" params={{ flowId }} search={{ node }}>
            {titleOf(flowId)}
          </Link>
          <span className="heddle-aside">{t('usedBy.node', { node })}</span>
        </li>
      ))}
    </ul>
  );
}
