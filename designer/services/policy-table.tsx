import type { EffectivePolicy, Operation } from '@heddle/engine/api/contract';
import { Button } from 'antd';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOperationPolicy } from '../api/services.ts';
import { Badge } from '../ui/badge.tsx';
import type { Format } from '../ui/format.ts';
import { Failed, Loading } from '../ui/pending.tsx';
import { useFormat } from '../ui/use-format.ts';
import { type Part, parts } from './policy-edit.ts';
import { PolicyForm } from './policy-form.tsx';

/** How calls of an operation are governed, who said so, and a way to say something else. */
export function PolicyTable(props: { readonly service: string; readonly name: string; readonly operation: Operation }) {
  const { service, name, operation } = props;
  const { t } = useTranslation('services');
  const { data: view, error, refetch } = useOperationPolicy(service, name);
  const [opened, setOpened] = useState<Part>();
  const [saved, setSaved] = useState(false);
  const valueText = useValueText();
  if (error && !view) return <Failed error={error} reset={() => void refetch()} />;
  if (view === undefined) return <Loading />;
  const open = (part: Part) => {
    setSaved(false);
    setOpened(opened === part ? undefined : part);
  };
  return (
    <>
      <div className="heddle-scroll">
        <table className="heddle-rows heddle-policy">
          <thead>
            <tr>
              <th>{t('policy.column.part')}</th>
              <th>{t('policy.column.value')}</th>
              <th>{t('policy.column.from')}</th>
              <th>
                <span className="heddle-unseen">{t('policy.column.change')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => {
              const { from, leftOut } = inForce(view, part);
              return (
                <Fragment key={part}>
                  <tr>
                    <th scope="row">{t(`policy.part.${part}`)}</th>
                    <td>
                      {part === 'mock' && view.policy.mock.value ? <Badge tone="warn">{t('mocked')}</Badge> : null}{' '}
                      {valueText(view, part)}
                      {leftOut === undefined ? null : (
                        <span className="heddle-sub">{t(`policy.leftOut.${leftOut}`)}</span>
                      )}
                    </td>
                    <td className="heddle-nowrap">
                      {from === 'group' ? t('policy.from.group', { id: view.group ?? '' }) : t(`policy.from.${from}`)}
                    </td>
                    <td className="heddle-number">
                      <Button
                        size="small"
                        aria-expanded={opened === part}
                        aria-label={t('policy.changePart', { part: t(`policy.part.${part}`) })}
                        onClick={() => open(part)}
                      >
                        {t('policy.change')}
                      </Button>
                    </td>
                  </tr>
                  {opened === part ? (
                    <tr className="heddle-policy-open">
                      <td colSpan={4}>
                        <PolicyForm
                          view={view}
                          part={part}
                          operation={operation}
                          onClose={(isSaved) => {
                            setOpened(undefined);
                            setSaved(isSaved);
                          }}
                        />
                      </td>
                    </tr>
                  ) : null}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
      {saved ? (
        <p role="status" className="heddle-good">
          {t('policy.saved')}
        </p>
      ) : null}
    </>
  );
}

/** Where a part comes from, and why it may do nothing. */
function inForce({ policy }: EffectivePolicy, part: Part) {
  const { from, leftOut } = { leftOut: undefined, ...policy[part] };
  return { from, leftOut };
}

function useValueText(): (view: EffectivePolicy, part: Part) => string {
  const { t } = useTranslation('services');
  const format: Format = useFormat();
  return ({ policy }, part) => {
    const { timeoutMs, retry, rateLimit, bulkhead, breaker, cache, mock } = policy;
    const texts: Readonly<Record<Part, () => string | false>> = {
      timeoutMs: () => format.duration(timeoutMs.value),
      retry: () =>
        retry.value
          ? t('policy.value.retry', {
              count: retry.value.attempts,
              delay: format.duration(retry.value.delayMs),
              most: format.duration(retry.value.maxDelayMs),
            })
          : t('policy.value.once'),
      rateLimit: () =>
        rateLimit.value
          ? t('policy.value.rateLimit', {
              calls: format.number(rateLimit.value.calls),
              per: format.duration(rateLimit.value.perMs),
            })
          : t('policy.unlimited'),
      bulkhead: () =>
        bulkhead.value
          ? t('policy.value.bulkhead', {
              concurrent: format.number(bulkhead.value.concurrent),
              queue: format.number(bulkhead.value.queue),
            })
          : t('policy.unlimited'),
      breaker: () =>
        breaker.value &&
        t('policy.value.breaker', {
          open: format.duration(breaker.value.openMs),
          ratio: `${format.number(Math.round(breaker.value.failureRatio * 100))}%`,
          calls: format.number(breaker.value.minimumCalls),
          window: format.duration(breaker.value.windowMs),
        }),
      cache: () =>
        cache.value &&
        t('policy.value.cache', {
          for: format.duration(cache.value.forMs),
          entries: format.number(cache.value.maxEntries),
        }),
      mock: () => {
        if (mock.value === false) return false;
        if ('error' in mock.value) return t('policy.value.mockError', { code: mock.value.error.code });
        const [only, ...more] = 'examples' in mock.value ? mock.value.examples : [mock.value];
        if (more.length > 0) return t('policy.value.mockExamples', { count: more.length + 1 });
        if (only && 'error' in only) return t('policy.value.mockError', { code: only.error.code });
        return t('policy.value.mockOutput', { output: short(only?.output) });
      },
    };
    return texts[part]() || t('policy.off');
  };
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
