import type { OperationStats, ServiceEntry } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices, useStats } from '../api/services.ts';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { useText } from '../ui/text.ts';
import { useFormat } from '../ui/use-format.ts';
import '../ui/rows.css';
import './services.css';

/** Every registered service, with what has been going on. */
export function ServicesPage() {
  const { t } = useTranslation('services');
  const say = useText();
  const [text, setText] = useState('');
  const { data, error, refetch } = useServices();
  const stats = useStats();
  if (error) return <Failed error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const wanted = text.trim().toLowerCase();
  const fits = (...words: (string | undefined)[]) => words.join(' ').toLowerCase().includes(wanted);
  const rows = data.services.flatMap((service) => {
    const itself = fits(service.id, say(service.title), service.description);
    const operations = Object.entries(service.operations).filter(([id, { title }]) => fits(id, say(title)));
    return itself || operations.length > 0 ? [{ service, matching: itself ? undefined : operations.length }] : [];
  });
  return (
    <div className="heddle-page">
      <div className="heddle-page-head">
        <h1>{t('title')}</h1>
        <Input.Search
          allowClear
          style={{ width: 300 }}
          placeholder={t('search')}
          aria-label={t('search')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {data.services.length === 0 ? <Empty title={t('none.title')} body={t('none.body')} /> : null}
      {data.services.length > 0 && rows.length === 0 ? <Empty title={t('noMatch', { text })} /> : null}
      {rows.length > 0 ? (
        <div className="heddle-scroll">
          <table className="heddle-rows">
            <thead>
              <tr>
                <th>{t('column.service')}</th>
                <th className="heddle-number">{t('column.operations')}</th>
                <th>{t('column.protocol')}</th>
                <th className="heddle-number">{t('column.calls')}</th>
                <th className="heddle-number">{t('column.errors')}</th>
                <th>{t('column.breaker')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ service, matching }) => (
                <Row
                  key={service.id}
                  service={service}
                  matching={matching}
                  stats={stats.data?.operations.filter((each) => each.service === service.id) ?? []}
                />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}

function Row(props: {
  readonly service: ServiceEntry;
  /** Operations that fit the search, where the service itself does not. */
  readonly matching: number | undefined;
  readonly stats: readonly OperationStats[];
}) {
  const { service, matching, stats } = props;
  const { t } = useTranslation('services');
  const say = useText();
  const format = useFormat();
  const all = Object.keys(service.operations).length;
  const sum = (part: 'calls' | 'errors') => stats.reduce((total, each) => total + each[part], 0);
  const worst = (['open', 'half-open'] as const).find((state) => stats.some(({ breaker }) => breaker === state));
  return (
    <tr>
      <td>
        <Link to="/app/services/$serviceId" params={{ serviceId: service.id }} className="heddle-row-link">
          {say(service.title) ?? service.id}
        </Link>
        <span className="heddle-aside">{service.id}</span>
        {service.description === undefined ? null : <span className="heddle-sub">{service.description}</span>}
      </td>
      <td className="heddle-number">
        {matching === undefined ? format.number(all) : t('matching', { count: matching, all })}
      </td>
      <td>
        <code>{service.connector}</code>
      </td>
      <td className="heddle-number">{format.number(sum('calls'))}</td>
      <td className={`heddle-number ${sum('errors') > 0 ? 'heddle-bad' : ''}`}>{format.number(sum('errors'))}</td>
      <td className={worst === 'open' ? 'heddle-bad' : ''}>
        {stats.length === 0 ? '' : t(`breaker.${worst ?? 'closed'}`)}
      </td>
    </tr>
  );
}
