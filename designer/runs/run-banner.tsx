import type { RunDetail } from '@heddle/engine/api/contract';
import { Alert, Button, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRunAction } from '../api/runs.ts';
import { useFormat, useNow } from '../ui/use-format.ts';
import { readJsonText } from './json-text.ts';
import { firstFailure } from './node-status.ts';
import { Ask, JsonField } from './run-action-form.tsx';

/** What failed first, since when, and what to press. Nothing where nothing is wrong. */
export function RunBanner({ run, onShow }: { readonly run: RunDetail; readonly onShow: (stepId: string) => void }) {
  const { t } = useTranslation('runs');
  const format = useFormat();
  const now = useNow(10_000);
  const step = firstFailure(run.steps);
  const error = run.status === 'failed' ? (run.error ?? step?.error) : step?.error;
  const isOver = ['completed', 'cancelled', 'compensated'].includes(run.status);
  if (error === undefined || isOver || (step?.status === 'failed' && run.status !== 'failed')) return null;
  const operator = run.status === 'needs-operator';
  const incident = run.steps.find(({ status }) => status === 'incident') ?? step;
  const node = (operator ? incident?.node : error.node) ?? step?.node;
  const ago = format.ago(run.finishedAt ?? run.updatedAt ?? run.startedAt, now);
  const title = operator
    ? t('failure.operator', { node, ago })
    : run.status !== 'failed'
      ? t(step?.status === 'asking' ? 'failure.asking' : 'failure.retrying', { node })
      : node === undefined
        ? t('failure.failedPlain', { ago })
        : t('failure.failed', { node, ago });
  const target = operator ? incident : (run.steps.findLast((each) => each.node === node) ?? step);
  return (
    <Alert
      banner
      type={run.status === 'failed' ? 'error' : 'warning'}
      title={title}
      description={
        <>
          <code className="heddle-bad">{error.code}</code> {error.message}
          <span className="heddle-sub">
            {operator
              ? t('failure.pressDecide')
              : run.status === 'failed'
                ? t('failure.pressRetry')
                : t('failure.pressWait')}
          </span>
        </>
      }
      action={
        <span className="heddle-run-actions">
          {operator && incident ? <Decide runId={run.id} effectId={incident.id} /> : null}
          {target ? (
            <Button size="small" onClick={() => onShow(target.id)}>
              {t('failure.show')}
            </Button>
          ) : null}
        </span>
      }
    />
  );
}

/** Says what became of a call whose outcome nobody knows. */
function Decide({ runId, effectId }: { readonly runId: string; readonly effectId: string }) {
  const { t } = useTranslation('runs');
  const act = useRunAction(runId);
  const [open, setOpen] = useState<'succeeded' | 'failed'>();
  const [text, setText] = useState('{}');
  const read = readJsonText(text);
  const problem = 'problem' in read ? read.problem : undefined;
  const decide = async (decision: 'succeeded' | 'failed') => {
    const output = decision === 'succeeded' && 'value' in read ? { output: read.value } : {};
    await act.mutateAsync({ path: '/retry', body: { effectId, decision, ...output } }).then(
      () => setOpen(undefined),
      () => undefined,
    );
  };
  return (
    <>
      {(['succeeded', 'failed'] as const).map((decision) => {
        const label = decision === 'succeeded' ? t('failure.succeeded') : t('failure.failedDecision');
        return (
          <Popover
            key={decision}
            trigger="click"
            placement="bottomRight"
            open={open === decision}
            onOpenChange={(wanted) => setOpen(wanted ? decision : undefined)}
            content={
              <Ask
                question={decision === 'succeeded' ? t('failure.askSucceeded') : t('failure.askFailed')}
                refusal={act.error}
                onClose={() => setOpen(undefined)}
                button={
                  <Button
                    type="primary"
                    loading={act.isPending}
                    disabled={decision === 'succeeded' && problem !== undefined}
                    onClick={() => void decide(decision)}
                  >
                    {label}
                  </Button>
                }
              >
                {decision === 'succeeded' ? (
                  <JsonField label={t('failure.answer')} text={text} problem={problem} onChange={setText} />
                ) : null}
              </Ask>
            }
          >
            <Button size="small">{label}</Button>
          </Popover>
        );
      })}
    </>
  );
}
