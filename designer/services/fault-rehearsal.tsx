import type { Fault, FaultRequest } from '@heddle/engine/api/contract';
import { Button, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFaults, useRehearse } from '../api/services.ts';
import { Badge } from '../ui/badge.tsx';
import { Labelled } from '../ui/labelled.tsx';
import { useFormat, useNow } from '../ui/use-format.ts';
import { Refusal } from './refusal.tsx';

/** What a rehearsal can fail with, as the engine knows it (engine/services/fault.ts). */
const aborts = [
  'SERVICE_UNAVAILABLE',
  'SERVICE_OVERLOADED',
  'SERVICE_ERROR',
  'SERVICE_REFUSED',
  'DEADLINE_EXCEEDED',
] as const satisfies readonly NonNullable<FaultRequest['abort']>[];

/** Lets calls of an operation be late or fail for a while. */
export function FaultRehearsal({ service, name }: { readonly service: string; readonly name: string }) {
  const { t } = useTranslation('services');
  const { data } = useFaults();
  const rehearse = useRehearse(service, name);
  const now = useNow(1_000);
  if (data === undefined) return null;
  if (!data.isAllowed) return <p className="heddle-faint">{t('fault.forbidden')}</p>;
  const fault = data.faults.find((each) => each.service === service && each.operation === name);
  const running = fault !== undefined && fault.endsAt > now ? fault : undefined;
  return (
    <>
      {running === undefined ? (
        <p className="heddle-faint">{t('fault.help')}</p>
      ) : (
        <Running fault={running} now={now} isBusy={rehearse.isPending} onEnd={() => rehearse.mutate('end')} />
      )}
      <Start isReplacing={running !== undefined} isBusy={rehearse.isPending} onStart={rehearse.mutate} />
      {rehearse.error ? <Refusal error={rehearse.error} /> : null}
    </>
  );
}

function Running(props: {
  readonly fault: Fault;
  readonly now: number;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}) {
  const { fault, now, isBusy, onEnd } = props;
  const { t } = useTranslation('services');
  const format = useFormat();
  const { delayMs, abort: code } = fault;
  const delay = format.duration(delayMs ?? 0);
  const what =
    code === undefined
      ? t('fault.delayed', { delay })
      : delayMs
        ? t('fault.both', { delay, code })
        : t('fault.aborted', { code });
  return (
    <div className="heddle-fault" role="status">
      <Badge tone="bad">{t('rehearsing')}</Badge>
      <span>
        {t('fault.runs', { share: `${format.number(Math.round(fault.share * 1_000) / 10)}%`, what })}{' '}
        <time dateTime={new Date(fault.endsAt).toISOString()} title={format.time(fault.endsAt)}>
          {t('fault.ends', { by: fault.startedBy, when: format.ago(fault.endsAt, now) })}
        </time>
      </span>
      <Button size="small" danger loading={isBusy} onClick={onEnd}>
        {t('fault.end')}
      </Button>
    </div>
  );
}

function Start(props: {
  readonly isReplacing: boolean;
  readonly isBusy: boolean;
  readonly onStart: (fault: FaultRequest) => void;
}) {
  const { t } = useTranslation('services');
  const [delayMs, setDelay] = useState<number | null>(null);
  const [abort, setAbort] = useState<(typeof aborts)[number] | ''>('SERVICE_UNAVAILABLE');
  const [percent, setPercent] = useState<number | null>(50);
  const [seconds, setSeconds] = useState<number | null>(60);
  const isNothing = !delayMs && abort === '';
  const start = () => {
    if (isNothing || percent === null || seconds === null) return;
    props.onStart({
      ...(delayMs ? { delayMs } : {}),
      ...(abort === '' ? {} : { abort }),
      share: percent / 100,
      forMs: seconds * 1_000,
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <div className="heddle-policy-fields">
        <Labelled label={t('fault.delay')}>
          {(id) => <InputNumber id={id} min={0} max={600_000} precision={0} value={delayMs} onChange={setDelay} />}
        </Labelled>
        <Labelled label={t('fault.abort')}>
          {(id) => (
            <Select
              id={id}
              aria-label={t('fault.abort')}
              popupMatchSelectWidth={false}
              value={abort}
              options={[
                { value: '' as const, label: t('fault.noAbort') },
                ...aborts.map((value) => ({ value, label: value })),
              ]}
              onChange={setAbort}
            />
          )}
        </Labelled>
        <Labelled label={t('fault.share')}>
          {(id) => <InputNumber id={id} min={1} max={100} value={percent} onChange={setPercent} />}
        </Labelled>
        <Labelled label={t('fault.for')}>
          {(id) => <InputNumber id={id} min={1} max={3_600} precision={0} value={seconds} onChange={setSeconds} />}
        </Labelled>
      </div>
      <div className="heddle-buttons">
        <Button htmlType="submit" loading={props.isBusy} disabled={isNothing || percent === null || seconds === null}>
          {props.isReplacing ? t('fault.replace') : t('fault.start')}
        </Button>
        {isNothing ? <span className="heddle-faint">{t('fault.needs')}</span> : null}
      </div>
    </form>
  );
}
