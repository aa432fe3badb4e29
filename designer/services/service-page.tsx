import { ArrowLeftOutlined } from '@ant-design/icons';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useService } from '../api/services.ts';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { useText } from '../ui/text.ts';
import { OperationView } from './operation-view.tsx';
import '../ui/rows.css';
import './services.css';

/** One service: its operations at the left, the chosen one beside them. */
export function ServicePage() {
  const { t } = useTranslation('services');
  const say = useText();
  const { serviceId } = useParams({ from: '/app/services/$serviceId' });
  const { data: service, error, refetch } = useService(serviceId);
  const [picked, pick] = useState<string>();
  if (error instanceof ApiError && error.status === 404) return <Empty title={t('gone', { id: serviceId })} />;
  if (error) return <Failed error={error} reset={() => void refetch()} />;
  if (service === undefined) return <Loading />;
  const names = Object.keys(service.operations);
  const name = picked !== undefined && names.includes(picked) ? picked : names[0];
  const operation = name === undefined ? undefined : service.operations[name];
  return (
    <div className="heddle-page">
      <Link to="/app/services" className="heddle-back">
        <ArrowLeftOutlined aria-hidden="true" /> {t('back')}
      </Link>
      <div className="heddle-page-head heddle-service-head">
        <h1>
          {say(service.title) ?? service.id} <code className="heddle-aside">{service.id}</code>
        </h1>
        {service.owner === undefined ? null : <span className="heddle-faint">{`${t('owner')}: ${service.owner}`}</span>}
      </div>
      {service.description === undefined ? null : <p className="heddle-lead">{service.description}</p>}
      <div className="heddle-service">
        <nav className="heddle-operations" aria-label={t('pickOperation')}>
          {names.map((each) => (
            <button key={each} type="button" aria-current={each === name} onClick={() => pick(each)}>
              {say(service.operations[each]?.title) ?? each}
              <code className="heddle-sub">{each}</code>
            </button>
          ))}
        </nav>
        {name === undefined || operation === undefined ? null : (
          <OperationView key={name} service={service} name={name} operation={operation} />
        )}
      </div>
    </div>
  );
}
