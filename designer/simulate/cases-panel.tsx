import {
  CaretRightOutlined,
  CheckCircleFilled,
  CloseCircleFilled,
  DeleteOutlined,
  MinusCircleOutlined,
} from '@ant-design/icons';
import type { CaseResult, TestCase } from '@heddle/engine/api/contract';
import { Button, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { useCases, useDeleteCase, useRunCases } from '../api/flows.ts';
import { useEditorStore } from '../editor/use-editor.ts';
import { useTrial, useWorkbench } from '../editor/workbench.ts';
import { resultOfTry } from './trial.ts';

/** The flow's named test cases: run all against the draft, see which are red and why. */
export function CasesPanel() {
  const { t } = useTranslation('simulate');
  const { flowId } = useWorkbench();
  const editor = useEditorStore();
  const cases = useCases(flowId);
  const run = useRunCases(flowId);
  const [results, setResults] = useState<ReadonlyMap<string, CaseResult>>(new Map());
  const list = cases.data?.cases ?? [];

  const runThem = async (caseIds?: string[]) => {
    const { document } = editor.getState();
    const { results: fresh } = await run.mutateAsync({ definition: document, ...(caseIds ? { caseIds } : {}) });
    setResults((known) => new Map([...known, ...fresh.map((each) => [each.caseId, each] as const)]));
  };
  const passed = [...results.values()].filter((each) => each.passed).length;

  if (list.length === 0) return <div className="heddle-trial-empty">{cases.isLoading ? '' : t('noCases')}</div>;
  return (
    <div className="heddle-cases">
      <div className="heddle-trial-buttons">
        <Button type="primary" icon={<CaretRightOutlined />} loading={run.isPending} onClick={() => void runThem()}>
          {t('runAll')}
        </Button>
        {results.size > 0 ? (
          <span role="status" className={passed === results.size ? 'heddle-good' : 'heddle-wrong'}>
            {t('passedOf', { passed, all: results.size })}
          </span>
        ) : null}
        {run.error ? (
          <span className="heddle-wrong" role="alert">
            {run.error instanceof ApiError ? `${run.error.code}: ${run.error.message}` : String(run.error)}
          </span>
        ) : null}
      </div>
      <ul>
        {list.map((each) => (
          <CaseLine key={each.id} testCase={each} result={results.get(each.id)} onRun={() => void runThem([each.id])} />
        ))}
      </ul>
    </div>
  );
}

function CaseLine(props: {
  readonly testCase: TestCase;
  readonly result: CaseResult | undefined;
  readonly onRun: () => void;
}) {
  const { t } = useTranslation('simulate');
  const { flowId, panels } = useWorkbench();
  const remove = useDeleteCase(flowId);
  const set = useTrial((state) => state.set);
  const { testCase, result, onRun } = props;
  const look = () => {
    set({
      input: JSON.stringify(testCase.input, null, 2),
      shown: undefined,
      ...(result?.run ? { result: resultOfTry(result.run) } : {}),
    });
    panels.getState().show({ bottom: 'try' });
  };
  return (
    <li className="heddle-case">
      {result === undefined ? (
        <MinusCircleOutlined aria-label={t('notRun')} />
      ) : result.passed ? (
        <CheckCircleFilled className="heddle-good" aria-label={t('passed')} />
      ) : (
        <CloseCircleFilled className="heddle-wrong" aria-label={t('failedCase')} />
      )}
      <button type="button" className="heddle-link" title={t('look')} onClick={look}>
        {testCase.name}
      </button>
      <span className="heddle-case-why">
        {(result?.differences ?? []).map((each) => (
          <span key={each.what} className="heddle-wrong">
            {t('difference', {
              what: t(`what.${each.what}`),
              expected: brief(each.expected),
              actual: brief(each.actual),
            })}
          </span>
        ))}
      </span>
      <Button
        type="text"
        size="small"
        icon={<CaretRightOutlined />}
        aria-label={`${t('run')}: ${testCase.name}`}
        onClick={onRun}
      />
      <Popconfirm title={t('deleteAsk')} okText={t('deleteCase')} onConfirm={() => remove.mutateAsync(testCase.id)}>
        <Button
          type="text"
          size="small"
          icon={<DeleteOutlined />}
          aria-label={`${t('deleteCase')}: ${testCase.name}`}
        />
      </Popconfirm>
    </li>
  );
}

function brief(value: unknown): string {
  const text = value === undefined ? '—' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
