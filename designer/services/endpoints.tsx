import type { ServiceDetail, ServiceEndpoints } from '@heddle/engine/api/contract';
import { Button, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useChangeEndpoints, useEndpoints } from '../api/services.ts';
import { Badge } from '../ui/badge.tsx';
import { Failed, Loading } from '../ui/pending.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useLive } from './live.ts';
import { Refusal } from './refusal.tsx';

/** The places where a service is: which are up, how busy they are, and what share of the calls each takes. */
export function Endpoints({ service }: { readonly service: ServiceDetail }) {
  const { t } = useTranslation('services');
  const { data, error, refetch } = useEndpoints(service.id, true);
  const live = useLive()?.endpoints.get(service.id);
  if (error && !data) return <Failed error={error} reset={() => void refetch()} />;
  const shown = live ?? data;
  return (
    <section className="heddle-card" aria-label={t('part.endpoints')}>
      <h2>{t('part.endpoints')}</h2>
      {shown === undefined ? <Loading /> : <Table service={service} now={shown} />}
    </section>
  );
}

interface Edit {
  readonly weights: Readonly<Record<string, number | null>>;
  /** Of the service when the first weight was changed. */
  readonly revision: number;
}

function Table({ service, now }: { readonly service: ServiceDetail; readonly now: ServiceEndpoints }) {
  const { t } = useTranslation('services');
  const format = useFormat();
  const [edit, setEdit] = useState<Edit>();
  const save = useChangeEndpoints(service.id);
  const listed = new Map(service.endpoints?.map((each) => [each.id, each]));
  const { discovery } = now;
  const isConflict = save.error instanceof ApiError && save.error.code === 'SERVICE_CHANGED';
  const change = (id: string, weight: number | null) =>
    setEdit({ weights: { ...edit?.weights, [id]: weight }, revision: edit?.revision ?? service.revision });
  const submit = () => {
    if (edit === undefined) return;
    const endpoints = (service.endpoints ?? []).map((each) => {
      const weight = edit.weights[each.id];
      return weight === undefined || weight === null ? each : { ...each, weight };
    });
    save.mutate(
      { endpoints, revision: isConflict ? service.revision : edit.revision },
      { onSuccess: () => setEdit(undefined) },
    );
  };
  return (
    <>
      {discovery === undefined ? null : (
        <p className={discovery.state === 'failing' ? 'heddle-wrong' : 'heddle-faint'}>
          {t('endpoints.lookup', { kind: discovery.kind, state: t(`endpoints.states.${discovery.state}`) })}{' '}
          {discovery.message}
        </p>
      )}
      {now.endpoints.length === 0 ? <p className="heddle-faint">{t('endpoints.none')}</p> : null}
      {now.endpoints.length === 0 ? null : (
        <div className="heddle-scroll">
          <table className="heddle-rows">
            <thead>
              <tr>
                <th>{t('endpoints.id')}</th>
                <th>{t('endpoints.address')}</th>
                <th>{t('endpoints.state')}</th>
                <th>{t('endpoints.weight')}</th>
                <th className="heddle-number">{t('endpoints.inFlight')}</th>
                <th className="heddle-number">{t('endpoints.calls')}</th>
                <th className="heddle-number">{t('endpoints.failures')}</th>
              </tr>
            </thead>
            <tbody>
              {now.endpoints.map((each) => {
                const settings = listed.get(each.id);
                const weight = edit?.weights[each.id];
                const set = settings?.weight ?? 1;
                return (
                  <tr key={each.id}>
                    <td>
                      {each.id}
                      {settings === undefined ? <span className="heddle-aside">{t('endpoints.found')}</span> : null}
                      {each.tags.length === 0 ? null : <span className="heddle-sub">{each.tags.join(', ')}</span>}
                    </td>
                    <td className="heddle-break">
                      <code>{each.address}</code>
                    </td>
                    <td>
                      <Badge tone={each.isUp ? 'good' : 'bad'}>
                        {each.isUp ? t('endpoints.up') : t('endpoints.down')}
                      </Badge>
                      {each.outUntil === undefined ? null : (
                        <span className="heddle-sub">
                          {t('endpoints.downUntil', { time: format.clock(each.outUntil) })}
                        </span>
                      )}
                    </td>
                    <td>
                      {settings === undefined ? (
                        format.number(each.weight)
                      ) : (
                        <InputNumber
                          size="small"
                          aria-label={t('endpoints.weightOf', { id: each.id })}
                          min={0}
                          max={1_000_000}
                          value={weight === undefined ? set : weight}
                          onChange={(value) => change(each.id, value)}
                        />
                      )}
                      {settings !== undefined && Math.abs(each.weight - set) > 0.005 ? (
                        <span className="heddle-sub">
                          {t('endpoints.weightNow', { weight: format.number(Math.round(each.weight * 100) / 100) })}
                        </span>
                      ) : null}
                    </td>
                    <td className="heddle-number">{format.number(each.inFlight)}</td>
                    <td className="heddle-number">{format.number(each.calls)}</td>
                    <td className={`heddle-number ${each.failures > 0 ? 'heddle-bad' : ''}`} title={each.lastFailure}>
                      {format.number(each.failures)}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {edit === undefined ? null : (
        <div className="heddle-buttons">
          <Button type="primary" loading={save.isPending} onClick={submit}>
            {t('endpoints.save')}
          </Button>
          <Button
            onClick={() => {
              save.reset();
              setEdit(undefined);
            }}
          >
            {t('endpoints.revert')}
          </Button>
        </div>
      )}
      {isConflict ? (
        <p className="heddle-wrong" role="alert">
          {t('endpoints.conflict')}
        </p>
      ) : save.error ? (
        <Refusal error={save.error} />
      ) : null}
    </>
  );
}
