import type { OperationStats, ServiceEntry, ServiceGroup } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Input, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFaults, useGroups, useServices } from '../api/services.ts';
import { Badge } from '../ui/badge.tsx';
import { Empty } from '../ui/empty.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { useText } from '../ui/text.ts';
import { useFormat } from '../ui/use-format.ts';
import { BreakerBadge } from './figures.tsx';
import { together, useLive } from './live.ts';
import { isMocked } from './marks.ts';

/** Every registered service, with what goes on now. */
export function ServiceTable() {
  const { t } = useTranslation('services');
  const say = useText();
  const [text, setText] = useState('');
  const { data, error, refetch } = useServices();
  const groups = useGroups().data?.groups ?? [];
  const faults = useFaults().data?.faults ?? [];
  const live = useLive();
  if (error && !data) return <Failed error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const wanted = text.trim().toLowerCase();
  const fits = (...words: (string | undefined)[]) => words.join(' ').toLowerCase().includes(wanted);
  const rows = data.services.flatMap((service) => {
    const itself = fits(service.id, say(service.title), service.description, service.group);
    const operations = Object.entries(service.operations).filter(([id, { title }]) => fits(id, say(title)));
    return itself || operations.length > 0 ? [{ service, matching: itself ? undefined : operations.length }] : [];
  });
  if (data.services.length === 0) return <Empty title={t('none.title')} body={t('none.body')} />;
  return (
    <>
      <Input.Search
        allowClear
        className="heddle-service-search"
        placeholder={t('search')}
        aria-label={t('search')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {rows.length === 0 ? <Empty title={t('noMatch', { text })} /> : null}
      {rows.length > 0 ? (
        <div className="heddle-scroll">
          <table className="heddle-rows heddle-services">
            <thead>
              <tr>
                <th>{t('column.service')}</th>
                <th className="heddle-number">{t('column.operations')}</th>
                <th>{t('column.protocol')}</th>
                <th className="heddle-number">
                  <Tooltip title={t('figures.rateHelp')}>{t('column.rate')}</Tooltip>
                </th>
                <th className="heddle-number">
                  <Tooltip title={t('figures.errorsHelp')}>{t('column.errors')}</Tooltip>
                </th>
                <th className="heddle-number">
                  <Tooltip title={t('figures.p95Help')}>{t('column.p95')}</Tooltip>
                </th>
                <th className="heddle-number">{t('column.inFlight')}</th>
                <th>{t('column.breaker')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ service, matching }) => (
                <Row
                  key={service.id}
                  service={service}
                  group={groups.find(({ id }) => id === service.group)}
                  matching={matching}
                  stats={live?.operations.get(service.id)}
                  isRehearsing={faults.some((fault) => fault.service === service.id)}
                />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {live === undefined ? <p className="heddle-faint">{t('figures.offline')}</p> : null}
    </>
  );
}

function Row(props: {
  readonly service: ServiceEntry;
  readonly group: ServiceGroup | undefined;
  /** Operations that fit the search, where the service itself does not. */
  readonly matching: number | undefined;
  readonly stats: ReadonlyMap<string, OperationStats> | undefined;
  readonly isRehearsing: boolean;
}) {
  const { service, group, matching, stats, isRehearsing } = props;
  const { t } = useTranslation('services');
  const say = useText();
  const format = useFormat();
  const operations = Object.values(service.operations);
  const mocked = operations.filter((operation) => isMocked(group?.policy, service, operation)).length;
  const now = stats === undefined ? undefined : together(stats.values());
  return (
    <tr>
      <td>
        <Link to="/app/services/$serviceId" params={{ serviceId: service.id }} className="heddle-row-link">
          {say(service.title) ?? service.id}
        </Link>
        <span className="heddle-aside">{service.id}</span>
        {mocked > 0 ? (
          <span className="heddle-mark">
            <Badge tone="warn">{t('mockedSome', { count: mocked })}</Badge>
          </span>
        ) : null}
        {isRehearsing ? (
          <span className="heddle-mark">
            <Badge tone="bad">{t('rehearsing')}</Badge>
          </span>
        ) : null}
        {service.description === undefined ? null : <span className="heddle-sub">{service.description}</span>}
      </td>
      <td className="heddle-number">
        {matching === undefined
          ? format.number(operations.length)
          : t('matching', { count: matching, all: operations.length })}
      </td>
      <td>
        <code>{service.connector}</code>
        {service.group === undefined ? null : (
          <span className="heddle-sub">{`${t('group')} ${say(group?.title) ?? service.group}`}</span>
        )}
      </td>
      <td className="heddle-number">{now === undefined ? '–' : format.number(rounded(now.callsPerSecond))}</td>
      <td className={`heddle-number ${(now?.errorRate ?? 0) > 0 ? 'heddle-bad' : ''}`}>
        {now?.errorRate === undefined ? '–' : `${format.number(rounded(now.errorRate * 100))}%`}
      </td>
      <td className="heddle-number">{now?.p95Ms === undefined ? '–' : format.duration(now.p95Ms)}</td>
      <td className="heddle-number">{now === undefined ? '–' : format.number(now.inFlight)}</td>
      <td>{now?.breaker === undefined ? '–' : <BreakerBadge state={now.breaker} />}</td>
    </tr>
  );
}

const rounded = (value: number) => Math.round(value * 10) / 10;
