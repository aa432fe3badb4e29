import { ArrowLeftOutlined } from '@ant-design/icons';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useFaults, useGroups, useService } from '../api/services.ts';
import { Badge } from '../ui/badge.tsx';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { useText } from '../ui/text.ts';
import { Endpoints } from './endpoints.tsx';
import { isMocked } from './marks.ts';
import { OperationView } from './operation-view.tsx';
import { SecretWarning } from './secrets.tsx';
import '../ui/rows.css';
import './services.css';

/** More operations than this get a filter, and no more than this are listed at once. */
const MANY = 12;
const MAX_SHOWN = 100;

/** One service: its operations at the left, the chosen one beside them. */
export function ServicePage() {
  const { t } = useTranslation('services');
  const say = useText();
  const { serviceId } = useParams({ from: '/app/services/$serviceId' });
  const { data: service, error, refetch } = useService(serviceId);
  const { operation: picked } = useSearch({ from: '/app/services/$serviceId' });
  const navigate = useNavigate();
  const groups = useGroups().data?.groups ?? [];
  const faults = useFaults().data?.faults ?? [];
  const [text, setText] = useState('');
  if (error instanceof ApiError && error.status === 404) return <Empty title={t('gone', { id: serviceId })} />;
  if (error && !service) return <Failed error={error} reset={() => void refetch()} />;
  if (service === undefined) return <Loading />;
  const names = Object.keys(service.operations);
  const name = picked !== undefined && names.includes(picked) ? picked : names[0];
  const operation = name === undefined ? undefined : service.operations[name];
  const group = groups.find(({ id }) => id === service.group);
  const wanted = text.trim().toLowerCase();
  const titleOf = (each: string) => say(service.operations[each]?.title) ?? each;
  const fitting = names.filter((each) => `${each} ${titleOf(each)}`.toLowerCase().includes(wanted));
  const pick = (next: string) =>
    void navigate({
      to: '/app/services/$serviceId',
      params: { serviceId },
      search: { operation: next },
      replace: true,
    });
  return (
    <div className="heddle-page">
      <Link to="/app/services" className="heddle-back">
        <ArrowLeftOutlined aria-hidden="true" /> {t('back')}
      </Link>
      <div className="heddle-page-head heddle-service-head">
        <h1>
          {say(service.title) ?? service.id} <code className="heddle-aside">{service.id}</code>
        </h1>
        {service.group === undefined ? null : (
          <span className="heddle-faint">{`${t('group')}: ${say(group?.title) ?? service.group}`}</span>
        )}
        {service.owner === undefined ? null : <span className="heddle-faint">{`${t('owner')}: ${service.owner}`}</span>}
      </div>
      {service.description === undefined ? null : <p className="heddle-lead">{service.description}</p>}
      <SecretWarning service={service.id} />
      {service.endpoints === undefined && service.discovery === undefined ? null : <Endpoints service={service} />}
      <div className="heddle-service">
        <nav className="heddle-operations" aria-label={t('pickOperation')}>
          {names.length > MANY ? (
            <Input
              allowClear
              size="small"
              placeholder={t('importer.filter')}
              aria-label={t('importer.filter')}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          ) : null}
          {fitting.slice(0, MAX_SHOWN).map((each) => {
            const shown = service.operations[each];
            return (
              <button key={each} type="button" aria-current={each === name} onClick={() => pick(each)}>
                {titleOf(each)}
                <code className="heddle-sub">{each}</code>
                {shown && isMocked(group?.policy, service, shown) ? <Badge tone="warn">{t('mocked')}</Badge> : null}
                {faults.some((fault) => fault.service === service.id && fault.operation === each) ? (
                  <Badge tone="bad">{t('rehearsing')}</Badge>
                ) : null}
              </button>
            );
          })}
          {fitting.length > MAX_SHOWN ? (
            <p className="heddle-faint">{t('importer.more', { count: MAX_SHOWN, all: fitting.length })}</p>
          ) : null}
        </nav>
        {name === undefined || operation === undefined ? null : (
          <OperationView
            key={`${service.id} ${name}`}
            service={service}
            group={group?.policy}
            name={name}
            operation={operation}
          />
        )}
      </div>
    </div>
  );
}
