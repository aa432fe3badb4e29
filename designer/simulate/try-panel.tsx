import { CaretRightOutlined, SaveOutlined } from '@ant-design/icons';
import type { Json } from '@heddle/engine/errors';
import { Button, Checkbox, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/catalogue.ts';
import { ApiError } from '../api/client.ts';
import { tryFlow, useSamples } from '../api/flows.ts';
import { useEditor, useEditorStore } from '../editor/use-editor.ts';
import { useChecks, useTrial, useWorkbench } from '../editor/workbench.ts';
import { isError } from '../model/problems.ts';
import { allMocks, pinnedMocks } from './mocks.ts';
import { proposedInput } from './proposed-input.ts';
import { SaveCase } from './save-case.tsx';
import { readInput, resultOfTry } from './trial.ts';
import { ClearTrial, TrialFailure } from './trial-parts.tsx';
import { TrialResultView } from './trial-result.tsx';

/** Runs the draft on the server, with real services or with mocks, and shows what came of it. */
export function TryPanel() {
  const { t } = useTranslation('simulate');
  const { flowId } = useWorkbench();
  const editor = useEditorStore();
  const catalogue = useCatalogue();
  const samples = useSamples(flowId);
  const trial = useTrial((state) => state);
  const hasErrors = useChecks((state) => state.problems.some(isError));
  const [mocked, setMocked] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [saving, setSaving] = useState(false);

  const run = async () => {
    const input = readInput(trial.input ?? '');
    if (!input.ok) return;
    const { document } = editor.getState();
    trial.clear();
    trial.set({ running: true });
    setFailure(undefined);
    try {
      const mocks = mocked
        ? allMocks({ document, catalogue: catalogue.data ?? new Map(), samples: samples.data })
        : pinnedMocks(document);
      trial.set({ result: resultOfTry(await tryFlow({ definition: document, input: input.value, mocks })) });
    } catch (error) {
      setFailure(error instanceof ApiError ? `${error.code}: ${error.message}` : String(error));
    } finally {
      trial.set({ running: false });
    }
  };

  return (
    <div className="heddle-trial">
      <div className="heddle-trial-input">
        <TrialInput onRun={() => void run()} />
        <Checkbox checked={mocked} onChange={(event) => setMocked(event.target.checked)}>
          {t('mockAll')}
        </Checkbox>
        <div className="heddle-trial-buttons">
          <Button
            type="primary"
            icon={<CaretRightOutlined />}
            loading={trial.running}
            disabled={hasErrors}
            title={hasErrors ? t('hasErrors') : t('runHint')}
            onClick={() => void run()}
          >
            {t('run')}
          </Button>
          <Button icon={<SaveOutlined />} disabled={trial.result === undefined} onClick={() => setSaving(!saving)}>
            {t('saveCase')}
          </Button>
          <ClearTrial />
        </div>
        {saving && trial.result ? (
          <SaveCase result={trial.result} mocked={mocked} onDone={() => setSaving(false)} />
        ) : null}
        {hasErrors ? <div className="heddle-wrong">{t('hasErrors')}</div> : null}
        <TrialFailure message={failure} />
        {mocked ? null : <div className="heddle-faint">{t('realServices')}</div>}
      </div>
      <TrialResultView />
    </div>
  );
}

/** The input as text; a proposal stands there at first. Ctrl/Cmd+Enter runs. */
export function TrialInput({ onRun }: { readonly onRun: () => void }) {
  const { t } = useTranslation('simulate');
  const { flowId } = useWorkbench();
  const samples = useSamples(flowId);
  const schema = useEditor((state) => state.document['input']);
  const text = useTrial((state) => state.input);
  const set = useTrial((state) => state.set);
  const [touched, setTouched] = useState(false);
  useEffect(() => {
    if (!touched && samples.data) set({ input: proposedInput(schema as Json | undefined, samples.data) });
  }, [touched, schema, samples.data, set]);
  const read = readInput(text ?? '');
  return (
    <>
      <label className="heddle-faint" htmlFor="trial-input">
        {t('input')}
      </label>
      <Input.TextArea
        id="trial-input"
        className="heddle-code"
        spellCheck={false}
        autoSize={{ minRows: 4, maxRows: 10 }}
        value={text ?? ''}
        {...(read.ok ? {} : { status: 'error' as const })}
        onChange={(event) => {
          setTouched(true);
          set({ input: event.target.value });
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onRun();
        }}
      />
      {read.ok ? null : <div className="heddle-wrong">{read.message}</div>}
    </>
  );
}
