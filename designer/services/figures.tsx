import type { OperationStats } from '@heddle/engine/api/contract';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/badge.tsx';
import { useFormat } from '../ui/use-format.ts';
import { useLive } from './live.ts';

const tones = { closed: 'good', 'half-open': 'warn', open: 'bad', none: 'plain' } as const;

export function BreakerBadge({ state }: { readonly state: OperationStats['breaker'] }) {
  const { t } = useTranslation('services');
  return <Badge tone={tones[state]}>{t(`breaker.${state}`)}</Badge>;
}

/** What goes on with an operation now: each second, for as long as the engine can be heard. */
export function Figures({ service, name }: { readonly service: string; readonly name: string }) {
  const { t } = useTranslation('services');
  const format = useFormat();
  const live = useLive();
  if (live === undefined) return <p className="heddle-faint">{t('figures.offline')}</p>;
  const own = live.operations.get(service)?.get(name);
  if (own === undefined) return <p className="heddle-faint">{t('figures.none')}</p>;
  const time = (ms: number | undefined) => (ms === undefined ? '–' : format.duration(ms));
  const share = (ratio: number) => `${format.number(Math.round(ratio * 1_000) / 10)}%`;
  return (
    <>
      <table className="heddle-rows heddle-figures">
        <thead>
          <tr>
            <th>{t('figures.span')}</th>
            <th className="heddle-number">{t('figures.rate')}</th>
            <th className="heddle-number">{t('figures.calls')}</th>
            <th className="heddle-number">{t('figures.errors')}</th>
            <th className="heddle-number">{t('figures.p50')}</th>
            <th className="heddle-number">{t('figures.p95')}</th>
            <th className="heddle-number">{t('figures.p99')}</th>
          </tr>
        </thead>
        <tbody>
          {(['last10s', 'last60s'] as const).map((span) => {
            const { calls, callsPerSecond, errorRate, p50Ms, p95Ms, p99Ms } = own[span];
            return (
              <tr key={span}>
                <td className="heddle-nowrap">{t(`figures.${span}`)}</td>
                <td className="heddle-number">{format.number(Math.round(callsPerSecond * 10) / 10)}</td>
                <td className="heddle-number">{format.number(calls)}</td>
                <td className={`heddle-number ${errorRate > 0 ? 'heddle-bad' : ''}`}>
                  {calls === 0 ? '–' : share(errorRate)}
                </td>
                <td className="heddle-number">{time(p50Ms)}</td>
                <td className="heddle-number">{time(p95Ms)}</td>
                <td className="heddle-number">{time(p99Ms)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <dl className="heddle-facts heddle-now">
        <dt>{t('figures.inFlight')}</dt>
        <dd>{format.number(own.inFlight)}</dd>
        <dt>{t('figures.breaker')}</dt>
        <dd>
          <BreakerBadge state={own.breaker} />
        </dd>
        {own.cache === undefined ? null : (
          <>
            <dt>{t('figures.cache')}</dt>
            <dd>{share(own.cache.hitRatio)}</dd>
          </>
        )}
        {own.rateLimited === 0 ? null : (
          <>
            <dt>{t('figures.rateLimited')}</dt>
            <dd>{format.number(own.rateLimited)}</dd>
          </>
        )}
      </dl>
    </>
  );
}
