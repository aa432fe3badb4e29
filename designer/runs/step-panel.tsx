import { ArrowLeftOutlined } from '@ant-design/icons';
import type { RunDetail, Step } from '@heddle/engine/api/contract';
import { Link } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Badge } from '../ui/badge.tsx';
import { JsonView } from '../ui/json-view/index.ts';
import { Labelled } from '../ui/labelled.tsx';
import { useText } from '../ui/text.ts';
import { useFormat } from '../ui/use-format.ts';
import { ErrorView } from './error-view.tsx';
import { nodeIn } from './event-names.ts';
import { stateOf } from './node-status.ts';
import { Status } from './status.tsx';

/** One step: what went in, what came out, what went wrong. */
export function StepPanel(props: {
  readonly run: RunDetail;
  readonly step: Step;
  readonly definition: object | undefined;
  readonly onSelect: (stepId: string | undefined) => void;
}) {
  const { run, step, definition, onSelect } = props;
  const { t } = useTranslation('runs');
  const say = useText();
  const format = useFormat();
  const visits = run.steps.filter(({ node }) => node === step.node);
  return (
    <aside className="heddle-run-panel" aria-label={t('step.label')}>
      <Button
        type="link"
        size="small"
        icon={<ArrowLeftOutlined aria-hidden="true" />}
        onClick={() => onSelect(undefined)}
      >
        {t('step.back')}
      </Button>
      <h2>{say(nodeIn(definition, step.node)?.['title']) ?? step.node}</h2>
      {visits.length > 1 ? (
        <Labelled label={t('step.visit')}>
          {(id) => (
            <Select
              id={id}
              value={step.id}
              options={visits.map((visit) => ({ value: visit.id, label: visit.id }))}
              onChange={onSelect}
            />
          )}
        </Labelled>
      ) : null}
      <dl className="heddle-facts">
        <dt>{t('step.status')}</dt>
        <dd>
          <Status of={stateOf(step)} />
        </dd>
        <dt>{t('step.type')}</dt>
        <dd>
          {step.type} <span className="heddle-aside">{step.id}</span>
        </dd>
        <dt>{t('step.started')}</dt>
        <dd>{format.clock(step.startedAt)}</dd>
        <dt>{t('step.took')}</dt>
        <dd>{step.endedAt === undefined ? t('step.open') : format.duration(step.endedAt - step.startedAt)}</dd>
        {step.attempts > 1 ? (
          <>
            <dt>{t('step.attempts')}</dt>
            <dd>{format.number(step.attempts)}</dd>
          </>
        ) : null}
        {step.answeredBy === undefined ? null : (
          <>
            <dt>{t('step.answeredBy')}</dt>
            <dd>
              <Badge tone="warn">{t(`step.${step.answeredBy}`)}</Badge>
            </dd>
          </>
        )}
        {step.port === undefined ? null : (
          <>
            <dt>{t('step.exit')}</dt>
            <dd>
              <code>{step.port}</code>
            </dd>
          </>
        )}
      </dl>
      <p>
        <Link to="/app/designer/$flowId" params={{ flowId: run.flowId }} search={{ node: step.node }}>
          {t('step.toNode')}
        </Link>
      </p>
      {step.error ? <ErrorView error={step.error} flowId={run.flowId} /> : null}
      {step.type === 'choice' ? null : (
        <>
          <h3>{t('step.input')}</h3>
          {step.input === undefined ? (
            <p className="heddle-faint">{t('step.noInput')}</p>
          ) : (
            <JsonView key={`in ${step.id}`} value={step.input} label={t('step.input')} />
          )}
          <h3>{t('step.output')}</h3>
          {step.output === undefined ? (
            <p className="heddle-faint">{t('step.noOutput')}</p>
          ) : (
            <JsonView key={`out ${step.id}`} value={step.output} label={t('step.output')} />
          )}
        </>
      )}
    </aside>
  );
}
