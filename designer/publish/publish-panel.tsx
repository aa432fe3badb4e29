import { CheckCircleFilled, CopyOutlined, ExclamationCircleFilled } from '@ant-design/icons';
import type { Json } from '@heddle/engine/errors';
import { Link } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { usePublish } from '../api/flows.ts';
import { useEditorStore } from '../editor/use-editor.ts';
import { useChecks, usePanels, useTrial, useWorkbench } from '../editor/workbench.ts';
import { isError } from '../model/problems.ts';
import { callExample } from './call-example.ts';

/** Publishes the draft with a note, or says what stands against it; then how the flow is called. */
export function PublishPanel() {
  const { t } = useTranslation('publish');
  const { flowId, saver } = useWorkbench();
  const editor = useEditorStore();
  const problems = useChecks((state) => state.problems);
  const show = usePanels((state) => state.show);
  const publish = usePublish(flowId);
  const [note, setNote] = useState('');
  const errors = problems.filter(isError);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await saver.flush();
    await publish.mutateAsync({ definition: editor.getState().document, note: note.trim() }).catch(() => {
      // Shown below, from the mutation's own state.
    });
  };

  return (
    <div className="heddle-sheet">
      <h2>{t('title')}</h2>
      {errors.length > 0 ? (
        <div className="heddle-notice" role="alert">
          <ExclamationCircleFilled className="heddle-wrong" />
          <span>
            {t('refused', { count: errors.length })}{' '}
            <Button type="link" size="small" onClick={() => show({ bottom: 'problems' })}>
              {t('showProblems')}
            </Button>
          </span>
        </div>
      ) : null}
      <form onSubmit={(event) => void submit(event)}>
        <label className="heddle-faint" htmlFor="publish-note">
          {t('note')}
        </label>
        <Input.TextArea
          id="publish-note"
          autoFocus
          autoSize={{ minRows: 2, maxRows: 6 }}
          maxLength={2_000}
          placeholder={t('notePlaceholder')}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        <Button type="primary" htmlType="submit" block disabled={errors.length > 0} loading={publish.isPending}>
          {t('publish')}
        </Button>
      </form>
      {publish.error ? <Refusal error={publish.error} /> : null}
      {publish.data ? <Published number={publish.data.version.number} /> : null}
    </div>
  );
}

function Refusal({ error }: { readonly error: Error }) {
  const problems = error instanceof ApiError ? (error.document.problems ?? []) : [];
  return (
    <div className="heddle-notice" role="alert">
      <ExclamationCircleFilled className="heddle-wrong" />
      <div>
        {error instanceof ApiError ? `${error.code}: ${error.message}` : String(error)}
        <ul>
          {problems.map((problem) => (
            <li key={`${problem.pointer} ${problem.message}`}>
              <code>{problem.pointer}</code> {problem.message}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Published({ number }: { readonly number: number }) {
  const { t } = useTranslation(['publish', 'common']);
  const { flowId } = useWorkbench();
  const editor = useEditorStore();
  const input = useTrial((state) => state.input);
  const document = editor.getState().document;
  const example = callExample(document as unknown as { readonly [property: string]: Json }, location.origin, input);
  return (
    <div className="heddle-published" role="status">
      <p>
        <CheckCircleFilled className="heddle-good" /> <b>{t('published', { number })}</b>
      </p>
      {example ? (
        <>
          <span className="heddle-faint">{t('callIt')}</span>
          <pre className="heddle-code">{example}</pre>
          <Button size="small" icon={<CopyOutlined />} onClick={() => void navigator.clipboard.writeText(example)}>
            {t('common:copy')}
          </Button>
        </>
      ) : null}
      <p>
        <Link to="/app/runs" search={{ flow: flowId }}>
          {t('toRuns')}
        </Link>
        {' · '}
        <a href={`/flows/${encodeURIComponent(flowId)}/openapi.json`} target="_blank" rel="noreferrer">
          {t('openApi')}
        </a>
      </p>
    </div>
  );
}
