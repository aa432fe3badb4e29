import type { Operation, Service } from '@heddle/engine/api/contract';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/use-format.ts';
import { inForce } from './policy-in-force.ts';

/** How calls of an operation are governed, and who said so. */
export function PolicyView({ service, operation }: { readonly service: Service; readonly operation: Operation }) {
  const { t } = useTranslation('services');
  const format = useFormat();
  const timeout = inForce('timeoutMs', service, operation);
  const retry = inForce('retry', service, operation);
  const tries = retry.value || undefined;
  const attempts = tries?.attempts ?? 1;
  const rateLimit = inForce('rateLimit', service, operation);
  const bulkhead = inForce('bulkhead', service, operation);
  const breaker = inForce('breaker', service, operation);
  const lines = [
    { label: t('policy.timeout'), from: timeout.from, text: format.duration(timeout.value ?? 0) },
    {
      label: t('policy.retry'),
      from: retry.from,
      text:
        attempts === 1
          ? t('policy.retryOnce')
          : t('policy.retryMany', {
              count: attempts,
              delay: format.duration(tries?.delayMs ?? 100),
            }),
    },
    {
      label: t('policy.rateLimit'),
      from: rateLimit.from,
      text: rateLimit.value
        ? t('policy.rateLimitValue', {
            calls: format.number(rateLimit.value.calls),
            per: format.duration(rateLimit.value.perMs),
          })
        : t('policy.unlimited'),
    },
    {
      label: t('policy.bulkhead'),
      from: bulkhead.from,
      text: bulkhead.value
        ? t('policy.bulkheadValue', {
            concurrent: format.number(bulkhead.value.concurrent),
            queue: format.number(bulkhead.value.queue),
          })
        : t('policy.unlimited'),
    },
    {
      label: t('policy.breaker'),
      from: breaker.from,
      text: breaker.value
        ? t('policy.breakerValue', {
            open: format.duration(breaker.value.openMs ?? 5_000),
            ratio: `${format.number((breaker.value.failureRatio ?? 0.5) * 100)}%`,
            calls: format.number(breaker.value.minimumCalls ?? 20),
            window: format.duration(breaker.value.windowMs ?? 10_000),
          })
        : t('policy.off'),
    },
  ];
  return (
    <dl className="heddle-facts">
      {lines.map(({ label, from, text }) => (
        <div key={label} className="heddle-fact">
          <dt>{label}</dt>
          <dd>
            {text} <span className="heddle-aside">{t(`policy.from.${from}`)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
