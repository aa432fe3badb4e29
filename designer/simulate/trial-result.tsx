import type { Step } from '@heddle/engine/api/contract';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useEditor } from '../editor/use-editor.ts';
import { useTrial } from '../editor/workbench.ts';
import { Badge, type Tone } from '../ui/badge.tsx';
import { JsonView } from '../ui/json-view/json-view.tsx';

const tones: Readonly<Record<string, Tone>> = {
  completed: 'good',
  failed: 'bad',
  compensated: 'warn',
  'needs-operator': 'bad',
  running: 'busy',
  waiting: 'busy',
};

/** The steps of a trial with what went in and came out of the one that is chosen. */
export function TrialResultView() {
  const { t } = useTranslation('simulate');
  const result = useTrial((state) => state.result);
  const running = useTrial((state) => state.running);
  const shown = useTrial((state) => state.shown);
  if (result === undefined) {
    return <div className="heddle-trial-empty">{running ? t('runningNow') : t('nothingYet')}</div>;
  }
  const step = result.steps.find((each) => each.id === shown);
  return (
    <>
      <div className="heddle-trial-steps">
        <div className="heddle-trial-status" role="status">
          <Badge tone={tones[result.status] ?? 'plain'}>
            {t(`status.${result.status}`, { defaultValue: result.status })}
          </Badge>
          {result.outcome === undefined ? null : <span>{result.outcome}</span>}
          {result.durationMs === undefined ? null : (
            <span className="heddle-faint">{t('took', { ms: Math.round(result.durationMs) })}</span>
          )}
        </div>
        {result.error === undefined ? null : (
          <div className="heddle-wrong" role="alert">
            {[result.error.node, result.error.code, result.error.message].filter(Boolean).join(' · ')}
          </div>
        )}
        {result.waitingFor.length === 0 || result.status !== 'waiting' ? null : (
          <div className="heddle-faint">{t('waitingFor', { nodes: result.waitingFor.join(', ') })}</div>
        )}
        <ol>
          {result.steps.map((each) => (
            <StepLine key={each.id} step={each} isMocked={result.mocked.includes(each.node)} />
          ))}
        </ol>
      </div>
      <div className="heddle-trial-data">
        {step === undefined ? (
          <Value
            title={result.response ? t('response', { status: result.response.status }) : t('output')}
            value={result.response?.body ?? result.output}
          />
        ) : (
          <>
            <Value title={t('stepInput')} value={step.input} />
            <Value title={step.error ? t('error') : t('stepOutput')} value={step.error ?? step.output} />
          </>
        )}
      </div>
    </>
  );
}

function Value({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <section aria-label={title}>
      <h4>{title}</h4>
      {value === undefined ? (
        <span className="heddle-faint">—</span>
      ) : (
        <JsonView value={value} label={title} open={2} />
      )}
    </section>
  );
}

interface StepLineProps {
  readonly step: Step;
  readonly isMocked: boolean;
}

/** Drawn again only when its step has changed or is chosen: a flow may have hundreds. */
const StepLine = memo(function StepLine({ step, isMocked }: StepLineProps) {
  const { t } = useTranslation('simulate');
  const select = useEditor((state) => state.select);
  const isShown = useTrial((state) => state.shown === step.id);
  const set = useTrial((state) => state.set);
  return (
    <li>
      <button
        type="button"
        className={`heddle-trial-step heddle-is-${step.status}`}
        aria-pressed={isShown}
        onClick={() => {
          set({ shown: isShown ? undefined : step.id });
          select([step.node]);
        }}
      >
        <span className="heddle-dot" aria-hidden />
        <span className="heddle-trial-node">{step.id.replace(/^\//, '').replace(/#1$/, '')}</span>
        {step.port === undefined ? null : <span className="heddle-faint">{step.port}</span>}
        {step.attempts > 1 ? <span className="heddle-faint">×{step.attempts}</span> : null}
        {isMocked ? <span className="heddle-faint">{t('isMocked')}</span> : null}
        <span className="heddle-faint">
          {step.error ? step.error.code : t(`status.${step.status}`, { defaultValue: step.status })}
        </span>
      </button>
    </li>
  );
}, isSame);

function isSame(a: StepLineProps, b: StepLineProps): boolean {
  const { status, attempts, port, error } = a.step;
  return (
    a.isMocked === b.isMocked &&
    a.step.id === b.step.id &&
    status === b.step.status &&
    attempts === b.step.attempts &&
    port === b.step.port &&
    error?.code === b.step.error?.code
  );
}
